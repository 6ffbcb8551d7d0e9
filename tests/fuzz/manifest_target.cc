// A manifest, whose checksums are made right first: an error, or what is
// written again as it was read.
#include <cstring>
#include <vector>

#include "engine/base/checksum.h"
#include "engine/store/manifest.h"
#include "tests/fuzz/target.h"

using namespace revstat;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::vector<uint8_t> octets(data, data + size);
  constexpr size_t kBody = 80;
  const auto put = [&](size_t at, uint64_t value) {
    std::memcpy(octets.data() + at, &value, sizeof(value));
  };
  if (size >= kBody) {
    put(56, size - kBody);
    put(64, Checksum(Bytes(octets).subspan(kBody)));
    put(72, Checksum(Bytes(octets).first(72)));
  }
  const auto manifest = DecodeManifest(Buffer::FromVector(octets), "fuzz");
  if (!manifest.ok()) return 0;
  const auto again =
      DecodeManifest(Buffer::FromVector(EncodeManifest(*manifest)), "fuzz");
  fuzz::Check(again.ok(), "what was read can be written and read");
  fuzz::Check(again->certificates.size() == manifest->certificates.size() &&
                  again->segments == manifest->segments &&
                  again->packs == manifest->packs &&
                  again->routers == manifest->routers &&
                  again->generation == manifest->generation,
              "it is the same again");
  return 0;
}
