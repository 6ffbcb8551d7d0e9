#!/bin/bash
# The example servers under valgrind: no error and no lost octet.
#   REVSTAT REVSTAT_GEN DATA MTLS_SERVER STAPLING_SERVER MTLS_SERVER_IN_C
stapling=$(realpath "$5") in_c=$(realpath "$6")
source "$(dirname "$0")/server.sh"
command -v valgrind >/dev/null || skip 'no valgrind'
[[ -z ${REVSTAT_SANITIZE-} ]] || skip 'valgrind does not run sanitized programs'
watched=(valgrind --quiet --error-exitcode=9 --leak-check=full
  --errors-for-leak-kinds=definite,indirect)

new_ca ca 7
cp ca.pem server_ca.pem
issue ca server 1000
issue ca revoked 1002
revoke ca revoked keyCompromise
# mtls PROGRAM NUMBER
mtls() {
  local peer=peer$2 serial=110$2
  issue ca "$peer" "$serial"
  publish ca
  start "${watched[@]}" "$1" store server.pem server.key ca.pem 1 2
  expect_line ready
  accepted s_client "$peer"
  refused 'refused 1002' s_client revoked
  accepted s_client "$peer" -tls1_2 -sess_out session
  accepted s_client "$peer" -tls1_2 -sess_in session
  revoke ca "$peer" keyCompromise
  publish ca
  expect_line published
  refused "refused $serial" s_client "$peer" -tls1_2 -sess_in session
  end
}
mtls "$example" 1
mtls "$in_c" 2

# Without a responder: no response to send, and no failure.
start "${watched[@]}" "$stapling" server.pem server.key ca.pem http://127.0.0.1:1/ staples
s_client server -status
has out 'OCSP response: no response sent'
has out welcome
end
