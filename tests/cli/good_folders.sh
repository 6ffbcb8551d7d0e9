#!/bin/bash
# Folders: recursive, in the order of names, past files that are no certificates.
source "$(dirname "$0")/harness.sh"
check() { run "$1" check "${sample[@]}" --format jsonl "${@:2}"; }

mkdir -p f/b/deep f/empty
cp "$active" f/z.pem
to_der "$revoked" >f/b/deep/x.der
cp "$data/list.csv" f/b/list.csv
cp "$data/crl/root.crl" f/root.crl
echo 'just words' >f/README.md
: >f/nothing
head -c 5000 /dev/urandom >f/noise.bin
mkfifo f/pipe
ln -s ../b f/b/loop
ln -s "$data/certs/on_hold_0001.pem" f/link.pem
check 1 f
lines 29 out
has err 'f: 4 files are neither certificate nor list: '
has err 'README.md'
has err 'f: 1 link to a folder is not followed'
[[ $(column input | sed 's/csv:.*/csv/' | uniq | xargs) == 'f/b/deep/x.der f/b/list.csv f/link.pem f/z.pem' ]] ||
  fail "another order"

# A link to a pipe is none of its files: nobody may ever write to it.
mkdir piped
mkfifo pipe
cp "$active" piped/a.pem
ln -s ../pipe piped/b.pem
check 0 piped
statuses active
quiet

# What is named like a certificate must be one; and a folder must hold some.
mkdir -p g/empty h
openssl x509 -in "$revoked" -outform DER | base64 >g/bare.cer
ln -s nowhere g/contract.pem
check 2 g
has err 'g/bare.cer: neither a certificate'
has err 'g/contract.pem: No such file'
check 2 h
has err 'h: no certificate in it'
mkdir lists upper
cp g/bare.cer upper/BARE.CER
cp "$active" upper/
check 2 upper
has err 'upper/BARE.CER: neither a certificate'
mkdir p12
openssl pkcs12 -export -nokeys -in "$active" -passout pass:x -out p12/ID.PFX
cp p12/ID.PFX p12/id.backup
cp "$active" p12/
check 2 p12
has err 'p12/ID.PFX: is a PKCS#12: take its certificates out with '
has err 'p12: 1 file is neither certificate nor list: p12/id.backup'
printf 'name,number\nCN=x,1\n' >lists/hosts.csv
cp "$data/list.csv" lists/issued.csv
check 2 lists
has err 'lists/hosts.csv: neither a certificate (PEM, DER, PKCS#7) nor a list with a header that names issuer and serial'
has out '"input":"lists/hosts.csv","status":"unknown","cause":"bad_input"'
lines 27 out
cp "$data/crl/root.crl" h/
check 2 h

# A broken certificate among others is reported, the others are answered.
{ head -c 100 f/b/deep/x.der; } >f/broken.der
check 2 f/b/deep f/broken.der f
lines 32 out
has err 'f/broken.der: at octet 0: '

# So is what may not be read. Root may read everything.
cp "$revstat" revstat
chmod 755 revstat
chmod -R a+rX f
cp -r "$data" sample
chmod -R a+rX sample
cp "$active" f/secret.pem
chmod 0 f/secret.pem f/empty
as_user=()
if ((EUID == 0)); then as_user=(setpriv --reuid=65534 --regid=65534 --clear-groups); fi
if "${as_user[@]}" ./revstat --version >/dev/null 2>&1; then
  status=0
  "${as_user[@]}" ./revstat check --trust sample/ca/issuing.pem --crl sample/crl/issuing.crl --at "$at" \
    --format jsonl f sample/certs/active_0001.pem >out 2>err || status=$?
  last_command='check f as another user'
  ((status == 2)) || fail "exit status $status"
  has err 'f/secret.pem: Permission denied'
  has err 'f/empty: Permission denied'
  has out '"input":"f/secret.pem","status":"unknown","cause":"bad_input"'
  has out '"input":"f/z.pem"'
  lines 33 out
fi
chmod 700 f/secret.pem f/empty

# Folders of what the options are for: each file by itself, others passed over.
mkdir -p cas/below crls none
cp "$data"/ca/*.pem f/README.md cas/
cp "$data"/crl/*.crl "$data/ca/root.pem" crls/
head -c 100 "$active" >cas/below/not_looked_at.pem
run 0 check --trust cas --crl crls --at "$at" "$active"
quiet
run 2 check --trust cas --crl crls --crl none --at "$at" --format jsonl "$active"
has err 'none: no CRL in it'
statuses active
head -c 100 "$data/crl/root.crl" >crls/cut.crl
run 2 check --trust cas --crl crls --at "$at" --format jsonl "$active"
has err 'crls/cut.crl: at octet 0: '
statuses active

# A failed download is none of the others: its name says what it was to be. So
# does that of a link to nothing.
mkdir torn cas_torn
cp "$data"/crl/*.crl torn/
: >torn/delta.crl
printf '<!DOCTYPE html>\n<title>502 Bad Gateway</title>\n' >torn/PAGE.CRL
ln -s nowhere torn/newest.crl
ln -s nowhere torn/notes
run 2 check --trust cas --crl torn --at "$at" --format jsonl "$active" "$revoked"
has err 'torn/delta.crl: at octet 0: neither a certificate, a CRL'
has err 'torn/PAGE.CRL: at octet 0: neither a certificate, a CRL'
has err 'torn/newest.crl: No such file'
lacks err notes
lines 3 err
statuses active revoked
cp "$data"/ca/*.pem cas_torn/
: >cas_torn/new.cer
run 2 check --trust cas_torn --crl "$data/crl" --at "$at" --format jsonl "$active"
has err 'cas_torn/new.cer: at octet 0: neither a certificate, a CRL'
statuses active

# What is something else is not read, whatever its size.
mkdir large cas_large
cp "$data"/crl/*.crl large/
truncate -s 4300M large/disk.img
cp "$data"/ca/*.pem "$data/crl/root.crl" cas_large/
truncate -s 300M cas_large/root.crl
SECONDS=0
run 0 check --trust cas_large --crl large --at "$at" "$active"
quiet
((SECONDS < 10)) || fail "$SECONDS s"

# Nor where it may not be read.
mkdir mixed
cp sample/crl/*.crl mixed/
cp sample/crl/root.crl mixed/closed.crl
cp f/README.md mixed/
chmod -R a+rX mixed
chmod 0 mixed/README.md
# as_other STATUS
as_other() {
  local status=0
  "${as_user[@]}" ./revstat check --trust sample/ca/root.pem --trust sample/ca/issuing.pem --crl mixed --at "$at" \
    sample/certs/active_0001.pem >out 2>err || status=$?
  last_command='check --crl mixed as another user'
  ((status == $1)) || fail "exit status $status, expected $1"
}
if "${as_user[@]}" ./revstat --version >/dev/null 2>&1; then
  as_other 0
  quiet
  chmod 0 mixed/closed.crl
  as_other 2
  has err 'mixed/closed.crl: Permission denied'
  lacks err README
fi
