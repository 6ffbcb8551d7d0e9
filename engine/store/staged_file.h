// A file of the store while it is being written: what a download streams into.
#ifndef REVSTAT_ENGINE_STORE_STAGED_FILE_H_
#define REVSTAT_ENGINE_STORE_STAGED_FILE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/buffer.h"
#include "engine/base/huge_page.h"
#include "engine/store/file_system.h"

namespace revstat {

// A segment to be: a CRL's octets are written where they stay, at
// kDerOffset, and never copied again. Removed with the object, unless it was
// moved to its place. One thread at a time, but IsStaged is for any.
class StagedFile {
 public:
  static constexpr uint64_t kDerOffset = 512;

  static absl::StatusOr<std::unique_ptr<StagedFile>> Create(
      FileSystem* files, const std::string& path, uint64_t max_bytes);
  ~StagedFile();
  StagedFile(const StagedFile&) = delete;
  StagedFile& operator=(const StagedFile&) = delete;

  // Whether an object of this process has this path, as Create was given it:
  // such a file is no leftover, whoever opens the store anew meanwhile.
  static bool IsStaged(const std::string& path);

  // The CRL's next octets. kTooLarge above the limit, before anything is
  // written; kNotWritable where the disk is full. Up to kPiece of them are kept
  // here until FinishAppending.
  absl::Status Append(Bytes octets);
  uint64_t der_bytes() const { return der_bytes_; }

  // Writes what is kept here, so that a file that waits for its turn costs no
  // memory; kNotWritable. Nothing may be appended afterwards. Der and WriteAt
  // do it by themselves.
  absl::Status FinishAppending();

  // What was appended, in place. Nothing may be appended afterwards.
  absl::StatusOr<std::shared_ptr<const Buffer>> Der();

  // For WriteSegment. Nothing may be appended afterwards.
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
  // The file is written in pieces of this size, each at a multiple of it:
  // written so, all but its last piece is on huge pages in the page cache of a
  // system that has such for files and some to spare, for all who map it.
  static constexpr size_t kPiece = kHugePage;

  StagedFile(FileSystem* files, std::string path, uint64_t max_bytes);

  absl::Status Flush();

  FileSystem* const files_;
  const std::string path_;
  std::unique_ptr<File> file_;  // null until it was opened
  const uint64_t max_bytes_;
  uint64_t written_ = 0;  // octets of the file that pending_ comes behind
  std::vector<uint8_t> pending_;  // with the header's room at first
  uint64_t der_bytes_ = 0;
  bool is_moved_ = false;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_STORE_STAGED_FILE_H_
