# Turns the comments of a header into ones that Doxygen reads: `//` and `/*`
# become `///` and `/**`, `//` behind code becomes `///<`. The headers are
# written for people who read them as they stand, so that a comment holds no
# commands: what looks like one is escaped, and what is indented in a comment is
# code.

function escape(text) {
  gsub(/[\\@<>#&%]/, "\\\\&", text)
  # [ok] and the like are no links, * and _ no emphasis.
  gsub(/[*_\[\]]/, "\\\\&", text)
  return text
}

NR == 1 { print "/// @file" }

# --- `/* ... */` of C ---
!in_block && /^ *\/\*/ && !/^\/\* ---/ {
  in_block = 1
  sub(/\/\*/, "/**")
  if ($0 ~ /\*\//) in_block = 0
  match($0, /^ *\/\*\*/)
  start = substr($0, 1, RLENGTH)
  rest = substr($0, RLENGTH + 1)
  end = ""
  if (rest ~ / *\*\/ *$/) { match(rest, / *\*\/ *$/); end = substr(rest, RSTART); rest = substr(rest, 1, RSTART - 1) }
  print start escape(rest) end
  next
}
in_block {
  end = ""
  rest = $0
  if (match(rest, / *\*\/ *$/)) { end = substr(rest, RSTART); rest = substr(rest, 1, RSTART - 1); in_block = 0 }
  sub(/^ *\*/, "", rest)
  print " *" escape(rest) end
  next
}
# Behind code; a second line of it stands below the first.
/[;,{}A-Z0-9a-z()].* \/\* / {
  at = index($0, "/* ")
  rest = substr($0, at + 2)
  end = ""
  if (match(rest, / *\*\/ *$/)) { end = substr(rest, RSTART); rest = substr(rest, 1, RSTART - 1) } else in_block = 1
  print substr($0, 1, at - 1) "/**<" escape(rest) end
  next
}

# --- `//` ---
match($0, /^ *\/\//) {
  start = substr($0, 1, RLENGTH)
  text = substr($0, RLENGTH + 1)
  is_code = text ~ /^   / || (in_code && text == "")
  if (behind && index($0, "//") > 20) { print start "/<" escape(text); next }
  behind = 0
  if (is_code && !in_code) { print start "/@verbatim"; in_code = 1 }
  if (!is_code && in_code) { print start "/@endverbatim"; in_code = 0 }
  print start "/" (in_code ? text : escape(text))
  prefix = start
  next
}
{
  if (in_code) { print prefix "/@endverbatim"; in_code = 0 }
  behind = 0
}
/[^:"]\/\/ / && !/^ *#/ {
  at = match($0, /\/\/ /)
  behind = 1
  print substr($0, 1, at - 1) "///<" escape(substr($0, at + 2))
  next
}
{ print }
