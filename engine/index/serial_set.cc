#include "engine/index/serial_set.h"

#include <sys/random.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <system_error>

#include "engine/base/checksum.h"
#include "engine/base/error.h"

namespace revstat {

HashKey HashKey::Random() {
  HashKey key;
  auto* out = reinterpret_cast<uint8_t*>(key.words.data());
  size_t left = sizeof(key.words);
  while (left > 0) {
    const ssize_t got = getrandom(out, left, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0)
      throw std::system_error(errno, std::generic_category(), "getrandom");
    out += got;
    left -= static_cast<size_t>(got);
  }
  return key;
}

const HashKey& HashKey::OfProcess() {
  static const HashKey key = Random();
  return key;
}

uint64_t ChecksumOf(const SerialSetHeader& header) {
  return Checksum({reinterpret_cast<const uint8_t*>(&header),
                   offsetof(SerialSetHeader, checksum)});
}

constinit const SerialSetLine SerialSet::kNoEntries = {};

absl::StatusOr<SerialSet> SerialSet::Open(Bytes index, Bytes der) {
  const auto bad = [](std::string_view why) {
    return MakeError(ErrorCode::kBadIndex, why);
  };
  SerialSetHeader header;
  if (index.size() < sizeof(header)) return bad("shorter than its header");
  if (reinterpret_cast<uintptr_t>(index.data()) % alignof(SerialSetLine) != 0) {
    return bad("not aligned to 64 octets");
  }
  std::memcpy(&header, index.data(), sizeof(header));
  if (header.magic != SerialSetHeader::kMagic)
    return bad("another magic number");
  if (header.checksum != ChecksumOf(header))
    return bad("its header's checksum");
  for (const uint32_t word : header.reserved) {
    if (word != 0) return bad("reserved");
  }
  const uint64_t body = index.size() - sizeof(header);
  if (header.partition_bits > 32 - kPositionBits) return bad("partition_bits");
  if (header.line_count > body / sizeof(SerialSetLine))
    return bad("line_count");
  const uint64_t plane = body - header.line_count * sizeof(SerialSetLine);
  if (header.entry_count > plane / sizeof(uint32_t)) return bad("entry_count");
  if (header.bucket_count == 0 || header.bucket_count > header.line_count ||
      header.bucket_count >> 32 != 0) {
    return bad("bucket_count");
  }
  if (der.size() > UINT32_MAX) return bad("a CRL of 4 GiB or more");
  SerialSet set;
  set.lines_ =
      reinterpret_cast<const SerialSetLine*>(index.data() + sizeof(header));
  set.offsets_ =
      reinterpret_cast<const uint32_t*>(set.lines_ + header.line_count);
  set.line_count_ = header.line_count;
  set.bucket_count_ = static_cast<uint32_t>(header.bucket_count);
  set.entry_count_ = header.entry_count;
  set.partition_bits_ = header.partition_bits;
  set.key_ = header.key;
  set.der_ = der;
  return set;
}

// An entry is SEQUENCE { INTEGER ...; its length takes one octet, or up to
// five.
bool SerialSet::Confirm(uint32_t offset, const SerialNumber& serial) const {
  std::array<uint64_t, 3> words;
  return ReadSerial(offset, &words) && words == serial.Words();
}

bool SerialSet::ReadSerial(uint32_t offset,
                           std::array<uint64_t, 3>* words) const {
  *words = {};
  const uint64_t size = der_.size();
  if (offset + uint64_t{2} > size) return false;
  const uint8_t length = der_[offset + 1];
  const uint64_t integer =
      offset + uint64_t{2} + (length < 0x80 ? 0 : length & 0x7f);
  if (integer + 2 > size) return false;
  const uint8_t octets = der_[integer + 1];
  if (octets > SerialNumber::kMaxOctets || integer + 2 + octets > size)
    return false;
  std::memcpy(words->data(), der_.data() + integer + 2, octets);
  (*words)[2] |= uint64_t{octets} << 56;
  return true;
}

uint32_t SerialSet::FindFrom(uint64_t line, uint16_t fingerprint,
                             const SerialNumber& serial) const {
  for (; line < line_count_; ++line) {
    const SerialSetLine& here = lines_[line];
    for (unsigned slot = 0; slot < SerialSetLine::kSlots; ++slot) {
      if (here.fingerprint[slot] != fingerprint) continue;
      const uint64_t rank = uint64_t{here.rank} + slot;
      if (rank < entry_count_ && Confirm(offsets_[rank], serial))
        return offsets_[rank];
    }
    if ((here.overflow & OverflowBit(fingerprint)) == 0) break;
  }
  return kNotListed;
}

uint32_t SerialSet::Find(const SerialNumber& serial) const {
  const SerialSetHome home =
      HomeOf(KeyedHash(key_, serial.Words()), partition_bits_, bucket_count_);
  return FindFrom(home.bucket, home.fingerprint, serial);
}

std::optional<SerialNumber> SerialSet::SerialAt(uint64_t rank) const {
  std::array<uint64_t, 3> words;
  if (rank >= entry_count_ || !ReadSerial(offsets_[rank], &words))
    return std::nullopt;
  return SerialNumber::FromContent(
      {reinterpret_cast<const uint8_t*>(words.data()), words[2] >> 56});
}

bool SerialSet::FindsItsEnd() const {
  if (entry_count_ == 0) return true;
  const auto serial = SerialAt(entry_count_ - 1);
  return serial.has_value() && Find(*serial) != kNotListed;
}

}  // namespace revstat
