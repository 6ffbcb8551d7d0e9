// OcspCache on disk: writing. Reading is in ocsp_cache_read.cc.
#include "engine/check/ocsp_cache_file.h"

#include <chrono>
#include <cstring>
#include <filesystem>
#include <map>
#include <thread>

#include "engine/base/checksum.h"
#include "engine/base/error.h"
#include "engine/check/ocsp_cache_layout.h"

namespace revstat {

namespace {

using ocsp_cache_layout::BlockHeader;
using ocsp_cache_layout::Header;
using ocsp_cache_layout::HeaderChecksum;
using ocsp_cache_layout::OctetsOf;
using ocsp_cache_layout::Padded;
using ocsp_cache_layout::Record;

constexpr size_t kBlockAnswers = 1024;
// For others that save to the same file.
constexpr std::chrono::seconds kLockPatience{30};

uint8_t MarksOf(const OcspAnswer& answer) {
  uint8_t marks = 0;
  if (answer.signer_check == OcspSignerCheck::kUnchecked)
    marks |= Record::kSignerUnchecked;
  if (answer.cause == Cause::kNeverIssued) marks |= Record::kNeverIssued;
  if (answer.archive_cutoff.has_value()) marks |= Record::kHasCutoff;
  return marks;
}

void Append(Bytes octets, std::vector<uint8_t>* out) {
  out->insert(out->end(), octets.begin(), octets.end());
}

// The certificates of delegates, each once, and then the records.
class Block {
 public:
  void Add(const OcspCache::Item& item);
  // With its header.
  std::vector<uint8_t> Octets(uint64_t head) const;

 private:
  uint32_t PositionOf(const std::shared_ptr<const Buffer>& delegate);

  uint32_t count_ = 0;
  std::map<std::shared_ptr<const Buffer>, uint32_t> positions_;
  std::vector<uint8_t> delegates_;
  std::vector<uint8_t> records_;
};

uint32_t Block::PositionOf(const std::shared_ptr<const Buffer>& delegate) {
  if (delegate == nullptr) return Record::kNoDelegate;
  const auto [found, is_new] = positions_.try_emplace(
      delegate, static_cast<uint32_t>(positions_.size()));
  if (is_new) {
    const uint64_t size = delegate->bytes().size();
    Append(OctetsOf(size), &delegates_);
    Append(delegate->bytes(), &delegates_);
    delegates_.resize(Padded(delegates_.size()));
  }
  return found->second;
}

std::vector<uint8_t> Block::Octets(uint64_t head) const {
  std::vector<uint8_t> octets(sizeof(BlockHeader));
  Append(delegates_, &octets);
  Append(records_, &octets);
  const Bytes content = Bytes(octets).subspan(sizeof(BlockHeader));
  BlockHeader header;
  header.size = content.size();
  header.count = count_;
  header.delegate_count = static_cast<uint32_t>(positions_.size());
  header.head = head;
  header.checksum = Checksum(content);
  header.header_checksum = HeaderChecksum(header);
  std::memcpy(octets.data(), &header, sizeof header);
  return octets;
}

void Block::Add(const OcspCache::Item& item) {
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
  record.delegate = PositionOf(answer.delegate);
  const Bytes response =
      answer.response == nullptr ? Bytes() : answer.response->bytes();
  record.response_size = static_cast<uint32_t>(response.size());
  Append(OctetsOf(record), &records_);
  Append(response, &records_);
  records_.resize(Padded(records_.size()));
  ++count_;
}

absl::Status WriteFile(const OcspCache& cache, const Sha256Digest& context,
                       File* file) {
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
    const auto items = cache.Export(&position, kBlockAnswers);
    if (items.empty()) return absl::OkStatus();
    Block block;
    for (const OcspCache::Item& item : items) block.Add(item);
    octets = block.Octets(header.header_checksum);
  }
}

// A name that no other writer of the same cache has, in whatever process or
// container.
std::string NameAside(const std::string& path) {
  const uint64_t random = HashKey::Random().words[0];
  return Concat({path, ".", ToHex(OctetsOf(random)), ".new"});
}

// Until it is closed nobody else saves to `path`. Null where there is no lock
// to be had: it is another account's, which could else hold it for ever, or the
// file system has none.
absl::StatusOr<std::unique_ptr<File>> LockBeside(const std::string& path,
                                                 FileSystem& files) {
  auto file =
      files.Open(path + ".lock", FileSystem::OpenMode::kOpenOrCreatePrivate);
  if (!file.ok()) return nullptr;
  const auto patience = std::chrono::steady_clock::now() + kLockPatience;
  for (;;) {
    const absl::Status locked = (*file)->Lock();
    if (locked.ok()) return file;
    if (ErrorCodeOf(locked) != ErrorCode::kStoreLocked) return nullptr;
    if (std::chrono::steady_clock::now() > patience) return locked;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

// What the file holds by now, others may have written it, and what `cache`
// holds, by the rules of a cache.
void Merge(const OcspCache& cache, const std::string& path,
           const Sha256Digest& context, Time at, FileSystem& files,
           OcspCache* merged) {
  // One that cannot be read, or is of another context, holds nothing for us.
  LoadOcspCache(path, {context, at}, merged, files).status().IgnoreError();
  const std::vector<Sha256Digest> issuers = cache.Issuers();
  std::vector<OcspIssuerNumber> numbers;
  for (const Sha256Digest& identity : issuers)
    numbers.push_back(merged->AddIssuer(identity));
  uint32_t position = 0;
  for (;;) {
    auto items = cache.Export(&position, kBlockAnswers);
    if (items.empty()) return;
    for (OcspCache::Item& item : items) {
      // Later issuers belong to answers that the next save writes.
      if (item.key.issuer < numbers.size() &&
          numbers[item.key.issuer] != kNoOcspIssuer)
        merged->Put({item.key.serial, numbers[item.key.issuer]},
                    std::move(item.answer), at);
    }
  }
}

}  // namespace

absl::Status CheckReplaceable(const std::string& path,
                              const Sha256Digest* context, FileSystem& files) {
  const auto start = files.ReadStart(path, sizeof(Header));
  if (ErrorCodeOf(start.status()) == ErrorCode::kNoSuchFile)
    return absl::OkStatus();
  if (!start.ok()) return start.status();
  if (start->empty()) return absl::OkStatus();
  const auto refuse = [&](std::string_view why) {
    return MakeError(
        ErrorCode::kNotWritable,
        Concat({path, ": it ", why, "; remove it, or name another file"}));
  };
  if (!start->starts_with(TextOf(OctetsOf(Header::kMagic))))
    return refuse("is no cache of OCSP answers");
  Header header;
  if (context == nullptr || start->size() < sizeof header)
    return absl::OkStatus();
  std::memcpy(&header, start->data(), sizeof header);
  // Of another version, or damaged: nothing in it can be read.
  if (header.version != Header::kVersion ||
      header.header_checksum != HeaderChecksum(header))
    return absl::OkStatus();
  return header.context == *context
             ? absl::OkStatus()
             : refuse(
                   "was kept under another --trust-responder or "
                   "--allow-sha1");
}

absl::Status SaveOcspCache(const OcspCache& cache, const std::string& path,
                           const Sha256Digest& context, Time at,
                           FileSystem& files) {
  absl::Status replaceable = CheckReplaceable(path, nullptr, files);
  if (!replaceable.ok()) return replaceable;
  const auto lock = LockBeside(path, files);
  if (!lock.ok()) return lock.status();
  replaceable = CheckReplaceable(path, nullptr, files);
  if (!replaceable.ok()) return replaceable;
  OcspCache merged({.max_answers = cache.options().max_answers,
                    .copies = ResponseCopies::kKept});
  Merge(cache, path, context, at, files, &merged);
  const std::string aside = NameAside(path);
  {
    const auto file = files.Open(aside, FileSystem::OpenMode::kCreateNew);
    if (!file.ok()) return file.status();
    absl::Status written = WriteFile(merged, context, file->get());
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

}  // namespace revstat
