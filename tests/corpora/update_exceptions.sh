#!/bin/bash
# Writes the groups of exceptions.txt anew, below its explanations, from what
# corpora_test finds. Review the difference before you commit it: every new line
# is something that OpenSSL reads and we do not.
#
#   update_exceptions.sh CORPORA_TEST CORPORA
set -euo pipefail

list=$(dirname "$0")/exceptions.txt
new=$(mktemp)
trap 'rm -f "$new"' EXIT
sed '/^#/!d' "$list" >"$new"
for kind in crl certificate; do
  { "$1" "$kind" /dev/null "$2" || true; } |  # its findings are its output
    awk -v kind="$kind" '$1 == kind { n = split($2, part, "/"); name = part[n]
          print substr($2, 1, length($2) - length(name) - 1), $3, name }' |
    LC_ALL=C sort |
    awk -v kind="$kind" '
      { name = length($3) == 40 ? substr($3, 1, 8) : $3 }
      $1 != folder || $2 != code {
        if (line != "") print line
        line = ""; folder = $1; code = $2
        print "\n" kind, folder, code ":"
      }
      length(line) + length(name) > 76 { print line; line = "" }
      { line = line (line == "" ? "  " : " ") name }
      END { if (line != "") print line }' >>"$new"
done
mv "$new" "$list"
chmod 644 "$list"
