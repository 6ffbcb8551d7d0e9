#include "engine/base/buffer.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/huge_page.h"

namespace revstat {
namespace {

absl::Status SystemError(const std::string& name, int error) {
  return MakeError(ErrorCode::kInputUnreadable,
                   Concat({name, ": ", std::strerror(error)}));
}

absl::Status TooLarge(const std::string& name, uint64_t size,
                      uint64_t max_bytes) {
  return MakeError(
      ErrorCode::kTooLarge,
      Concat({name, ": ", std::to_string(size),
              " octets or more, the limit is ", std::to_string(max_bytes)}));
}

// Reads to the end, never more than one block past the limit.
absl::StatusOr<std::vector<uint8_t>> ReadAll(int descriptor,
                                             const std::string& name,
                                             uint64_t max_bytes) {
  constexpr size_t kBlock = 1 << 18;
  std::vector<uint8_t> bytes;
  size_t used = 0;
  for (;;) {
    if (used == bytes.size()) bytes.resize(used + std::max(kBlock, used / 2));
    const ssize_t got =
        read(descriptor, bytes.data() + used, bytes.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SystemError(name, errno);
    if (got == 0) break;
    used += static_cast<size_t>(got);
    if (used > max_bytes) return TooLarge(name, used, max_bytes);
  }
  bytes.resize(used);
  return bytes;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Buffer>> Buffer::ReadFile(
    const std::string& path, uint64_t max_bytes) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return SystemError(path, errno);
  auto buffer = ReadDescriptor(descriptor, path, max_bytes);
  close(descriptor);
  return buffer;
}

absl::StatusOr<std::shared_ptr<const Buffer>> Buffer::ReadDescriptor(
    int descriptor, const std::string& name, uint64_t max_bytes) {
  struct stat info = {};
  if (fstat(descriptor, &info) != 0) return SystemError(name, errno);
  if (S_ISDIR(info.st_mode)) return SystemError(name, EISDIR);
  const auto size = static_cast<uint64_t>(info.st_size);
  if (S_ISREG(info.st_mode) && size > max_bytes)
    return TooLarge(name, size, max_bytes);
  if (!S_ISREG(info.st_mode) || size < kMapFrom) {
    auto bytes = ReadAll(descriptor, name, max_bytes);
    if (!bytes.ok()) return bytes.status();
    return FromVector(*std::move(bytes));
  }
  void* mapping = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (mapping == MAP_FAILED) return SystemError(name, errno);
  PreferHugePages(mapping, size);
  // The parser and the digest both read from front to back. What this begins to
  // read, a few megabytes, comes on small pages.
  madvise(mapping, size, MADV_WILLNEED);
  std::shared_ptr<Buffer> buffer(new Buffer);
  buffer->mapping_ = mapping;
  buffer->bytes_ = Bytes(static_cast<const uint8_t*>(mapping), size);
  return buffer;
}

std::shared_ptr<const Buffer> Buffer::FromVector(std::vector<uint8_t> bytes) {
  std::shared_ptr<Buffer> buffer(new Buffer);
  buffer->memory_ = std::move(bytes);
  buffer->bytes_ = buffer->memory_;
  return buffer;
}

std::shared_ptr<const Buffer> Buffer::Share(std::shared_ptr<const void> owner,
                                            Bytes bytes) {
  std::shared_ptr<Buffer> buffer(new Buffer);
  buffer->owner_ = std::move(owner);
  buffer->bytes_ = bytes;
  return buffer;
}

Buffer::~Buffer() {
  if (mapping_ != nullptr) munmap(mapping_, bytes_.size());
}

}  // namespace revstat
