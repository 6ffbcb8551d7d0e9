#!/bin/bash
# The example of an mTLS server, with openssl s_client and curl as its clients.
source "$(dirname "$0")/server.sh"

new_ca ca 7
new_ca other 8    # trusted by the server, unknown to the store
new_ca stranger 9 # not trusted
cp ca.pem server_ca.pem
cat ca.pem other.pem >client_cas.pem
issue ca server 1000
issue ca active 1001
issue ca revoked 1002
issue ca held 1003
issue ca expired 1004 20210101000000Z
issue ca later 1005
issue ca latest 1006
issue ca last 1007
issue other unknown 2001
issue stranger wrong 3001
revoke ca revoked keyCompromise
revoke ca held certificateHold
publish ca
serve() { start "$example" store server.pem server.key client_cas.pem "$@"; }

# --- every status, in one worker, so that tickets come back to it ---
serve 1 4
expect_line ready
for client in s_client curl_as; do
  accepted "$client" active
  refused 'refused 1002 at depth 0: revoked keyCompromise (certificate revoked)' "$client" revoked
  refused 'refused 1003 at depth 0: on_hold certificateHold (certificate revoked)' "$client" held
  refused 'refused 1004 at depth 0: expired' "$client" expired
  refused 'refused 2001 at depth 0: unknown no_issuer (unable to get certificate CRL)' "$client" unknown
  "$client" wrong # OpenSSL's own refusal: no line in the log
  lacks out welcome
done
(($(wc -l <log) == 8)) || fail "more refusals than were expected: $(cat log)"
refused 'refused 1002' s_client revoked -tls1_2
has err 'alert certificate revoked'

# --- a ticket outlives a revocation ---
for version in tls1_2 tls1_3; do
  accepted s_client later -$version -sess_out session.$version
  accepted s_client later -$version -sess_in session.$version
  has out 'Reused, TLSv1.'
done
revoke ca later superseded
publish ca
expect_line published
for version in tls1_2 tls1_3; do
  refused 'refused 1005 at depth 0: revoked superseded (certificate revoked)' \
    s_client later -$version -sess_in session.$version
  has out 'Reused, TLSv1.'
done
refused 'refused 1005' s_client later # nor a full handshake
accepted s_client active
end

# --- a generation that comes while 64 connections are open, in other workers ---
# connect NUMBER NAME: stays open until its end is closed, or the server's.
connect() {
  mkfifo "in.$1" "out.$1"
  openssl s_client -quiet -connect "127.0.0.1:$port" -cert "$2.pem" -key "$2.key" \
    -CAfile ca.pem <"in.$1" >"out.$1" 2>/dev/null 3<&- 5>&- &
  clients[$1]=$!
  exec {ends[$1]}>"in.$1" {outs[$1]}<"out.$1"
}
# echoed NUMBER TEXT: waits until the server has sent it back.
echoed() {
  local reply=
  echo "$2" >&"${ends[$1]}"
  read -r -t 120 -u "${outs[$1]}" reply
  [[ $reply == "$2" ]] || fail "connection $1 says '$reply', not '$2'"
}
open_connections() {
  local revoked_name=$1 i
  clients=() ends=() outs=()
  for ((i = 0; i < 64; ++i)); do
    if ((i % 4 == 0)); then connect "$i" "$revoked_name"; else connect "$i" active; fi
  done
  for ((i = 0; i < 64; ++i)); do echoed "$i" "hello $i"; done
  revoke ca "$revoked_name" cessationOfOperation
  publish ca
  # The server ends the revoked ones, and their clients with them.
  for ((i = 0; i < 64; i += 4)); do wait "${clients[$i]}"; done
  for ((i = 1; i < 64; ++i)); do
    ((i % 4 == 0)) || echoed "$i" "still here $i"
  done
  for ((i = 0; i < 64; ++i)); do
    exec {ends[$i]}>&- {outs[$i]}<&-
    ((i % 4 == 0)) || { kill "${clients[$i]}" && wait "${clients[$i]}"; }
    rm "in.$i" "out.$i"
  done
}
serve 8 8
expect_lines 8 ready
open_connections latest
expect_lines 8 published
for ((i = 0; i < 16; ++i)); do refused 'refused 1006' curl_as latest; done
accepted curl_as active
end

serve 1 64
expect_line ready
open_connections last
expect_line published
end
