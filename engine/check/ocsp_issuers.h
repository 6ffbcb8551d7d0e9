// The issuers of an OcspCache, numbered as they come.
#ifndef REVSTAT_ENGINE_CHECK_OCSP_ISSUERS_H_
#define REVSTAT_ENGINE_CHECK_OCSP_ISSUERS_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/verify/digest.h"

namespace revstat {

// An issuer's place in one cache; of no meaning in a snapshot.
using OcspIssuerNumber = uint16_t;
inline constexpr OcspIssuerNumber kNoOcspIssuer = 0xffff;

// Thread-safety: Find on any number of threads: it never locks, waits or
// allocates. The rest by one thread at a time, beside it.
class OcspIssuers {
 public:
  OcspIssuers();
  ~OcspIssuers();
  OcspIssuers(const OcspIssuers&) = delete;
  OcspIssuers& operator=(const OcspIssuers&) = delete;

  // kNoOcspIssuer where it was never added.
  OcspIssuerNumber Find(const Sha256Digest& identity) const;
  // The number of one that is new or known; kNoOcspIssuer where there are too
  // many. Waits for lookups where the table grows: never from inside a
  // ReadSection.
  OcspIssuerNumber Add(const Sha256Digest& identity);
  std::vector<Sha256Digest> All() const;  // by number

 private:
  static constexpr size_t kBlock = 1024;
  struct Table;

  const Sha256Digest& At(OcspIssuerNumber number) const {
    return blocks_[number / kBlock][number % kBlock];
  }
  void Insert(const Table& table, OcspIssuerNumber number);

  std::atomic<const Table*> table_;
  // Each is set once, before a table names anything in it.
  std::array<std::unique_ptr<Sha256Digest[]>, kNoOcspIssuer / kBlock + 1>
      blocks_;
  OcspIssuerNumber size_ = 0;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_CHECK_OCSP_ISSUERS_H_
