// Immutable bytes with their owner: a mapped file, or memory.
//
// Lifetime: shared; views borrow from it. Thread-safety: immutable, so any
// number of threads may read. A mapped file must not be changed in place
// while a Buffer holds it (replacing it by rename is fine): that is how the
// store writes, and what we ask of callers who pass large files.
#ifndef REVSTAT_ENGINE_BASE_BUFFER_H_
#define REVSTAT_ENGINE_BASE_BUFFER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/bytes.h"

namespace revstat {

class Buffer {
 public:
  // Files from this size on are mapped, smaller ones are read.
  static constexpr uint64_t kMapFrom = 1 << 20;
  static constexpr uint64_t kNoLimit = ~uint64_t{0};

  // The bytes of a file or, for a pipe or device, of all that can be read from
  // it. Refused with kTooLarge above `max_bytes`, before anything is read
  // where the size is known; kInputUnreadable where the system says no.
  static absl::StatusOr<std::shared_ptr<const Buffer>> ReadFile(
      const std::string& path, uint64_t max_bytes = kNoLimit);
  // The same for an open descriptor, which stays open; `name` is for errors.
  static absl::StatusOr<std::shared_ptr<const Buffer>> ReadDescriptor(
      int descriptor, const std::string& name, uint64_t max_bytes = kNoLimit);
  static std::shared_ptr<const Buffer> FromVector(std::vector<uint8_t> bytes);
  // Bytes that `owner` keeps alive: a part of a mapped file, say.
  static std::shared_ptr<const Buffer> Share(std::shared_ptr<const void> owner,
                                             Bytes bytes);

  ~Buffer();
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  Bytes bytes() const { return bytes_; }

 private:
  Buffer() = default;

  std::vector<uint8_t> memory_;
  std::shared_ptr<const void> owner_;
  void* mapping_ = nullptr;
  Bytes bytes_;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_BASE_BUFFER_H_
