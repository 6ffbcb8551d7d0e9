#include "tests/index/listed_crl.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <new>

namespace revstat::test {
namespace {

constexpr std::align_val_t kAlignment{alignof(SerialSetHeader)};

// The content of a minimal INTEGER: its first nine bits are not all alike.
SerialNumber FromOctets(Octets octets) {
  if (octets.size() > 1) octets[0] = static_cast<uint8_t>(octets[0] % 0x7f + 1);
  return *SerialNumber::FromContent(octets);
}

SerialNumber Draw(SerialKind kind, size_t octets, uint64_t number,
                  std::mt19937_64& random) {
  Octets content(octets, 0x5a);
  if (kind == SerialKind::kRandom) {
    for (uint8_t& octet : content) octet = static_cast<uint8_t>(random());
    return FromOctets(content);
  }
  // Counts up in the last octets, behind the same ones or none.
  if (kind == SerialKind::kSequential)
    std::fill(content.begin() + 1, content.end(), uint8_t{0});
  for (size_t i = 0; i < std::min<size_t>(octets, 8); ++i) {
    content[octets - 1 - i] = static_cast<uint8_t>(number >> (8 * i));
  }
  return FromOctets(content);
}

int Strictness(ReasonCode reason) {
  if (reason == ReasonCode::kRemoveFromCrl) return 0;
  return reason == ReasonCode::kCertificateHold ? 1 : 2;
}

void Append(const Octets& from, Octets* to) {
  to->insert(to->end(), from.begin(), from.end());
}

}  // namespace

std::set<SerialNumber> DrawSerials(SerialKind kind, size_t octets, size_t count,
                                   std::mt19937_64& random) {
  std::set<SerialNumber> serials;
  // Enough attempts to find almost all of a small range.
  for (uint64_t i = 0; serials.size() < count && i < 3 * count + 10; ++i)
    serials.insert(Draw(kind, octets, i, random));
  return serials;
}

SerialNumber AnySerial(std::mt19937_64& random) {
  return Draw(SerialKind::kRandom, 1 + random() % SerialNumber::kMaxOctets, 0,
              random);
}

Octets DerOf(const std::vector<Listed>& entries) {
  Octets content;
  for (const Listed& listed : entries) {
    const Bytes serial = listed.serial.content();
    std::vector<Octets> extensions;
    if (listed.reason != ReasonCode::kAbsent)
      extensions.push_back(Reason(static_cast<uint8_t>(listed.reason)));
    const std::string date =
        "2601" + std::to_string(100 + listed.day).substr(1) + "000000Z";
    Append(Entry(Tlv(der::kInteger, Octets(serial.begin(), serial.end())),
                 UtcTime(date), extensions),
           &content);
  }
  CrlText text;
  text.revoked_certificates = content;
  return text.Der();
}

IndexedCrl::IndexedCrl(const Octets& der, const HashKey& key)
    : der_(der), crl_(*CrlView::Parse(der_.bytes())) {
  auto index = IndexCrl(crl_, key, {});
  EXPECT_TRUE(index.ok()) << index.status();
  index_ = *std::move(index);
  const auto set = SerialSet::Open(index_bytes(), crl_.der());
  EXPECT_TRUE(set.ok()) << set.status();
  set_ = *set;
}

std::map<SerialNumber, uint32_t> IndexedCrl::Model() const {
  std::map<SerialNumber, CrlEntry> model;
  CrlEntryReader reader(crl_);
  while (reader.Next()) {
    const CrlEntry& entry = reader.entry();
    const auto [kept, is_new] = model.try_emplace(entry.serial, entry);
    if (is_new) continue;
    const int before = Strictness(kept->second.reason);
    const int now = Strictness(entry.reason);
    if (now > before || (now == before && entry.revocation_date <
                                              kept->second.revocation_date)) {
      kept->second = entry;
    }
  }
  EXPECT_TRUE(reader.error().ok());
  std::map<SerialNumber, uint32_t> offsets;
  for (const auto& [serial, entry] : model) offsets[serial] = entry.offset;
  return offsets;
}

HashKey TestKey(uint64_t seed) {
  std::mt19937_64 random(seed);
  HashKey key;
  for (uint64_t& word : key.words) word = random();
  return key;
}

IndexCopy::IndexCopy(Bytes index, size_t size)
    : size_(size),
      data_(static_cast<uint8_t*>(::operator new(size, kAlignment))) {
  std::memcpy(data_, index.data(), std::min(size, index.size()));
}

IndexCopy::~IndexCopy() { ::operator delete(data_, kAlignment); }

}  // namespace revstat::test
