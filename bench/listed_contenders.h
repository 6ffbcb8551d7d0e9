// What others answer: is this serial listed, yes or no?
#ifndef REVSTAT_BENCH_LISTED_CONTENDERS_H_
#define REVSTAT_BENCH_LISTED_CONTENDERS_H_

#include <openssl/x509.h>

#include <memory>

#include "absl/container/flat_hash_set.h"
#include "bench/contender.h"
#include "bench/subject.h"

namespace revstat::bench {

struct SerialHash {
  size_t operator()(const SerialNumber& serial) const {
    return absl::Hash<std::array<uint64_t, 3>>()(serial.Words());
  }
};
using SerialHashSet = absl::flat_hash_set<SerialNumber, SerialHash>;
// All serials of a CRL.
SerialHashSet MakeSerialHashSet(const CrlView& crl);

using OpensslCrl = std::unique_ptr<X509_CRL, decltype(&X509_CRL_free)>;
// Parsed and, for which OpenSSL waits until the first lookup, sorted. Some 300
// octets of memory an entry.
absl::StatusOr<OpensslCrl> MakeOpensslCrl(Bytes der);

// Both borrow what they are given.
std::unique_ptr<Contender> MakeHashSetContender(const SerialHashSet& serials,
                                                const Subject& subject,
                                                unsigned hit_percent);
// X509_CRL_get0_by_serial.
std::unique_ptr<Contender> MakeOpensslContender(const OpensslCrl& crl,
                                                const Subject& subject,
                                                unsigned hit_percent);

}  // namespace revstat::bench

#endif  // REVSTAT_BENCH_LISTED_CONTENDERS_H_
