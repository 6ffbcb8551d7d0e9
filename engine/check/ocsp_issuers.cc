#include "engine/check/ocsp_issuers.h"

#include <cstring>

#include "engine/snapshot/read_section.h"

namespace revstat {

// Open addressing, at most half full; the place is the digest's own first
// octets, which nobody can choose without the keys to go with them.
struct OcspIssuers::Table {
  explicit Table(size_t slots)
      : mask(slots - 1),
        slots(std::make_unique<std::atomic<uint32_t>[]>(slots)) {}
  static size_t PlaceOf(const Sha256Digest& identity) {
    uint64_t first;
    std::memcpy(&first, identity.data(), sizeof first);
    return first;
  }

  const size_t mask;
  // A number and one; 0: empty.
  const std::unique_ptr<std::atomic<uint32_t>[]> slots;
};

OcspIssuers::OcspIssuers() : table_(new Table(64)) {}

OcspIssuers::~OcspIssuers() {
  WaitForReaders();
  // Pairs with nothing: no reader is left.
  delete table_.load(std::memory_order_relaxed);
}

OcspIssuerNumber OcspIssuers::Find(const Sha256Digest& identity) const {
  const ReadSection section;
  // Pairs with the store in Add.
  const Table& table = *table_.load(std::memory_order_acquire);
  for (size_t place = Table::PlaceOf(identity);; ++place) {
    // Pairs with the store in Insert: who sees a number sees its identity.
    const uint32_t slot =
        table.slots[place & table.mask].load(std::memory_order_acquire);
    if (slot == 0) return kNoOcspIssuer;
    const auto number = static_cast<OcspIssuerNumber>(slot - 1);
    if (At(number) == identity) return number;
  }
}

OcspIssuerNumber OcspIssuers::Add(const Sha256Digest& identity) {
  const OcspIssuerNumber known = Find(identity);
  if (known != kNoOcspIssuer || size_ == kNoOcspIssuer) return known;
  const OcspIssuerNumber number = size_++;
  auto& block = blocks_[number / kBlock];
  if (block == nullptr) block = std::make_unique<Sha256Digest[]>(kBlock);
  block[number % kBlock] = identity;
  // Pairs with nothing: only this function stores it.
  const Table* const table = table_.load(std::memory_order_relaxed);
  if (size_t{size_} * 2 <= table->mask) {
    Insert(*table, number);
    return number;
  }
  auto next = std::make_unique<const Table>((table->mask + 1) * 2);
  for (OcspIssuerNumber i = 0; i < size_; ++i) Insert(*next, i);
  // Pairs with the load in Find: who sees the table sees what is in it.
  table_.store(next.release(), std::memory_order_release);
  WaitForReaders();
  delete table;
  return number;
}

void OcspIssuers::Insert(const Table& table, OcspIssuerNumber number) {
  size_t place = Table::PlaceOf(At(number));
  // Pairs with nothing: only this function stores slots.
  while (table.slots[place & table.mask].load(std::memory_order_relaxed) != 0)
    ++place;
  // Pairs with the load in Find.
  table.slots[place & table.mask].store(uint32_t{number} + 1,
                                        std::memory_order_release);
}

std::vector<Sha256Digest> OcspIssuers::All() const {
  std::vector<Sha256Digest> identities;
  for (OcspIssuerNumber i = 0; i < size_; ++i) identities.push_back(At(i));
  return identities;
}

}  // namespace revstat
