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
