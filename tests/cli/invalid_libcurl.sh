#!/bin/bash
# libcurl is loaded by what fetches alone: the rest works where it is damaged or
# none of ours, and what fetches says so.
source "$(dirname "$0")/harness.sh"

mkdir damaged foreign old
echo "no library" >damaged/libcurl.so.4
cc -shared -o foreign/libcurl.so.4 -x c /dev/null || skip "no C compiler"
cat >old.c <<'END'
static const struct { int age; const char *version; unsigned number; } old = {0, "7.74.0", 0x074a00};
const void *curl_version_info(int age) { return age < 0 ? 0 : &old; }
END
cc -shared -fPIC -o old/libcurl.so.4 old.c
"$gen" crl --out c.crl --ca-out ca.pem --seed 7 --entries 100 --next-update none
printf '[[issuer]]\nname = "a"\ntrust = ["ca.pem"]\ncrl_urls = ["file://%s/c.crl", "http://127.0.0.1:9"]\n' \
  "$work" >a.toml
sed 's|, "http[^"]*"||' a.toml >file_only.toml

# with_libcurl FOLDER STATUS ARGUMENT...: run, with the libcurl of the folder.
with_libcurl() { LD_LIBRARY_PATH=$1 run "${@:2}"; }
# cannot_load WHY: said once, with the loader's words.
cannot_load() {
  (($(grep -c "libcurl cannot be loaded (Debian: libcurl4): .*$1" err) == 1)) || fail "not said once"
}

declare -A why=([damaged]="file too short" [foreign]="undefined symbol: curl_version_info"
  [old]="7.74.0 is older than 7.87")
for folder in damaged foreign old; do
  with_libcurl $folder 0 check "${sample[@]}" "$active"
  quiet
  with_libcurl $folder 0 ingest --store "$folder.store" --trust ca.pem --at 2026-01-02 c.crl
  with_libcurl $folder 2 refresh --store "$folder.store" --sources a.toml --once
  cannot_load "${why[$folder]}"
  with_libcurl $folder 2 refresh --store "$folder.store" --sources a.toml --check-config
  cannot_load "${why[$folder]}"
  # What else is wrong is said, too.
  sed 's|^name|nam|' a.toml >wrong.toml
  with_libcurl $folder 2 refresh --store "$folder.store" --sources wrong.toml --check-config
  has err 'wrong.toml:2:1: '
  cannot_load "${why[$folder]}"
  with_libcurl $folder 2 ocsp query "$active" --issuer "$data/ca/issuing.pem" --responder http://127.0.0.1:9
  cannot_load "${why[$folder]}"
done
run 0 refresh --store damaged.store --sources file_only.toml --once
