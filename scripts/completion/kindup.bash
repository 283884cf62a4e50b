# kindup for bash. Now: source <(kindup completion bash)

# The words of the line up to the cursor. Bash takes them apart at = : and @ as well; what no space divides is one word.
_kindup_words() {
  local rest="${COMP_LINE:0:COMP_POINT}" word stripped i
  words=()
  for ((i = 0; i <= COMP_CWORD; i++)); do
    stripped="${rest#"${rest%%[![:space:]]*}"}"
    word="${COMP_WORDS[i]}"
    if ((i == COMP_CWORD)); then word="$stripped"; fi
    if ((i > 0)) && [[ "$stripped" == "$rest" ]]; then
      words[${#words[@]} - 1]+="$word"
    else
      words+=("$word")
    fi
    rest="${stripped#"$word"}"
  done
  written="${words[${#words[@]} - 1]}"
  words=("${words[@]//[\"\'\\]/}")
}

# _kindup_reply PLACE PROGRAM...: PLACE is the first word behind the program's name.
_kindup_reply() {
  local first="$1" kind='' value about head tail current plain=yes how=-f
  shift
  current="${words[${#words[@]} - 1]}"
  if [[ "$written" == *[\"\']* ]]; then
    # Within quotes nothing divides a word, and nothing needs a backslash.
    head="${written%%[\"\']*}"
    plain=no
  else
    # Only what stands behind the last of these letters is replaced; an @ is part of it, as of the name of a machine.
    tail="${current##*["$COMP_WORDBREAKS"]}"
    head="${current%"$tail"}"
    head="${head%@}"
  fi
  COMPREPLY=()
  while IFS=$'\t' read -r value about; do
    if [[ -z "$kind" ]]; then
      kind="$value"
    else
      if [[ "$value" == *= ]]; then compopt -o nospace 2>/dev/null; fi
      value="${value#"$head"}"
      if [[ "$plain" == yes ]]; then value="$(printf %q "$value")"; fi
      COMPREPLY+=("$value")
    fi
  done < <("$@" __complete -- "${words[@]:first}" 2>/dev/null)
  if [[ "$kind" == :files || "$kind" == :folders ]]; then
    if [[ "$kind" == :folders ]]; then how=-d; fi
    if [[ "$current" == -*=* ]]; then current="${current#*=}"; fi
    while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen "$how" -- "$current")
    compopt -o filenames 2>/dev/null
  fi
}

_kindup() {
  local words written program
  _kindup_words
  program="${words[0]/#\~/$HOME}"
  type -P "$program" >/dev/null || program=kindup
  _kindup_reply 1 "$program"
}

# npx kindup: the project's own, found without npx, which takes long to start.
_kindup_npx() {
  local words written folder="$PWD"
  _kindup_words
  if [[ "${words[1]}" != kindup ]] || ((${#words[@]} < 3)); then return; fi
  while [[ -n "$folder" && ! -x "$folder/node_modules/.bin/kindup" ]]; do folder="${folder%/*}"; done
  if [[ -n "$folder" ]]; then
    _kindup_reply 2 "$folder/node_modules/.bin/kindup"
  else
    _kindup_reply 2 npx --no kindup
  fi
}

complete -F _kindup kindup
if ! complete -p npx >/dev/null 2>&1; then complete -o bashdefault -o default -F _kindup_npx npx; fi
