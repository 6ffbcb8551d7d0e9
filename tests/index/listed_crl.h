// CRLs for tests of the index: which serials they list, and nothing else about
// them matters. Not signed.
#ifndef REVSTAT_TESTS_INDEX_LISTED_CRL_H_
#define REVSTAT_TESTS_INDEX_LISTED_CRL_H_

#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <vector>

#include "engine/index/crl_index.h"
#include "engine/index/find_batch.h"
#include "engine/index/serial_set.h"
#include "engine/index/serial_set_builder.h"
#include "tests/support/crl_text.h"
#include "tests/support/expect.h"

namespace revstat::test {

// An entry as a test wants it.
struct Listed {
  SerialNumber serial;
  unsigned day = 1;  // of January 2026: the revocation date
  ReasonCode reason = ReasonCode::kAbsent;
};

// How serials are drawn.
enum class SerialKind { kRandom, kSequential, kSharedPrefix };

// Serials of `octets` octets, none twice. The set is less than `count` where
// there are not so many.
std::set<SerialNumber> DrawSerials(SerialKind kind, size_t octets, size_t count,
                                   std::mt19937_64& random);
// Of any length from 1 to 21.
SerialNumber AnySerial(std::mt19937_64& random);

Octets DerOf(const std::vector<Listed>& entries);

// A CRL, its index and the set in it, in memory of exactly their size.
class IndexedCrl {
 public:
  IndexedCrl(const Octets& der, const HashKey& key);

  const CrlView& crl() const { return crl_; }
  const SerialSet& set() const { return set_; }
  const CrlStatistics& statistics() const { return index_.statistics; }
  Bytes index_bytes() const { return index_.issuers.front().index.bytes(); }

  // By serial: where its entry stands. Of several, the one that binds: the
  // model that SerialSet must agree with.
  std::map<SerialNumber, uint32_t> Model() const;

 private:
  Exact der_;
  CrlView crl_;
  CrlIndex index_;
  SerialSet set_;
};

// FindOneWith of a serial that is located first.
inline ListedSerial FindOneBy(Kernel kernel, const SerialSet& set,
                              const SerialNumber& serial) {
  return FindOneWith(kernel, set, serial,
                     Locate(set.head(), KeyedHash(set.key(), serial.Words())));
}

// A key that is the same in every run.
HashKey TestKey(uint64_t seed = 1);

// The index bytes in aligned memory, to be changed.
class IndexCopy {
 public:
  explicit IndexCopy(Bytes index, size_t size);
  explicit IndexCopy(Bytes index) : IndexCopy(index, index.size()) {}
  ~IndexCopy();
  IndexCopy(const IndexCopy&) = delete;
  IndexCopy& operator=(const IndexCopy&) = delete;

  uint8_t* data() { return data_; }
  Bytes bytes() const { return {data_, size_}; }
  SerialSetHeader& header() {
    return *reinterpret_cast<SerialSetHeader*>(data_);
  }
  // Makes its checksum right again.
  void SealHeader() { header().checksum = ChecksumOf(header()); }

 private:
  size_t size_;
  uint8_t* data_;
};

}  // namespace revstat::test

#endif  // REVSTAT_TESTS_INDEX_LISTED_CRL_H_
