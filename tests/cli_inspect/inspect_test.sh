#!/bin/bash
# revstat inspect on CRLs and certificates by openssl and by revstat-gen.
#
#   inspect_test.sh REVSTAT REVSTAT-GEN
set -euo pipefail
export LC_ALL=C TZ=UTC
source "$(dirname "$(readlink -f "$0")")/expect.sh"

# --- a CRL and a certificate by openssl: what openssl says, we say ---
cat >ca.cnf <<'CNF'
[req]
distinguished_name = dn
prompt = no
x509_extensions = v3
[dn]
C = EE
O = Test, Inc.
CN = Issuing CA
[v3]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
crlDistributionPoints = dp
[dp]
fullname = URI:http://crl.example/root.crl
reasons = keyCompromise
CRLissuer = dirName:dn
[ca]
default_ca = default
[default]
database = index.txt
crlnumber = number
default_md = sha384
default_crl_days = 7
crl_extensions = crlext
[crlext]
authorityKeyIdentifier = keyid
CNF
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key \
  -config ca.cnf -out ca.pem -set_serial 0x80ff01 -days 3650 2>/dev/null
printf 'R\t301231000000Z\t250102030405Z,keyCompromise\t0A01\tunknown\t/CN=a\n' >index.txt
printf 'R\t301231000000Z\t240102030405Z,certificateHold\t0A02\tunknown\t/CN=b\n' >>index.txt
printf 'R\t301231000000Z\t240102030405Z\t0A03\tunknown\t/CN=c\n' >>index.txt
echo 01F4 >number
openssl ca -gencrl -config ca.cnf -cert ca.pem -keyfile ca.key -out ca.crl 2>/dev/null
openssl crl -in ca.crl -outform DER -out ca.der

run 0 "$revstat" inspect ca.der
has out '^ca.der: CRL$'
has out '^ issuer CN=Issuing CA,O=Test\\, Inc\.,C=EE$'
has out '^ version 2$'
has out '^ cRLNumber 0x01f4 \(500\)$'
has out '^ extensions authorityKeyIdentifier$'
has out '^ entries 3$'
has out '^ by reason keyCompromise: 1$'
has out '^ certificateHold: 1$'
has out '^ no reason given: 1$'
has out '^ oldest revocation 2024-01-02T03:04:05Z$'
has out '^ newest revocation 2025-01-02T03:04:05Z$'
has out '^ signature algorithm ecdsa-with-SHA384$'
has out "^ SHA-256 $(sha256sum <ca.der | cut -d' ' -f1)\$"
has out "^ bytes $(stat -c %s ca.der)\$"
update=$(openssl crl -in ca.crl -noout -lastupdate | cut -d= -f2)
has out "^ thisUpdate $(date -u -d "$update" +%FT%TZ)\$"
update=$(openssl crl -in ca.crl -noout -nextupdate | cut -d= -f2)
has out "^ nextUpdate $(date -u -d "$update" +%FT%TZ)\$"
hasnt out 'not used for|issuingDistributionPoint|delta|critical'
[[ ! -s err ]] || fail "inspect of a good CRL writes to standard error"
cp out der_out

# PEM gives the same; so does standard input.
run 0 "$revstat" inspect ca.crl
same "PEM like DER" "$(tail -n +2 der_out)" "$(tail -n +2 out)"
run 0 bash -c "'$revstat' inspect - <ca.der"
has out '^-: CRL$'

run 0 "$revstat" inspect ca.pem
has out '^ca.pem: certificate$'
has out '^ subject CN=Issuing CA,O=Test\\, Inc\.,C=EE$'
has out '^ serial 80ff01$'
has out '^ keyUsage keyCertSign, cRLSign$'
has out '^ kind CA$'
has out '^ cRLDistributionPoints URI http://crl.example/root.crl$'
has out '^ reasons keyCompromise$'
has out '^ cRLIssuer directoryName CN=Issuing CA,O=Test\\, Inc\.,C=EE$'
has out "^ SHA-256 $(openssl x509 -in ca.pem -outform DER | sha256sum | cut -d' ' -f1)\$"

# --- what revstat will not use a CRL for ---
"$gen" crl --out full.crl --ca-out gen-ca.pem --entries 200 --crl-number 0x1234567890abcdef12 \
  --idp-uri http://crl.example/1.crl --idp-uri http://crl.example/2.crl --idp-only user \
  --idp-only-some-reasons keyCompromise,superseded --freshest-crl http://crl.example/d.crl \
  --expired-certs-on-crl 2020-01-01T00:00:00Z --unknown-extension critical \
  --authority-info-access http://crl.example/ca.crt
run 0 "$revstat" inspect full.crl
has out '^ cRLNumber 0x1234567890abcdef12$'
has out '^ issuingDistributionPoint URI http://crl.example/1.crl$'
has out '^ URI http://crl.example/2.crl$'
has out '^ onlyContainsUserCerts$'
has out '^ onlySomeReasons keyCompromise, superseded$'
has out '^ freshestCRL URI http://crl.example/d.crl$'
has out '^ expiredCertsOnCRL 2020-01-01T00:00:00Z$'
has out '^ issuingDistributionPoint \(critical\)$'
has out '^ authorityInfoAccess$'
has out '^ proving a certificate active: its critical extension .*\[unsupported_critical_extension\]$'
has out '^ not used for proving a bare serial active, without --all-partitions: it covers a part .*\[incomplete\]$'

"$gen" crl --out weak.crl --entries 3 --key rsa2048 --digest sha1 --next-update none \
  --idp-relative-name 'Shard 3' --unknown-entry-extension 1
run 0 "$revstat" inspect weak.crl
hasnt out 'nextUpdate'
has out 'nameRelativeToCRLIssuer CN=Shard 3$'
has out ' signature algorithm sha1WithRSAEncryption$'
has out ' any answer, without --allow-sha1: .*sha1WithRSAEncryption \[weak_algorithm\]$'
has out ' proving a certificate active: the entry at octet [0-9]+ .*\[unsupported_critical'
has out ' proving a certificate active, without --max-age .*\[no_next_update\]$'

"$gen" crl --out delta.crl --entries 100 --crl-number 7 --delta-crl-indicator 5 --idp-indirect \
  --certificate-issuers 24 --issuer-run 4
run 0 "$revstat" inspect delta.crl
has out '^ delta to CRL number 0x05 \(5\)$'
has out '^ issuingDistributionPoint indirectCRL$'
has out ' CN=Other CA 1,.*: 4$'
has out ' and [0-9]+ more$'
has out 'proving a certificate active: a delta CRL does so only beside a complete CRL.*\[out_of_scope\]$'
has out 'proving a certificate active: it speaks for other issuers.*\[out_of_scope\]$'

"$gen" crl --out empty.crl --crl-version v1 --next-update none
run 0 "$revstat" inspect empty.crl
has out '^ version 1$'
has out '^ entries 0$'
hasnt out 'extensions|bytes an entry|revocation'

# --- bundles and bad files: the others are shown, the status is 2 ---
{ cat ca.pem; openssl crl -in ca.der -inform DER; openssl ec -in ca.key 2>/dev/null; cat ca.pem; } \
  >bundle.pem
run 0 "$revstat" inspect bundle.pem
has out '^bundle.pem:1: certificate$'
has out '^bundle.pem:2: CRL$'
has out '^bundle.pem:3: certificate$'

head -c 300 ca.der >truncated.der
echo 'no PKI at all' >text
printf 'evil \033[31m' >'evil'
cp evil $'name\033[31m'
mkdir folder
run 2 "$revstat" inspect nowhere truncated.der text folder ca.key $'name\033[31m' ca.der
same "errors" 6 "$(grep -c '^revstat: ' err)"
has err '^revstat: nowhere: the file cannot be read: No such file or directory \[input_unreadable\]$'
has err '^revstat: truncated.der: .*\(octet [0-9]+\) \['
has err '^revstat: text: .*\[unknown_format\]$'
has err '^revstat: folder: .*directory'
has err '^revstat: ca.key: .*\[unknown_format\]$'
has err '^revstat: name\\x1b\[31m: .*\[unknown_format\]$'
has out '^ca.der: CRL$'

# A broken entry: the head is shown, the error says where.
sed 's/240102030405Z/240102030465Z/' ca.der >entry.der # second 65
run 2 "$revstat" inspect entry.der
has err '^revstat: entry.der: revocationDate: .*\(octet [0-9]+\) \[bad_time\]$'
has out '^ cRLNumber 0x01f4'
has out '^ not used for any answer: revocationDate: .*\[malformed\]$'
hasnt out '^ entries'

# --- JSON lines ---
run 2 "$revstat" inspect --format jsonl ca.der delta.crl ca.pem nowhere
same "JSON lines" 3 "$(wc -l <out)"
if command -v python3 >/dev/null; then
  python3 - <<'PY' || fail "JSON"
import json
crl, delta, certificate = [json.loads(line) for line in open("out")]
assert crl["input"] == "ca.der" and crl["kind"] == "crl"
assert crl["crl_number"] == "01f4" and crl["entries"] == 3
assert crl["entries_by_reason"] == {"keyCompromise": 1, "certificateHold": 1, "absent": 1}
assert crl["oldest_revocation"] == "2024-01-02T03:04:05Z"
assert crl["not_used_for"] == [] and "base_crl_number" not in crl
assert [e["critical"] for e in crl["extensions"]] == [False, False]
assert delta["base_crl_number"] == "05"
assert delta["issuing_distribution_point"] == {"indirect_crl": True}
assert sum(i["entries"] for i in delta["certificate_issuers"]) == 100
assert len(delta["certificate_issuers"]) > 20
assert {(n["use"], n["cause"]) for n in delta["not_used_for"]} == {("active", "out_of_scope")}
assert certificate["kind"] == "certificate" and certificate["ca"] is True
assert certificate["serial"] == "80ff01"
assert certificate["key_usage"] == ["keyCertSign", "cRLSign"]
point, = certificate["crl_distribution_points"]
assert point["full_name"] == [{"uri": "http://crl.example/root.crl"}]
assert point["reasons"] == ["keyCompromise"]
PY
fi
has out '"key_usage":\["keyCertSign","cRLSign"\]'

# --- usage ---
run 0 "$revstat" inspect --help
has out 'revstat inspect --format jsonl'
run 2 "$revstat" inspect
run 2 "$revstat" inspect --format xml ca.der
has err '^--format: is not table or jsonl: xml$'
if [[ -w /dev/full ]]; then
  status=0
  "$revstat" inspect ca.der >/dev/full 2>err || status=$?
  same "status with a full disk" 2 "$status"
fi
finish
