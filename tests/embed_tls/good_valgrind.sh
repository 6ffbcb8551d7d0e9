#!/bin/bash
# The example servers under valgrind: no error and no lost octet.
#   REVSTAT REVSTAT_GEN DATA MTLS_SERVER STAPLING_SERVER
stapling=$(realpath "$5")
source "$(dirname "$0")/server.sh"
command -v valgrind >/dev/null || skip 'no valgrind'
[[ -z ${REVSTAT_SANITIZE-} ]] || skip 'valgrind does not run sanitized programs'
watched=(valgrind --quiet --error-exitcode=9 --leak-check=full
  --errors-for-leak-kinds=definite,indirect)

new_ca ca 7
cp ca.pem server_ca.pem
issue ca server 1000
issue ca active 1001
issue ca revoked 1002
revoke ca revoked keyCompromise
publish ca
start "${watched[@]}" "$example" store server.pem server.key ca.pem 1 2
expect_line ready
accepted s_client active
refused 'refused 1002' s_client revoked
accepted s_client active -tls1_2 -sess_out session
accepted s_client active -tls1_2 -sess_in session
revoke ca active keyCompromise
publish ca
expect_line published
refused 'refused 1001' s_client active -tls1_2 -sess_in session
end

# Without a responder: no response to send, and no failure.
start "${watched[@]}" "$stapling" server.pem server.key ca.pem http://127.0.0.1:1/ staples
s_client server -status
has out 'OCSP response: no response sent'
has out welcome
end
