#!/bin/bash
# CSV and TSV lists as people write and export them.
source "$(dirname "$0")/harness.sh"
check() { run "$1" check "${sample[@]}" --format jsonl "${@:2}"; }
# shellcheck disable=SC2059  # the format is the list
list() { printf "$@" >list.csv; }
issuer=$(sha256_of_certificate "$data/ca/issuing.pem")
serial_a=3e4c6c8c6dc5cde5e3cd792ae1a5dccd # active
serial_r=5dac1ef1ea4e0c3ff90b8742b8e09c57 # revoked, superseded
name='CN=Issuing CA\, seed 2026,O=revstat test data'

list 'issuer,serial\n%s,%s\n%s,%s\n' "$issuer" $serial_a "$issuer" $serial_r
check 1 list.csv
statuses active revoked
# A list that does not say until when a certificate is valid says nothing of it.
lacks out '"expired"'
cp list.csv plain.csv

# The issuer's name in RFC 4514 form, as it is printed, with its escapes; other
# spellings of the same name.
list 'issuer,serial\r\n"%s",%s\r\n"%s",%s\r\n"%s",%s' "$name" $serial_a \
  'cn=issuing ca\2C  seed 2026, o=REVSTAT Test Data' $serial_r \
  '2.5.4.3=Issuing CA\, seed 2026,2.5.4.10=revstat test data' $serial_r
check 1 list.csv
statuses active revoked revoked
list 'issuer\tserial\n%s\t%s\n"%s"\t%s\n' "$name" $serial_a "$name" $serial_r
check 1 list.csv
statuses active revoked

# Semicolons, as spreadsheets write them where the comma is the decimal sign.
list 'issuer;serial\r\n"%s";%s\r\n%s;%s\r\n' "$name" $serial_a "$issuer" $serial_r
check 1 list.csv
statuses active revoked
list 'issuer;serial;not_after\n%s;%s;2027-01-01T00:00:00Z\n' "$issuer" $serial_a
check 0 list.csv
statuses active
has out '"expired":false'
# A semicolon in a name of a header with commas is none.
list 'kind;note,issuer,serial\nx;y,%s,%s\n' "$issuer" $serial_r
check 1 list.csv
statuses revoked
list '"note, if any";issuer;serial\n"a, b; c";%s;%s\n' "$issuer" $serial_r
check 1 list.csv
statuses revoked

# And as OpenSSL prints it, unless it is told otherwise, and by its other names.
list 'issuer,serial\n'
for form in '' RFC2253 oneline; do
  forward=$(openssl x509 -in "$data/ca/issuing.pem" -noout -subject ${form:+-nameopt $form})
  forward=${forward#subject=}
  printf '"%s",%s\n' "${forward//\"/\"\"}" $serial_r >>list.csv
done
# With its labels, too.
printf '"issuer=%s",serial=%s\n' "${forward//\"/\"\"}" ${serial_r^^} >>list.csv
has list.csv '"O = revstat test data, CN = ""Issuing CA, seed 2026""",'
check 1 list.csv
statuses revoked revoked revoked revoked
quiet

# Serials in decimal, as databases print them, and a word of warning where a
# list has them in the other column.
decimal() { python3 -c "print(int('$1', 16))"; }
decimal_a=$(decimal $serial_a) decimal_r=$(decimal $serial_r)
list 'issuer,serial_decimal\n%s,%s\n%s,%s\n' "$issuer" "$decimal_a" "$issuer" "$decimal_r"
check 1 list.csv
statuses active revoked
has out "\"serial\":\"$serial_r\""
quiet
list 'issuer,serial\n%s,4097\n%s,4098\n' "$issuer" "$issuer"
check 0 list.csv
quiet
{
  echo issuer,serial
  for serial in {4097..4110}; do echo "$issuer,$serial"; done
} >list.csv
check 0 list.csv
has err 'list.csv: no serial has a digit from a to f'
has err 'serial_decimal'

# The digest as openssl x509 -fingerprint prints it.
list 'issuer,serial\n%s,%s\n' "$(sed 's/../&:/g; s/:$//' <<<"${issuer^^}")" $serial_r
check 1 list.csv
statuses revoked

# Serials as people paste them.
upper=${serial_r^^}
colons=$(sed 's/../&:/g; s/:$//' <<<"$upper")
spaces=${colons//:/ }
list 'issuer,serial\n'
for form in "$upper" "0x$serial_r" "0X$upper" "$colons" "$spaces" "  $serial_r  " "00$serial_r" "\"$serial_r\""; do
  printf '%s,%s\n' "$issuer" "$form" >>list.csv
done
check 1 list.csv
statuses revoked revoked revoked revoked revoked revoked revoked revoked
quiet
[[ $(column serial | sort -u) == "$serial_r" ]] || fail "serials are not printed alike"
# The issuer's digest, too.
list 'issuer,serial\n%s,%s\n' "${issuer^^}" $serial_a
check 0 list.csv
statuses active

# A byte order mark; columns in another order, in other letters, others between
# them, quoted header fields; blank lines; no line end at the end.
list '\xef\xbb\xbf"Serial",note,ISSUER\r\n\r\n%s,"a ""quoted"", note",%s\r\n\n%s,,%s' \
  $serial_a "$issuer" $serial_r "$issuer"
check 1 list.csv
statuses active revoked
has out '"input":"list.csv:3"'
has out '"input":"list.csv:5"'
quiet

# Validity; either side may be missing.
list 'issuer,serial,not_before,not_after\n'
while read -r serial from to; do
  printf '%s,%s,%s,%s\n' "$issuer" "$serial" "${from#.}" "${to#.}" >>list.csv
done <<END
$serial_a 2026-01-01T00:00:00Z 2028-01-01T00:00:00Z
$serial_a 2026-01-01T00:00:00Z 2026-05-31T23:59:59Z
$serial_a 2026-06-01T00:00:01Z 2028-01-01T00:00:00Z
$serial_a 2026-06-01T00:00:00Z 2026-06-01T00:00:00Z
$serial_a 1780272001 1880272000
$serial_a . 1780271999
$serial_a . .
$serial_r 2026-01-01T00:00:00Z 2026-05-31T23:59:59Z
END
check 1 list.csv
statuses active expired not_yet_valid active not_yet_valid expired active revoked
[[ $(grep -o '"expired":[a-z]*' out | cut -d: -f2 | xargs) == 'false true false false false true true' ]] ||
  fail "flags of expired"

# Another issuer's serial is not ours; nor is a CA's without CRL.
list 'issuer,serial\nCN=Somebody Else,%s\n%064d,%s\n' $serial_r 0 $serial_r
check 3 list.csv
statuses unknown unknown
causes no_issuer no_issuer
[[ $(column issuer | head -1) == 'CN=Somebody Else' ]] || fail "the issuer is not printed as it was given"

# A column that is misspelt is told of.
list 'issuer,serial,Valid to,colour,Valid from\n%s,%s,2020-01-01,red,\n' "$issuer" $serial_a
check 0 list.csv
has err 'list.csv: not used: the columns Valid to, Valid from; those read are issuer, serial, not_before, not_after'

# X.509's own words are understood.
list 'issuer,serial,notBefore,notAfter\n%s,%s,2019-01-01,2020-01-01\n' "$issuer" $serial_a
check 1 list.csv
statuses expired

# A header alone is no failure, but is told of; and a name that says nothing.
list 'issuer,serial\n\n'
check 0 list.csv
lines 0 out
lines 1 err
has err 'revstat: list.csv: no rows behind the header'
check 0 - <list.csv
has err 'revstat: -: no rows behind the header'
cp plain.csv plain.pem
check 1 plain.pem
statuses active revoked
# Numbers of 20 octets, of one, and none that the CRL holds.
list 'issuer,serial\n%s,1\n%s,0\n%s,7fffffffffffffffffffffffffffffffffffffff\n' "$issuer" "$issuer" "$issuer"
check 0 list.csv
[[ $(column serial | xargs) == '01 00 7fffffffffffffffffffffffffffffffffffffff' ]] || fail "serials"
