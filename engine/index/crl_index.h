// All entries of a CRL read, checked, counted and indexed in one pass.
#ifndef REVSTAT_ENGINE_INDEX_CRL_INDEX_H_
#define REVSTAT_ENGINE_INDEX_CRL_INDEX_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/huge_memory.h"
#include "engine/base/time.h"
#include "engine/index/keyed_hash.h"
#include "engine/x509/crl.h"
#include "engine/x509/crl_entry.h"

namespace revstat {

// What a pass over the entries counts.
struct CrlStatistics {
  uint64_t entries = 0;
  uint64_t duplicates = 0;  // of the same certificate; the stricter entry binds
  std::array<uint64_t, 11> by_reason = {};  // by reasonCode
  uint64_t without_reason = 0;
  std::optional<Time> oldest_revocation;
  std::optional<Time> newest_revocation;
  // The first entry with a critical extension we do not process. RFC 5280 5.3:
  // such a CRL says nothing of certificates it does not list.
  std::optional<uint32_t> unsupported_entry;
};

// The entries of one certificate issuer.
struct IssuerIndex {
  // CanonicalName of the issuer of these certificates.
  std::string certificate_issuer;
  HugeMemory index;  // bytes of a SerialSet
};

struct CrlIndex {
  // The CRL's own issuer first, even when nothing of it is listed.
  std::vector<IssuerIndex> issuers;
  CrlStatistics statistics;
};

struct IndexLimits {
  uint64_t max_entries = 200'000'000;
  uint64_t max_certificate_issuers = 10'000;  // of an indirect CRL
};

// Cost: linear, some 20 ns an entry; memory as SerialSetBuilder. Errors: those
// of the entries' DER with offset and field; kTooMany above a limit;
// kExtensionNotAllowed for certificateIssuer in a CRL that is not indirect and
// removeFromCRL in one that is not a delta.
absl::StatusOr<CrlIndex> IndexCrl(const CrlView& crl, const HashKey& key,
                                  const IndexLimits& limits);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_INDEX_CRL_INDEX_H_
