#compdef kindup
# kindup for zsh. Now: source <(kindup completion zsh)

# _kindup_reply PLACE PROGRAM...: PLACE is the first word behind the program's name.
_kindup_reply() {
  local -i first=$1
  shift
  local -a lines closed open
  local line value entry
  lines=("${(@f)$("$@" __complete -- "${(@Q)words[first,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
  if [[ $lines[1] == :files || $lines[1] == :folders ]]; then
    compset -P '--*='
    if [[ $lines[1] == :files ]]; then _files; else _files -/; fi
    return
  fi
  for line in "${(@)lines[2,-1]}"; do
    value=${line%%$'\t'*}
    entry="${value//:/\\:}:${line#*$'\t'}"
    if [[ $value == *= ]]; then open+=("$entry"); else closed+=("$entry"); fi
  done
  _describe -t kindup kindup closed -- open -S ''
}

_kindup() {
  local program=${~words[1]}
  (( $+commands[$program] )) || [[ -x $program ]] || program=kindup
  _kindup_reply 2 $program
}

# npx kindup: the project's own, found without npx, which takes long to start.
_kindup_npx() {
  if [[ $words[2] != kindup ]] || (( CURRENT < 3 )); then
    _default
    return
  fi
  local folder=$PWD
  while [[ -n $folder && ! -x $folder/node_modules/.bin/kindup ]]; do folder=${folder%/*}; done
  if [[ -n $folder ]]; then
    _kindup_reply 3 $folder/node_modules/.bin/kindup
  else
    _kindup_reply 3 npx --no kindup
  fi
}

if [[ $funcstack[1] == _kindup ]]; then
  _kindup "$@"
else
  if (( ! $+functions[compdef] )); then
    autoload -Uz compinit
    compinit
  fi
  compdef _kindup kindup
  (( $+_comps[npx] )) || compdef _kindup_npx npx
fi
