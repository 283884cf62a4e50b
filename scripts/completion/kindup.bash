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
}

# _kindup_reply PLACE PROGRAM...: PLACE is the first word behind the program's name.
_kindup_reply() {
  local first="$1" current kind='' value about
  shift
  current="${words[${#words[@]} - 1]}"
  COMPREPLY=()
  while IFS=$'\t' read -r value about; do
    if [[ -z "$kind" ]]; then
      kind="$value"
    else
      COMPREPLY+=("$(printf %q "$value")")
      if [[ "$value" == *= ]]; then compopt -o nospace 2>/dev/null; fi
    fi
  done < <("$@" __complete -- "${words[@]:first}" 2>/dev/null)
  if [[ "$kind" == :files || "$kind" == :folders ]]; then
    local how=-f path="$current"
    if [[ "$kind" == :folders ]]; then how=-d; fi
    if [[ "$path" == -*=* ]]; then path="${path#*=}"; fi
    while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen "$how" -- "$path")
    compopt -o filenames 2>/dev/null
  fi
  # Only what stands behind the last of these letters is replaced.
  local tail="${current##*["$COMP_WORDBREAKS"]}"
  local head="${current%"$tail"}"
  if [[ -n "$head" ]]; then COMPREPLY=("${COMPREPLY[@]#"$head"}"); fi
}

_kindup() {
  local words program
  _kindup_words
  program="${words[0]/#\~/$HOME}"
  type -P "$program" >/dev/null || program=kindup
  words=("${words[@]//[\"\'\\]/}")
  _kindup_reply 1 "$program"
}

# npx kindup: the project's own, found without npx, which takes long to start.
_kindup_npx() {
  local words folder="$PWD"
  _kindup_words
  if [[ "${words[1]}" != kindup ]] || ((${#words[@]} < 3)); then return; fi
  words=("${words[@]//[\"\'\\]/}")
  while [[ -n "$folder" && ! -x "$folder/node_modules/.bin/kindup" ]]; do folder="${folder%/*}"; done
  if [[ -n "$folder" ]]; then
    _kindup_reply 2 "$folder/node_modules/.bin/kindup"
  else
    _kindup_reply 2 npx --no kindup
  fi
}

complete -F _kindup kindup
if ! complete -p npx >/dev/null 2>&1; then complete -o bashdefault -o default -F _kindup_npx npx; fi
