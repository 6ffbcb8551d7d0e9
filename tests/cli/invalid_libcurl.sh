#!/bin/bash
# libcurl is loaded by what fetches alone: the rest works where it is damaged or
# none of ours, and what fetches says so.
source "$(dirname "$0")/harness.sh"

mkdir damaged foreign
echo "no library" >damaged/libcurl.so.4
cc -shared -o foreign/libcurl.so.4 -x c /dev/null || skip "no C compiler"
"$gen" crl --out c.crl --ca-out ca.pem --seed 7 --entries 100 --next-update none
printf '[[issuer]]\nname = "a"\ntrust = ["ca.pem"]\ncrl_urls = ["file://%s/c.crl"]\n' "$work" >a.toml

# with_libcurl FOLDER STATUS ARGUMENT...: run, with the libcurl of the folder.
with_libcurl() { LD_LIBRARY_PATH=$1 run "${@:2}"; }
# cannot_load WHY: in one line, with the loader's words.
cannot_load() {
  has err "libcurl cannot be loaded: "
  has err "$1"
}

for folder in damaged foreign; do
  [[ $folder == damaged ]] && why="file too short" || why="undefined symbol: curl_easy_cleanup"
  with_libcurl $folder 0 check "${sample[@]}" "$active"
  quiet
  with_libcurl $folder 0 ingest --store "$folder.store" --trust ca.pem --at 2026-01-02 c.crl
  with_libcurl $folder 2 refresh --store "$folder.store" --sources a.toml --once
  cannot_load "$why"
  with_libcurl $folder 2 refresh --store "$folder.store" --sources a.toml --check-config
  cannot_load "$why"
  with_libcurl $folder 2 ocsp query "$active" --issuer "$data/ca/issuing.pem" --responder http://127.0.0.1:9
  cannot_load "$why"
done
run 0 refresh --store damaged.store --sources a.toml --once
