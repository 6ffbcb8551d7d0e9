// OcspCache on disk: reading. Every octet is checked.
#include <algorithm>
#include <cstring>
#include <utility>

#include "engine/base/error.h"
#include "engine/check/ocsp_cache_file.h"
#include "engine/check/ocsp_cache_layout.h"
#include "engine/store/store_files.h"

namespace revstat {

namespace {

using ocsp_cache_layout::BlockHeader;
using ocsp_cache_layout::Header;
using ocsp_cache_layout::HeaderChecksum;
using ocsp_cache_layout::kMaxDelegate;
using ocsp_cache_layout::kMaxResponse;
using ocsp_cache_layout::Padded;
using ocsp_cache_layout::Record;

// Whether they are of an answer with this status.
bool AreMarks(uint8_t marks, OcspStatus status) {
  const uint8_t possible =
      Record::kSignerUnchecked |
      (status == OcspStatus::kOnHold ? Record::kNeverIssued : 0) |
      (status == OcspStatus::kGood ? Record::kHasCutoff : 0);
  return (marks & ~possible) == 0;
}

// Those a SingleResponse can have (RFC 5280 5.3.1).
bool IsReason(uint8_t value) {
  return value <= 10 ? value != 7
                     : value == static_cast<uint8_t>(ReasonCode::kAbsent);
}

// Far beyond all years that DER can write, and far from any overflow.
bool IsTime(int64_t seconds) {
  return seconds > -(int64_t{1} << 40) && seconds < int64_t{1} << 40;
}

class FileReader {
 public:
  FileReader(Bytes octets, const OcspCacheReading& reading, OcspCache* cache)
      : octets_(octets), reading_(reading), cache_(cache) {}

  // Nothing where the octets end before.
  template <class Struct>
  std::optional<Struct> Get() {
    const Bytes octets = GetOctets(sizeof(Struct));
    if (octets.empty()) return std::nullopt;
    Struct value;
    std::memcpy(&value, octets.data(), sizeof value);
    return value;
  }
  Bytes GetOctets(size_t size) {
    if (size > octets_.size()) {
      octets_ = {};
      return {};
    }
    const Bytes part = octets_.first(size);
    octets_ = octets_.subspan(size);
    return part;
  }

  absl::Status ReadHead(const std::string& name);
  OcspCacheLoad ReadBlocks();

 private:
  // False where something is not as it is ever written.
  bool ReadBlock(const BlockHeader& header);
  bool ReadDelegate();
  bool ReadRecord();

  Bytes octets_;
  const OcspCacheReading& reading_;
  OcspCache* const cache_;
  uint64_t head_ = 0;                                     // its checksum
  std::vector<OcspIssuerNumber> numbers_;                 // by the file's
  std::vector<std::shared_ptr<const Buffer>> delegates_;  // of the block
  OcspCacheLoad load_;
};

absl::Status FileReader::ReadHead(const std::string& name) {
  const auto header = Get<Header>();
  if (!header.has_value() || header->magic != Header::kMagic)
    return DamagedAt(name, 0, "magic");
  if (header->version != Header::kVersion)
    return MakeError(ErrorCode::kStoreVersion, name);
  if (header->header_checksum != HeaderChecksum(*header))
    return DamagedAt(name, 0, "header_checksum");
  head_ = header->header_checksum;
  if (header->context != reading_.context) {
    return MakeError(ErrorCode::kStoreVersion,
                     Concat({name, ": verified under another policy"}));
  }
  const Bytes issuers =
      GetOctets(size_t{header->issuer_count} * sizeof(Sha256Digest));
  if (Checksum(issuers) != header->issuers_checksum)
    return DamagedAt(name, sizeof(Header), "issuers_checksum");
  for (size_t i = 0; i < issuers.size(); i += sizeof(Sha256Digest)) {
    Sha256Digest identity;
    std::memcpy(identity.data(), &issuers[i], sizeof identity);
    numbers_.push_back(cache_->AddIssuer(identity));
  }
  return absl::OkStatus();
}

OcspCacheLoad FileReader::ReadBlocks() {
  while (!octets_.empty()) {
    const auto header = Get<BlockHeader>();
    if (!header.has_value() ||
        header->header_checksum != HeaderChecksum(*header)) {
      // Nothing tells where the next one begins.
      load_.rest = OcspCacheLoad::Rest::kDamaged;
      break;
    }
    const Bytes records = GetOctets(header->size);
    const Bytes behind = std::exchange(octets_, records);
    // Records under another head would be another issuer's.
    if (records.size() != header->size || header->head != head_ ||
        Checksum(records) != header->checksum || !ReadBlock(*header))
      load_.rest = OcspCacheLoad::Rest::kDamaged;
    octets_ = behind;
  }
  return load_;
}

bool FileReader::ReadBlock(const BlockHeader& header) {
  delegates_.clear();
  for (uint32_t i = 0; i < header.delegate_count; ++i) {
    if (!ReadDelegate()) return false;
  }
  for (uint32_t i = 0; i < header.count; ++i) {
    if (!ReadRecord()) return false;
  }
  return octets_.empty();
}

bool FileReader::ReadDelegate() {
  const auto size = Get<uint64_t>();
  if (!size.has_value() || *size > kMaxDelegate) return false;
  const Bytes octets = GetOctets(Padded(*size));
  if (octets.size() != Padded(*size)) return false;
  const Bytes der = octets.first(*size);
  // Who cannot be asked about could not be refused.
  if (!CertificateView::Parse(der).ok()) return false;
  delegates_.push_back(Buffer::FromVector({der.begin(), der.end()}));
  return true;
}

bool FileReader::ReadRecord() {
  const auto record = Get<Record>();
  if (!record.has_value() || record->issuer >= numbers_.size() ||
      record->serial_size > sizeof record->serial ||
      record->status > static_cast<uint8_t>(OcspStatus::kGood) ||
      !AreMarks(record->marks, static_cast<OcspStatus>(record->status)) ||
      !IsReason(record->reason) ||
      record->end > static_cast<uint8_t>(OcspAnswer::End::kSigner) ||
      !IsTime(record->this_update) || !IsTime(record->until) ||
      !IsTime(record->produced_at) || !IsTime(record->revocation_time) ||
      record->response_size > kMaxResponse ||
      (record->delegate != Record::kNoDelegate &&
       record->delegate >= delegates_.size()) ||
      record->reserved != 0)
    return false;
  const auto serial = SerialNumber::FromContent(
      {record->serial, static_cast<size_t>(record->serial_size)});
  const Bytes response = GetOctets(Padded(record->response_size));
  if (!serial.has_value() || response.size() != Padded(record->response_size))
    return false;
  OcspAnswer answer;
  answer.status = static_cast<OcspStatus>(record->status);
  answer.reason = static_cast<ReasonCode>(record->reason);
  answer.this_update = FromUnix(record->this_update);
  answer.until = FromUnix(record->until);
  answer.produced_at = FromUnix(record->produced_at);
  if ((record->marks & Record::kHasCutoff) != 0) {
    answer.archive_cutoff = FromUnix(record->revocation_time);
  } else {
    answer.revocation_time = FromUnix(record->revocation_time);
  }
  if ((record->marks & Record::kNeverIssued) != 0)
    answer.cause = Cause::kNeverIssued;
  if ((record->marks & Record::kSignerUnchecked) != 0)
    answer.signer_check = OcspSignerCheck::kUnchecked;
  answer.end = static_cast<OcspAnswer::End>(record->end);
  if (record->delegate != Record::kNoDelegate)
    answer.delegate = delegates_[record->delegate];
  answer.sha256 = record->sha256;
  const bool is_listed = answer.status == OcspStatus::kRevoked ||
                         answer.status == OcspStatus::kOnHold;
  // What was allowed when it was kept may not be allowed now.
  const auto lifetime = answer.end == OcspAnswer::End::kSetByCaller
                            ? reading_.lifetime_without_next_update
                            : std::nullopt;
  if (lifetime.has_value())
    answer.until = std::min(answer.until, answer.this_update + *lifetime);
  if (!is_listed &&
      (answer.until < reading_.at || lifetime == std::chrono::seconds(0))) {
    ++load_.ended;
    return true;
  }
  if (record->response_size > 0) {
    const Bytes der = response.first(record->response_size);
    answer.response = Buffer::FromVector({der.begin(), der.end()});
  }
  const OcspCacheKey key{*serial, numbers_[record->issuer]};
  if (key.issuer == kNoOcspIssuer) return true;  // more than a cache may have
  cache_->Put(key, std::move(answer), reading_.at);
  ++load_.answers;
  return true;
}

}  // namespace

absl::StatusOr<OcspCacheLoad> ReadOcspCache(Bytes file, const std::string& name,
                                            const OcspCacheReading& reading,
                                            OcspCache* cache) {
  FileReader reader(file, reading, cache);
  absl::Status head = reader.ReadHead(name);
  if (!head.ok()) return head;
  return reader.ReadBlocks();
}

absl::StatusOr<OcspCacheLoad> LoadOcspCache(const std::string& path,
                                            const OcspCacheReading& reading,
                                            OcspCache* cache,
                                            FileSystem& files) {
  const auto mapping = files.Map(path);
  if (!mapping.ok()) return mapping.status();
  return ReadOcspCache((*mapping)->bytes(), path, reading, cache);
}

}  // namespace revstat
