// OCSP responses at hand, found by the certificates they are about.
#ifndef REVSTAT_ENGINE_CHECK_OCSP_SET_H_
#define REVSTAT_ENGINE_CHECK_OCSP_SET_H_

#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/buffer.h"
#include "engine/check/cached_ocsp.h"
#include "engine/index/keyed_hash.h"
#include "engine/snapshot/snapshot.h"
#include "engine/verify/digest.h"
#include "engine/x509/ocsp_response.h"

namespace revstat {

// One response with its bytes: parsed, nothing of it verified. Immutable.
struct OcspSource {
  std::shared_ptr<const Buffer> der;
  OcspResponseView response;
  Sha256Digest sha256;

  // One DER OCSPResponse that fills the buffer. Errors: OcspResponseView's.
  static absl::StatusOr<OcspSource> Create(std::shared_ptr<const Buffer> der,
                                           const OcspLimits& limits = {});
};

// Where a verdict with kFromOcsp comes from. Valid as long as the set.
struct OcspEvidence {
  const OcspSource* source = nullptr;  // null: no response decided
  std::optional<OcspSingleResponse> single;
  // Instead of the two: the answer of the cache.
  std::optional<OcspAnswer> cached;
};

// Serials come from strangers, and are put into a set before any signature is
// checked: under a key they do not know they cannot aim at one bucket.
struct SerialHasher {
  size_t operator()(const SerialNumber& serial) const {
    return KeyedHash(key, serial.Words());
  }
  HashKey key = HashKey::Random();
};

// Filled by one thread; then any number may read. Verifies nothing.
class OcspSet {
 public:
  // Verdict::source of a stapled response.
  static constexpr uint32_t kStapled = 0xfffffffe;

  // Keeps a response. Errors: OcspResponseView's, and those of responseStatus
  // and responseType (OcspVerifier), with which nothing can be answered.
  absl::Status Add(std::shared_ptr<const Buffer> der,
                   const OcspLimits& limits = {});

  // Lets the answers of a cache stand beside the responses.
  void UseCache(std::shared_ptr<const CachedOcsp> cache) {
    cache_ = std::move(cache);
  }
  const CachedOcsp* cache() const { return cache_.get(); }  // or null

  // Keeps the response of a handshake, for Explain alone.
  void UseStapled(OcspSource stapled) { stapled_ = std::move(stapled); }
  const std::optional<OcspSource>& stapled() const { return stapled_; }

  bool empty() const { return sources_.empty() && cache_ == nullptr; }
  const OcspSource& source(uint32_t position) const {
    return sources_[position];
  }

  // Where a SingleResponse stands. Verdict::source is a position among all.
  struct Place {
    uint32_t source = 0;
    Bytes single_tlv;
  };
  // The positions of those about this serial, of whatever issuer, those of one
  // response side by side. Cost: one look into a hash table.
  std::span<const uint32_t> About(const SerialNumber& serial) const;
  const Place& place(uint32_t position) const { return places_[position]; }
  OcspSingleResponse SingleAt(uint32_t position) const;

  // The response and the answer in it behind a verdict of OcspChecker about
  // this key.
  OcspEvidence Explain(const LookupKey& key, const Verdict& verdict) const;

 private:
  std::shared_ptr<const CachedOcsp> cache_;
  std::optional<OcspSource> stapled_;
  std::vector<OcspSource> sources_;
  std::vector<Place> places_;
  std::unordered_map<SerialNumber, std::vector<uint32_t>, SerialHasher>
      by_serial_;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_CHECK_OCSP_SET_H_
