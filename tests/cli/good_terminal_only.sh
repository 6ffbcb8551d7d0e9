#!/bin/bash
# Colour and the progress bar: on a terminal, and nowhere else.
source "$(dirname "$0")/harness.sh"
command -v script >/dev/null || skip "no script(1) for a terminal"
escape=$'\x1b'
# on_terminal STATUS COMMAND: all three descriptors are a terminal.
on_terminal() {
  local status=0
  last_command="on a terminal: $2"
  TERM=xterm script -qec "$2" /dev/null </dev/null >out 2>err || status=$?
  ((status == $1)) || fail "exit status $status, expected $1"
}
given=$(printf '%q ' "$revstat" check "${sample[@]}")

# On a busy machine a short run takes long enough for a bar, which is not meant
# here: standard error goes elsewhere, standard output is the terminal.
on_terminal 1 "$given '$data/bundle.pem' 2>/dev/null"
has out "${escape}[31mrevoked"
has out "${escape}[32mactive"
has out "${escape}[33mon_hold"
has out "${escape}[0m"
(($(grep -c "$escape" out) == 26)) || fail "colour on other lines than those of results"
on_terminal 1 "$given '$data/bundle.pem' >plain"
lacks plain "$escape"
run 1 check "${sample[@]}" "$data/bundle.pem"
lacks out "$escape"
for format in csv jsonl; do
  on_terminal 1 "$given --format $format '$data/bundle.pem' 2>/dev/null"
  lacks out "$escape"
done

# Long enough that the bar is drawn: the generator alone needs more than the
# tenth of a second after which it shows.
rows=1000000
[[ -z ${REVSTAT_SANITIZE-} ]] || rows=200000
"$gen" crl --out c.crl --ca-out ca.pem --seed 7 --entries 1000
long="$(printf '%q ' "$gen" queries --out - --seed 7 --entries 1000 --count $rows) |
  $(printf '%q ' "$revstat" check --trust ca.pem --crl c.crl --at 2026-01-02T00:00:00Z --format csv -)"
on_terminal 0 "$long >/dev/null"
matches out '- [0-9,]+ answered'
has out $'\r'"${escape}[K"
on_terminal 0 "$long 2>messages | tail -1"
lacks out "${escape}[K"
[[ ! -s messages ]] || fail "messages in a file: $(head -c 200 messages)"
