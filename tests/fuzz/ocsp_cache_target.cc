// The records of a cache file, behind a head and in a block that are whole:
// what is read can be asked, ends when it says, and is written down again.
#include <cstring>

#include "engine/base/checksum.h"
#include "engine/check/ocsp_cache_file.h"
#include "tests/fuzz/target.h"

using namespace revstat;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::vector<uint8_t> file(64 + 32 + 40);
  const auto put = [&](size_t at, uint64_t value) {
    std::memcpy(&file[at], &value, sizeof value);
  };
  put(0, 0x3165686361434f52);          // magic
  put(8, uint64_t{1} << 32 | 4);       // version 4, one issuer
  put(48, Checksum({&file[64], 32}));  // the issuer
  put(56, Checksum({&file[0], 56}));
  const uint64_t count = size > 0 ? data[0] % 8 : 0;
  const uint64_t delegates = size > 0 ? data[0] / 8 % 4 : 0;
  const Bytes content = Bytes(data, size).subspan(size > 0 ? 1 : 0);
  put(96, content.size());
  put(104, delegates << 32 | count);
  put(112, Checksum({&file[0], 56}));  // the head's
  put(120, Checksum(content));
  put(128, Checksum({&file[96], 32}));
  file.insert(file.end(), content.begin(), content.end());

  OcspCache cache({.max_answers = 4, .copies = ResponseCopies::kKept});
  const auto load = ReadOcspCache(file, "file", {{}, FromUnix(0)}, &cache);
  fuzz::Check(load.ok(), "the head is whole");
  fuzz::Check(load->answers + load->ended <= count, "no more than were there");
  uint32_t position = 0;
  for (const OcspCache::Item& item : cache.Export(&position, 100)) {
    LookupPolicy policy;
    policy.at = item.answer.until + std::chrono::seconds(1);
    fuzz::Check(cache.Lookup(policy, item.key).status != Status::kActive,
                "nothing is active after its end");
  }
  return 0;
}
