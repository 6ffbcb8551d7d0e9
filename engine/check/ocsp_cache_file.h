// An OcspCache on disk, so that a restart does not ask again.
#ifndef REVSTAT_ENGINE_CHECK_OCSP_CACHE_FILE_H_
#define REVSTAT_ENGINE_CHECK_OCSP_CACHE_FILE_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/check/ocsp_cache.h"
#include "engine/store/file_system.h"

namespace revstat {

// Little-endian; the checksums (XXH3-64) are against damage and not against
// people: who may write the file is believed.
//   header   magic, version, number of issuers, context, checksums
//   issuers  an identity of 32 octets each; records name them by position
//   blocks   size, numbers of records and of delegates, the header's checksum,
//            checksums; then the certificates of the delegates, each its size
//            in 8 octets and its DER, padded to 8 octets; then the records of
//            104 octets, which name a delegate by position in the block, each
//            with its response, padded to 8 octets, behind it
// A block whose octets are damaged, or that was written under another header,
// whose issuers or context may be others, is left out, and behind one whose
// size is damaged all are; what is not read is asked for again.

// Joins what the file holds by now with the cache's answers, under Put's rules,
// so that what another process has learnt is not lost; writes all aside
// (PATH.RANDOM.new, which a process that is killed leaves behind), syncs and
// renames. One at a time by a lock on PATH.lock, which stays; where there is
// none to be had, of two at a time the last wins, whole. `context` is a
// digest of what the answers were verified under, such as trusted responders
// and accepted algorithms: they are not read back under another, and a file of
// another is replaced. `at` is now. Failures are not kept. Memory: all that is
// written, once more. Errors: those of CheckReplaceable, kStoreLocked where
// another has the lock for half a minute, and the file system's.
absl::Status SaveOcspCache(const OcspCache& cache, const std::string& path,
                           const Sha256Digest& context, Time at,
                           FileSystem& files = FileSystem::System());

// Whether SaveOcspCache would write to `path`: to a file that is not there, is
// empty, or begins as a cache does. kNotWritable for any other, which may be a
// key or a list that was named by mistake. With a context, which SaveOcspCache
// does not ask for, nor for a cache of another one, whose answers would be
// lost.
absl::Status CheckReplaceable(const std::string& path,
                              const Sha256Digest* context = nullptr,
                              FileSystem& files = FileSystem::System());

struct OcspCacheLoad {
  uint64_t answers = 0;
  uint64_t ended = 0;  // passed over: they prove nothing any more
  enum class Rest : uint8_t { kWhole, kDamaged };
  Rest rest = Rest::kWhole;  // kDamaged: some answers could not be read
};

// Of answers that are read back.
struct OcspCacheReading {
  Sha256Digest context = {};  // that they were kept under
  Time at;                    // now
  // How long after thisUpdate one without nextUpdate counts, 0: not at all.
  // Never longer than when it was kept, and unset: as long.
  std::optional<std::chrono::seconds> lifetime_without_next_update =
      std::nullopt;
};

// Puts what a file holds into a cache, under Put's rules. Errors: kNoSuchFile,
// kInputUnreadable; kStoreVersion for a file of another version or context;
// kStoreDamaged where header or issuers are. Whatever the error, the cache can
// be used.
absl::StatusOr<OcspCacheLoad> LoadOcspCache(
    const std::string& path, const OcspCacheReading& reading, OcspCache* cache,
    FileSystem& files = FileSystem::System());
// The same from a file's octets; `name` is for errors.
absl::StatusOr<OcspCacheLoad> ReadOcspCache(Bytes file, const std::string& name,
                                            const OcspCacheReading& reading,
                                            OcspCache* cache);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_CHECK_OCSP_CACHE_FILE_H_
