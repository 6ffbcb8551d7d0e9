// bench: questions about a CRL, and what the CRL itself answers to them.
#ifndef REVSTAT_TOOLS_REVSTAT_BENCH_QUERIES_H_
#define REVSTAT_TOOLS_REVSTAT_BENCH_QUERIES_H_

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "engine/snapshot/snapshot.h"

namespace revstat::tool {

// Questions with the same share of listed serials, in random order.
struct QuerySet {
  unsigned hit_percent = 0;
  std::vector<LookupKey> keys;
};

// Draws listed serials evenly from the CRL and invents others of their lengths,
// then reads the CRL once more for what it says of each: an entry, or nothing.
// The index has no part in that. Deterministic. Memory: about 200 octets a
// question.
class BenchQueries {
 public:
  BenchQueries(const CrlSource& source, IssuerId issuer, uint64_t count);

  QuerySet Make(unsigned hit_percent) const;

  // A policy under which every entry of the CRL binds and the CRL is current.
  const LookupPolicy& policy() const { return policy_; }
  // What a serial that is not listed must be: unknown for a CRL that is only a
  // part, and for one with a critical extension that is not processed.
  Status unlisted() const { return unlisted_; }
  bool IsListed(const SerialNumber& serial) const {
    return listed_.at(serial).has_value();
  }

  // OK when the verdicts are what the CRL says.
  absl::Status Check(std::span<const LookupKey> keys,
                     std::span<const Verdict> verdicts) const;

 private:
  struct Entry {
    Time revocation_date;
    ReasonCode reason;
  };
  struct Hash {
    size_t operator()(const SerialNumber& serial) const;
  };

  void DrawListed(const CrlView& crl, uint64_t entries, uint64_t count);
  void InventUnlisted(uint64_t count);
  void ReadAnswers(const CrlView& crl);

  const IssuerId issuer_;
  LookupPolicy policy_;
  Status unlisted_;
  std::vector<SerialNumber> hits_;
  std::vector<SerialNumber> misses_;
  std::unordered_map<SerialNumber, std::optional<Entry>, Hash> listed_;
};

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_BENCH_QUERIES_H_
