#!/bin/bash
# What a store refuses, and what it says of damage.
# shellcheck source=tests/cli/harness.sh
source "$(dirname "$0")/../cli/harness.sh"

trust=(--trust "$data/ca/root.pem" --trust "$data/ca/issuing.pem")

# --- one bad CRL does not stop the others ---
openssl crl -in "$data/crl/issuing.crl" -outform DER >good.crl 2>/dev/null
flip_last_bit good.crl >forged.crl
echo nonsense >nonsense.crl
run 2 ingest --store store "${trust[@]}" --at $at forged.crl nonsense.crl missing.crl good.crl
has out '1 taken in'
has out '3 failed'
has err 'forged.crl: '
has err 'bad_signature'
has err 'nonsense.crl'
has err 'missing.crl'
run 0 check --store store --at $at "$active"

# --- no store, no trust ---
run 2 store list --store nowhere
has err 'no_such_file'
run 2 store prune --store nowhere
[[ ! -e nowhere ]] || fail 'a store was made'
run 2 check --store nowhere --at $at "$active"
run 2 check --at $at "$active"
has err '--trust is required'
run 2 ingest --trust x.pem
run 2 ingest --store no/such/parent "${trust[@]}" good.crl
run 2 store
run 2 store export --store store ffffffff
has err '0 CRLs'

# --- odd CRLs: reported, or refused with --strict ---
crl() { # FILE NUMBER ENTRIES OPTION...
  "$gen" crl --crl-number "$2" --entries "$3" --seed 1 --ca-out odd.pem --out "$1" "${@:4}"
}
crl held.crl 1 300
crl shrunk.crl 2 100
crl conflicting.crl 1 299
for strict in '' --strict; do
  run 0 ingest --store "odd$strict" --trust odd.pem held.crl
  for odd in shrunk conflicting; do
    rm -rf copy && cp -r "odd$strict" copy
    if [[ $strict ]]; then
      run 2 ingest --store copy --strict $odd.crl
      has err "$odd.crl: "
    else
      run 0 ingest --store copy $odd.crl
      has err "$odd.crl: taken in, but "
    fi
    has err "$odd"
  done
done

# --- damage: each with the file's name ---
segment=$(ls store/segments/*.seg)
damage() { # OFFSET: one octet of the segment
  cp "$segment" saved.seg
  printf '\xa5' | dd of="$segment" bs=1 seek="$1" conv=notrunc 2>/dev/null
}
restore() { cp saved.seg "$segment"; }
damage 20
run 2 store list --store store
has err "$(basename "$segment")"
has err 'store_damaged'
run 2 check --store store --at $at "$active"
has err 'repairs a damaged segment'
restore
damage 700 # inside the CRL: found by those who read all of it
run 2 store check --store store
has err "$(basename "$segment")"
restore
run 0 store check --store store
head -c 600 "$segment" >cut && mv cut "$segment"
run 2 store check --store store
has err 'file_bytes'
# a copy is mended without it
rm -rf mended && cp -r store mended
run 0 store prune --store mended
has err "lost: "
has err "$(basename "$segment")"
run 0 store check --store mended
has out ' 0 CRLs are sound'
run 0 ingest --store mended --at $at good.crl
run 0 check --store mended --at $at "$active"
restore
printf 'x' | dd of=store/manifest bs=1 seek=100 conv=notrunc 2>/dev/null
run 2 store check --store store
has err 'store/manifest'
printf '[[issuer]]\nname = "x"\ntrust = ["%s"]\ncrl_urls = ["file://%s/good.crl"]\n' \
  "$data/ca/issuing.pem" "$work" >sources.toml
for command in 'ingest good.crl' 'store prune' 'store list' 'refresh --once --sources sources.toml'; do
  # shellcheck disable=SC2086 # words
  run 2 $command --store store
  has err '; remove the folder and ingest again'
done
rm -r store
run 0 ingest --store store "${trust[@]}" --at $at good.crl
