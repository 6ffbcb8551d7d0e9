#!/bin/bash
# Fails if clang-format would change a C++ file of the tree: those that git
# knows or would add; without git, all but what lies in build/.
#
#   check_format.sh ROOT
set -euo pipefail

format=clang-format-14  # other versions format otherwise
command -v "$format" >/dev/null || {
  echo "skipped: no $format"
  exit 77
}
cd "$1"

list=$(mktemp)
trap 'rm -f "$list"' EXIT
git ls-files -z --cached --others --exclude-standard -- '*.cc' '*.h' >"$list" 2>/dev/null || true
if [[ ! -s $list ]]; then
  find . -path ./build -prune -o \( -name '*.cc' -o -name '*.h' \) -print0 >"$list"
fi
mapfile -d '' -t files <"$list"

existing=()  # git also names files that are deleted but not yet committed so
for file in "${files[@]}"; do
  [[ ! -f $file ]] || existing+=("$file")
done
((${#existing[@]})) || {
  echo "no C++ file below $1"
  exit 1
}

printf '%s\0' "${existing[@]}" |
  xargs -0 -n 16 -P "$(nproc)" "$format" --dry-run -Werror --style=file || {
  echo "to mend: $format -i FILE..."
  exit 1
}
echo "${#existing[@]} files are formatted"
