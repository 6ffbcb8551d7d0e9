#include "engine/check/ocsp_cache_file.h"

#include <cstring>
#include <filesystem>
#include <utility>

#include "engine/base/error.h"
#include "engine/store/store_files.h"

namespace revstat {
namespace {

constexpr size_t kBlockAnswers = 1024;
constexpr uint32_t kMaxResponse = uint32_t{1} << 24;
constexpr size_t kAlignment = 8;

struct Header {
  static constexpr uint64_t kMagic = 0x3165686361434f52;  // "ROCache1"
  static constexpr uint32_t kVersion = 3;

  uint64_t magic = kMagic;
  uint32_t version = kVersion;
  uint32_t issuer_count = 0;
  Sha256Digest context = {};
  uint64_t issuers_checksum = 0;
  uint64_t header_checksum = 0;  // of all octets before this one
};
static_assert(sizeof(Header) == 64);

struct BlockHeader {
  uint64_t size = 0;  // of the records
  uint64_t count = 0;
  uint64_t head = 0;             // header_checksum of the file's header
  uint64_t checksum = 0;         // of the records
  uint64_t header_checksum = 0;  // of all octets before this one
};
static_assert(sizeof(BlockHeader) == 40);

struct Record {
  uint8_t serial[21] = {};
  uint8_t serial_size = 0;
  uint16_t issuer = 0;
  int64_t this_update = 0;
  int64_t until = 0;
  int64_t produced_at = 0;
  int64_t revocation_time = 0;
  Sha256Digest sha256 = {};
  uint32_t response_size = 0;
  uint8_t status = 0;
  uint8_t reason = 0;
  uint8_t end = 0;
  uint8_t marks = 0;

  static constexpr uint8_t kSignerUnchecked = 1;
  static constexpr uint8_t kNeverIssued = 2;
  // Of kGood: revocation_time is the archive cutoff.
  static constexpr uint8_t kHasCutoff = 4;
};
static_assert(sizeof(Record) == 96);

uint8_t MarksOf(const OcspAnswer& answer) {
  uint8_t marks = 0;
  if (answer.signer_check == OcspSignerCheck::kUnchecked)
    marks |= Record::kSignerUnchecked;
  if (answer.cause == Cause::kNeverIssued) marks |= Record::kNeverIssued;
  if (answer.archive_cutoff.has_value()) marks |= Record::kHasCutoff;
  return marks;
}

// Whether they are of an answer with this status.
bool AreMarks(uint8_t marks, OcspStatus status) {
  const uint8_t possible =
      Record::kSignerUnchecked |
      (status == OcspStatus::kOnHold ? Record::kNeverIssued : 0) |
      (status == OcspStatus::kGood ? Record::kHasCutoff : 0);
  return (marks & ~possible) == 0;
}

template <class Struct>
Bytes OctetsOf(const Struct& value) {
  return {reinterpret_cast<const uint8_t*>(&value), sizeof value};
}

// The checksum that stands in the last eight octets of a header.
template <class Struct>
uint64_t HeaderChecksum(const Struct& header) {
  return Checksum(OctetsOf(header).first(sizeof header - sizeof(uint64_t)));
}

size_t Padded(size_t size) {
  return (size + kAlignment - 1) / kAlignment * kAlignment;
}

void Append(Bytes octets, std::vector<uint8_t>* out) {
  out->insert(out->end(), octets.begin(), octets.end());
}

void AppendItem(const OcspCache::Item& item, std::vector<uint8_t>* out) {
  const OcspAnswer& answer = item.answer;
  Record record;
  const Bytes serial = item.key.serial.content();
  std::memcpy(record.serial, serial.data(), serial.size());
  record.serial_size = static_cast<uint8_t>(serial.size());
  record.issuer = item.key.issuer;
  record.this_update = ToUnix(answer.this_update);
  record.until = ToUnix(answer.until);
  record.produced_at = ToUnix(answer.produced_at);
  record.revocation_time =
      ToUnix(answer.archive_cutoff.value_or(answer.revocation_time));
  record.sha256 = answer.sha256;
  record.status = static_cast<uint8_t>(answer.status);
  record.reason = static_cast<uint8_t>(answer.reason);
  record.end = static_cast<uint8_t>(answer.end);
  record.marks = MarksOf(answer);
  const Bytes response =
      answer.response == nullptr ? Bytes() : answer.response->bytes();
  record.response_size = static_cast<uint32_t>(response.size());
  Append(OctetsOf(record), out);
  Append(response, out);
  out->resize(Padded(out->size()));
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
  FileReader(Bytes octets, Time at, OcspCache* cache)
      : octets_(octets), at_(at), cache_(cache) {}

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

  absl::Status ReadHead(const std::string& name, const Sha256Digest& context);
  OcspCacheLoad ReadBlocks();

 private:
  // False where a record is not one that is ever written.
  bool ReadRecords(uint64_t count);
  bool ReadRecord();

  Bytes octets_;
  const Time at_;
  OcspCache* const cache_;
  uint64_t head_ = 0;                      // its checksum
  std::vector<OcspIssuerNumber> numbers_;  // by the file's
  OcspCacheLoad load_;
};

absl::Status FileReader::ReadHead(const std::string& name,
                                  const Sha256Digest& context) {
  const auto header = Get<Header>();
  if (!header.has_value() || header->magic != Header::kMagic)
    return DamagedAt(name, 0, "magic");
  if (header->version != Header::kVersion)
    return MakeError(ErrorCode::kStoreVersion, name);
  if (header->header_checksum != HeaderChecksum(*header))
    return DamagedAt(name, 0, "header_checksum");
  head_ = header->header_checksum;
  if (header->context != context) {
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
        Checksum(records) != header->checksum || !ReadRecords(header->count))
      load_.rest = OcspCacheLoad::Rest::kDamaged;
    octets_ = behind;
  }
  return load_;
}

bool FileReader::ReadRecords(uint64_t count) {
  for (uint64_t i = 0; i < count; ++i) {
    if (!ReadRecord()) return false;
  }
  return octets_.empty();
}

bool FileReader::ReadRecord() {
  const auto record = Get<Record>();
  if (!record.has_value() || record->issuer >= numbers_.size() ||
      record->serial_size > sizeof record->serial ||
      record->status > static_cast<uint8_t>(OcspStatus::kGood) ||
      !AreMarks(record->marks, static_cast<OcspStatus>(record->status)) ||
      !IsReason(record->reason) || record->end > 1 ||
      !IsTime(record->this_update) || !IsTime(record->until) ||
      !IsTime(record->produced_at) || !IsTime(record->revocation_time) ||
      record->response_size > kMaxResponse)
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
  answer.sha256 = record->sha256;
  const bool is_listed = answer.status == OcspStatus::kRevoked ||
                         answer.status == OcspStatus::kOnHold;
  if (!is_listed && answer.until < at_) {
    ++load_.ended;
    return true;
  }
  if (record->response_size > 0) {
    const Bytes der = response.first(record->response_size);
    answer.response = Buffer::FromVector({der.begin(), der.end()});
  }
  const OcspCacheKey key{*serial, numbers_[record->issuer]};
  if (key.issuer == kNoOcspIssuer) return true;  // more than a cache may have
  cache_->Put(key, std::move(answer), at_);
  ++load_.answers;
  return true;
}

absl::Status WriteFile(const OcspCache& cache, const Sha256Digest& context,
                       File* file) {
  // The issuers first: later ones belong to answers that are not written.
  std::vector<uint8_t> octets;
  const std::vector<Sha256Digest> issuers = cache.Issuers();
  for (const Sha256Digest& identity : issuers) Append(identity, &octets);
  Header header;
  header.issuer_count = static_cast<uint32_t>(issuers.size());
  header.context = context;
  header.issuers_checksum = Checksum(octets);
  header.header_checksum = HeaderChecksum(header);
  octets.insert(octets.begin(), OctetsOf(header).begin(),
                OctetsOf(header).end());
  uint64_t offset = 0;
  uint32_t position = 0;
  for (;;) {
    absl::Status written = WriteAll(file, offset, octets);
    if (!written.ok()) return written;
    offset += octets.size();
    auto items = cache.Export(&position, kBlockAnswers);
    if (items.empty()) return absl::OkStatus();
    std::erase_if(items, [&](const OcspCache::Item& item) {
      return item.key.issuer >= issuers.size();
    });
    octets.assign(sizeof(BlockHeader), 0);
    for (const OcspCache::Item& item : items) AppendItem(item, &octets);
    const Bytes records = Bytes(octets).subspan(sizeof(BlockHeader));
    BlockHeader block;
    block.size = records.size();
    block.count = items.size();
    block.head = header.header_checksum;
    block.checksum = Checksum(records);
    block.header_checksum = HeaderChecksum(block);
    std::memcpy(octets.data(), &block, sizeof block);
  }
}

// A name that no other writer of the same cache has, in whatever process or
// container.
std::string NameAside(const std::string& path) {
  const uint64_t random = HashKey::Random().words[0];
  return Concat({path, ".", ToHex(OctetsOf(random)), ".new"});
}

}  // namespace

absl::Status SaveOcspCache(const OcspCache& cache, const std::string& path,
                           const Sha256Digest& context, FileSystem& files) {
  const std::string aside = NameAside(path);
  {
    const auto file = files.Open(aside, FileSystem::OpenMode::kCreateNew);
    if (!file.ok()) return file.status();
    absl::Status written = WriteFile(cache, context, file->get());
    if (written.ok()) written = (*file)->Sync();
    if (!written.ok()) {
      files.Remove(aside).IgnoreError();  // the first error says more
      return written;
    }
  }
  absl::Status renamed = files.Rename(aside, path);
  if (!renamed.ok()) {
    files.Remove(aside).IgnoreError();
    return renamed;
  }
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return files.SyncFolder(folder.empty() ? "." : folder);
}

absl::StatusOr<OcspCacheLoad> ReadOcspCache(Bytes file, const std::string& name,
                                            const Sha256Digest& context,
                                            Time at, OcspCache* cache) {
  FileReader reader(file, at, cache);
  absl::Status head = reader.ReadHead(name, context);
  if (!head.ok()) return head;
  return reader.ReadBlocks();
}

absl::StatusOr<OcspCacheLoad> LoadOcspCache(const std::string& path,
                                            const Sha256Digest& context,
                                            Time at, OcspCache* cache,
                                            FileSystem& files) {
  const auto mapping = files.Map(path);
  if (!mapping.ok()) return mapping.status();
  return ReadOcspCache((*mapping)->bytes(), path, context, at, cache);
}

}  // namespace revstat
