#!/bin/bash
# Checks the rules of the house in a source tree and prints each breach as
# file:line: rule. Exit status 0: none, 1: some, 2: this is not such a tree.
#
#   check_layers.sh ROOT
set -euo pipefail
export LC_ALL=C

# Lowest first: a file includes its own layer and those before it.
layers="base der x509 index verify store snapshot check refresh embed"
max_lines=450

[[ $# == 1 && -d $1/engine ]] || {
  echo "usage: check_layers.sh ROOT, a folder with engine/ in it" >&2
  exit 2
}
cd "$1"

mapfile -d '' -t files < <(find engine tools bench tests -type f \
  \( -name '*.cc' -o -name '*.h' -o -name '*.c' -o -name '*.cpp' -o -name '*.hpp' \) \
  -print0 2>/dev/null | sort -z || true)
((${#files[@]})) || {
  echo "no source file below $1" >&2
  exit 2
}

check_folders() {
  local folder name
  for folder in engine/*/; do
    name=$(basename "$folder")
    [[ " $layers " == *" $name "* ]] ||
      echo "engine/$name:1: layer '$name' is not in the list of layers"
  done
}

# Lengths, includes, and links: one pass over CMakeLists.txt and every source file.
check_files() {
  awk -v layers="$layers" -v max_lines="$max_lines" '
    function report(line, rule) { print FILENAME ":" line ": " rule }
    function layer_of(path,  parts) {
      return split(path, parts, "/") > 2 && parts[1] == "engine" ? parts[2] : ""
    }

    BEGIN {
      count = split(layers, list, " ")
      for (i = 1; i <= count; ++i) rank[list[i]] = i
    }
    FNR == 1 { own = layer_of(FILENAME) }

    # --- engine/CMakeLists.txt: what is listed, and who links whom ---
    FILENAME ~ /CMakeLists\.txt$/ {
      sub(/#.*/, "")
      gsub(/[()]/, " & ")
      words = split($0, word, /[ \t]+/)
      for (i = 1; i <= words; ++i) {
        if (word[i] == "") continue
        if (word[i] == "(") { command = before; first = ""; }
        else if (word[i] == ")") command = ""
        else if (command == "revstat_layer" && first == "") first = word[i]
        else if (command == "revstat_layer" && word[i] ~ /\.(cc|h)$/)
          listed["engine/" first "/" word[i]] = 1
        else if (command == "revstat_layer" && word[i] ~ /^revstat(::|_)/) {
          to = word[i]
          sub(/^revstat(::|_)/, "", to)
          if (to in rank && rank[to] >= rank[first])
            report(FNR, "layer \"" first "\" must not link \"" to "\", which is not below it")
        }
        else if (command == "target_sources" && word[i] ~ /\.(cc|h)$/)
          listed["engine/" word[i]] = 1
        before = word[i]
      }
      next
    }

    # --- every source file ---
    FNR == max_lines + 1 { report(FNR, "the file is longer than " max_lines " lines") }

    /^[ \t]*#[ \t]*include[ \t]*["<]/ {
      path = $0
      sub(/^[ \t]*#[ \t]*include[ \t]*["<]/, "", path)
      sub(/[">].*/, "", path)
      included[path] = 1
      if (FILENAME !~ /^engine\//) next
      if (path ~ /^(tools|bench|tests)\//)
        report(FNR, "the engine must not include " path)
      else if (path ~ /(^|\/)\.\.?\//)
        report(FNR, "include by the path from the root, not by " path)
      else if (path ~ /^engine\// && own in rank) {
        to = layer_of(path)
        if (to == "")
          report(FNR, "layer \"" own "\" must not include " path ", which is above all layers")
        else if (!(to in rank))
          report(FNR, "\"" to "\" is not in the list of layers: " path)
        else if (rank[to] > rank[own])
          report(FNR, "layer \"" own "\" must not include the higher layer \"" to "\": " path)
      }
    }

    # A source that is not listed is not compiled; neither is a header that is
    # not listed and that no file includes.
    END {
      for (i = 2; i < ARGC; ++i) {
        FILENAME = ARGV[i]
        if (layer_of(FILENAME) == "" || FILENAME in listed) continue
        if (FILENAME ~ /\.h$/ && FILENAME in included) continue
        report(1, "the file is not listed in engine/CMakeLists.txt")
      }
    }' engine/CMakeLists.txt "${files[@]}"
}

breaches=$(check_folders && check_files)
[[ -z $breaches ]] || {
  printf '%s\n' "$breaches"
  echo "$(grep -c . <<<"$breaches") breaches of the rules" >&2
  exit 1
}
echo "${#files[@]} files keep the rules"
