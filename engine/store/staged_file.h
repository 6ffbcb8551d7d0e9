// A file of the store while it is being written: what a download streams into.
#ifndef REVSTAT_ENGINE_STORE_STAGED_FILE_H_
#define REVSTAT_ENGINE_STORE_STAGED_FILE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "engine/base/buffer.h"
#include "engine/store/file_system.h"

namespace revstat {

// A segment to be: a CRL's octets are written where they stay, at
// kDerOffset, and never copied again. Removed with the object, unless it was
// moved to its place. One thread at a time.
class StagedFile {
 public:
  static constexpr uint64_t kDerOffset = 512;

  static absl::StatusOr<std::unique_ptr<StagedFile>> Create(
      FileSystem* files, const std::string& path, uint64_t max_bytes);
  ~StagedFile();
  StagedFile(const StagedFile&) = delete;
  StagedFile& operator=(const StagedFile&) = delete;

  // The CRL's next octets. kTooLarge above the limit, before anything is
  // written; kNotWritable where the disk is full.
  absl::Status Append(Bytes octets);
  uint64_t der_bytes() const { return der_bytes_; }

  // What was appended, in place. Nothing may be appended afterwards.
  absl::StatusOr<std::shared_ptr<const Buffer>> Der();

  // For WriteSegment.
  absl::Status WriteAt(uint64_t offset, Bytes octets);
  absl::Status Truncate(uint64_t size) { return file_->Truncate(size); }
  void StartSync() { file_->StartSync(); }
  absl::Status Sync() { return file_->Sync(); }
  absl::StatusOr<std::shared_ptr<const Mapping>> Map() {
    return file_->Map(MapAccess::kRead);
  }
  // The file's last name; it stays.
  absl::Status MoveTo(const std::string& path);

 private:
  StagedFile(FileSystem* files, std::string path, std::unique_ptr<File> file,
             uint64_t max_bytes);

  FileSystem* const files_;
  const std::string path_;
  const std::unique_ptr<File> file_;
  const uint64_t max_bytes_;
  uint64_t der_bytes_ = 0;
  bool is_moved_ = false;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_STORE_STAGED_FILE_H_
