#include "engine/store/generation_word.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>
#include <cstddef>
#include <cstring>
#include <ctime>
#include <utility>

#include "engine/store/segment_header.h"
#include "engine/store/store_files.h"

namespace revstat {
namespace {

struct GenerationHead {
  static constexpr uint64_t kMagic = 0x31726e6547535352;  // "RSSGenr1"
  static constexpr uint32_t kVersion = 1;

  uint64_t magic = kMagic;
  uint32_t version = kVersion;
  uint32_t reserved = 0;
};
struct GenerationFile {
  GenerationHead head;
  uint64_t padding[6] = {};
  uint64_t generation = 0;  // on a cache line of its own
  uint64_t end[7] = {};
};
static_assert(sizeof(GenerationFile) == 128);
static_assert(offsetof(GenerationFile, generation) == 64);
static_assert(std::atomic<uint64_t>::is_always_lock_free);

absl::Status Check(Bytes octets, std::string_view name) {
  if (octets.size() != sizeof(GenerationFile))
    return DamagedAt(name, octets.size(), "the file's size");
  GenerationHead head;
  std::memcpy(&head, octets.data(), sizeof(head));
  if (head.magic != GenerationHead::kMagic) return DamagedAt(name, 0, "magic");
  if (head.version != GenerationHead::kVersion) {
    return MakeError(ErrorCode::kStoreVersion,
                     Concat({name, ": version ", std::to_string(head.version),
                             ", not ", std::to_string(head.kVersion)}));
  }
  return absl::OkStatus();
}

long Futex(const std::atomic<uint64_t>* word, int operation, uint32_t value,
           const timespec* timeout) {
  // The low half of a little-endian word: a futex has 32 bits.
  return syscall(SYS_futex, reinterpret_cast<const uint32_t*>(word), operation,
                 value, timeout, nullptr, 0);
}

}  // namespace

GenerationWord::GenerationWord(std::shared_ptr<const Mapping> mapping)
    : mapping_(std::move(mapping)),
      word_(reinterpret_cast<std::atomic<uint64_t>*>(
          mapping_->data() + offsetof(GenerationFile, generation))) {}

absl::StatusOr<GenerationWord> GenerationWord::Open(FileSystem* files,
                                                    const std::string& path) {
  auto mapping = files->Map(path);
  if (!mapping.ok()) return mapping.status();
  // The first writer ended before it wrote a word: there is no store yet.
  if ((*mapping)->bytes().empty())
    return MakeError(ErrorCode::kNoSuchFile, Concat({path, " is empty"}));
  const absl::Status status = Check((*mapping)->bytes(), path);
  if (!status.ok()) return status;
  return GenerationWord(*std::move(mapping));
}

absl::StatusOr<GenerationWord> GenerationWord::OpenForWriter(
    FileSystem* files, const std::string& path) {
  const auto file = files->Open(path, FileSystem::OpenMode::kOpenOrCreate);
  if (!file.ok()) return file.status();
  auto mapping = (*file)->Map(MapAccess::kReadWrite);
  if (!mapping.ok()) return mapping.status();
  if (!Check((*mapping)->bytes(), path).ok()) {
    // In place: readers that map a file with a damaged head look at its word
    // only. Written rather than mapped, so that the disk has room for it.
    const GenerationFile fresh;
    const Bytes octets(reinterpret_cast<const uint8_t*>(&fresh), sizeof(fresh));
    absl::Status status = WriteAll(file->get(), 0, octets);
    if (status.ok()) status = (*file)->Truncate(octets.size());
    if (status.ok()) status = (*file)->Sync();
    if (!status.ok()) return status;
    mapping = (*file)->Map(MapAccess::kReadWrite);
    if (!mapping.ok()) return mapping.status();
    status = Check((*mapping)->bytes(), path);
    if (!status.ok()) return status;
  }
  return GenerationWord(*std::move(mapping));
}

void GenerationWord::Store(uint64_t generation) {
  // Pairs with the relaxed Load: it carries nothing but itself.
  word_->store(generation, std::memory_order_relaxed);
  Wake();
}

void GenerationWord::WaitWhile(uint64_t known,
                               std::chrono::milliseconds at_most) const {
  const auto count = at_most.count();
  const timespec timeout = {static_cast<time_t>(count / 1000),
                            static_cast<long>(count % 1000) * 1'000'000};
  Futex(word_, FUTEX_WAIT, static_cast<uint32_t>(known), &timeout);
}

void GenerationWord::Wake() const {
  Futex(word_, FUTEX_WAKE, INT_MAX, nullptr);
}

}  // namespace revstat
