# Completion of revstat and revstat-gen in bash. What there is to complete is
# asked of the program itself, so that this never lags behind it.
#   . tools/completion/revstat.bash      for one shell, without installing

# _revstat_help WORD...: the lines of --help that name commands and options.
_revstat_help() {
  "$@" --help 2>/dev/null </dev/null | awk '/^Examples:/ { exit } /^  (-|[a-z])/'
}

_revstat() {
  local program=$1 current=$2 previous=$3 word help commands kind
  local -a path=("$program")
  COMPREPLY=()

  # The command so far: its words come before the first option.
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    commands=$(_revstat_help "${path[@]}" | awk '$1 ~ /^[a-z]/ { print $1 }')
    grep -qxF -- "$word" <<<"$commands" || break
    path+=("$word")
  done
  help=$(_revstat_help "${path[@]}")

  # What the option before wants: "--store DIR", "--unknown POLICY:{refuse,accept}",
  # "--key p256|rsa2048".
  kind=
  [[ $previous != -* ]] ||
    kind=$(awk -v option="$previous" '
      $1 == option { print $2 == "" || $0 ~ ("^  " option "   ") ? "" : $2; exit }' <<<"$help")
  case $kind in
    DIR) mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
    FILE) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    FORMAT) mapfile -t COMPREPLY < <(compgen -W "table csv jsonl" -- "$current") ;;
    *:{*})
      word=${kind#*:\{}
      word=${word%\}*}
      mapfile -t COMPREPLY < <(compgen -W "${word//,/ }" -- "$current")
      ;;
    *[a-z]\|*) mapfile -t COMPREPLY < <(compgen -W "${kind//|/ }" -- "$current") ;;
    [A-Z]*) ;;  # a number, a time, a name
    *)
      if [[ $current == -* ]]; then
        word=$(awk '$1 ~ /^-/ { split($1, names, ","); for (i in names) print names[i] }' <<<"$help")
        mapfile -t COMPREPLY < <(compgen -W "$word" -- "$current")
      elif commands=$(awk '$1 ~ /^[a-z]/ { print $1 }' <<<"$help") && [[ $commands ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$current")
      else
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
      fi
      ;;
  esac
  # A folder goes on with what is in it.
  compopt -o filenames 2>/dev/null || true
}
complete -F _revstat revstat revstat-gen
