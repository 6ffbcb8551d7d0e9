#include "engine/store/staged_file.h"

#include <utility>

#include "engine/base/error.h"

namespace revstat {

StagedFile::StagedFile(FileSystem* files, std::string path,
                       std::unique_ptr<File> file, uint64_t max_bytes)
    : files_(files),
      path_(std::move(path)),
      file_(std::move(file)),
      max_bytes_(max_bytes) {}

absl::StatusOr<std::unique_ptr<StagedFile>> StagedFile::Create(
    FileSystem* files, const std::string& path, uint64_t max_bytes) {
  auto file = files->Open(path, FileSystem::OpenMode::kCreate);
  if (!file.ok()) return file.status();
  return std::unique_ptr<StagedFile>(
      new StagedFile(files, path, *std::move(file), max_bytes));
}

StagedFile::~StagedFile() {
  // What stays behind is removed by the next writer.
  if (!is_moved_) files_->Remove(path_).IgnoreError();
}

absl::Status StagedFile::Append(Bytes octets) {
  if (octets.size() > max_bytes_ - der_bytes_) {
    return MakeError(
        ErrorCode::kTooLarge,
        Concat({"the limit is ", std::to_string(max_bytes_), " octets"}));
  }
  absl::Status status = WriteAt(kDerOffset + der_bytes_, octets);
  if (status.ok()) der_bytes_ += octets.size();
  return status;
}

absl::Status StagedFile::WriteAt(uint64_t offset, Bytes octets) {
  return WriteAll(file_.get(), offset, octets);
}

absl::StatusOr<std::shared_ptr<const Buffer>> StagedFile::Der() {
  // An empty one has room for the header all the same.
  const absl::Status status = Truncate(kDerOffset + der_bytes_);
  if (!status.ok()) return status;
  auto mapping = Map();
  if (!mapping.ok()) return mapping.status();
  const Bytes bytes = (*mapping)->bytes();
  if (bytes.size() != kDerOffset + der_bytes_)
    return MakeError(ErrorCode::kNotWritable, Concat({path_, ": changed"}));
  return Buffer::Share(*std::move(mapping), bytes.subspan(kDerOffset));
}

absl::Status StagedFile::MoveTo(const std::string& path) {
  absl::Status status = files_->Rename(path_, path);
  if (status.ok()) is_moved_ = true;
  return status;
}

}  // namespace revstat
