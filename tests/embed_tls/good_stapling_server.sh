#!/bin/bash
# The example of a stapling server, between `openssl ocsp` and s_client.
source "$(dirname "$0")/server.sh"

new_ca ca 7
cp ca.pem server_ca.pem
issue ca server 1000
# A responder that chooses its port and names it: "ACCEPT 0.0.0.0:PORT PID=...".
mkfifo responder_line
openssl ocsp -index ca/index.txt -CA ca.pem -rsigner ca.pem -rkey ca/keys/root.key -port 0 \
  -ndays 7 >responder_line 2>responder.log &
responder=$!
end_responder() {
  [[ -z $responder ]] || { kill "$responder" && wait "$responder"; } 2>/dev/null
  responder=
}
trap 'last=$?; end_responder; end_server; (exit "$last"); finish' EXIT
read -r line <responder_line || fail "no responder: $(cat responder.log)"
url=http://127.0.0.1$(grep -oE ':[0-9]+' <<<"$line" | head -1)/

stapled() {
  for version in tls1_2 tls1_3; do
    s_client server -$version -status
    has out 'OCSP Response Status: successful'
    has out 'Cert Status: good'
    has out welcome
  done
}
serve() { start "$example" server.pem server.key ca.pem "$url" staples; }
serve
expect_line 'asked: ok'
stapled
end
# Kept over a restart, without a responder.
end_responder
serve
stapled
end
