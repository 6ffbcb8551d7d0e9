#include "engine/store/staged_file.h"

#include <algorithm>
#include <mutex>
#include <set>
#include <utility>

#include "engine/base/error.h"

namespace revstat {

namespace {

// Of all objects of this process.
struct StagedPaths {
  std::mutex mutex;  // guards `list`
  std::multiset<std::string> list;
};
StagedPaths& TheStagedPaths() {
  static auto& paths = *new StagedPaths;
  return paths;
}

}  // namespace

StagedFile::StagedFile(FileSystem* files, std::string path, uint64_t max_bytes)
    : files_(files),
      path_(std::move(path)),
      max_bytes_(max_bytes),
      pending_(kDerOffset) {
  StagedPaths& paths = TheStagedPaths();
  const std::lock_guard lock(paths.mutex);
  paths.list.insert(path_);
}

absl::StatusOr<std::unique_ptr<StagedFile>> StagedFile::Create(
    FileSystem* files, const std::string& path, uint64_t max_bytes) {
  // Before the file is there, so that it is a leftover at no moment.
  std::unique_ptr<StagedFile> staged(new StagedFile(files, path, max_bytes));
  auto file = files->Open(path, FileSystem::OpenMode::kCreate);
  if (!file.ok()) return file.status();
  staged->file_ = *std::move(file);
  return staged;
}

StagedFile::~StagedFile() {
  // What stays behind is removed by the next writer.
  if (file_ != nullptr && !is_moved_) files_->Remove(path_).IgnoreError();
  StagedPaths& paths = TheStagedPaths();
  const std::lock_guard lock(paths.mutex);
  paths.list.erase(paths.list.find(path_));
}

bool StagedFile::IsStaged(const std::string& path) {
  StagedPaths& paths = TheStagedPaths();
  const std::lock_guard lock(paths.mutex);
  return paths.list.contains(path);
}

absl::Status StagedFile::Append(Bytes octets) {
  if (octets.size() > max_bytes_ - der_bytes_) {
    return MakeError(
        ErrorCode::kTooLarge,
        Concat({"the limit is ", std::to_string(max_bytes_), " octets"}));
  }
  const uint64_t count = octets.size();
  while (!octets.empty()) {
    // What is a piece already is not copied.
    if (pending_.empty() && octets.size() >= kPiece) {
      const Bytes pieces = octets.first(octets.size() / kPiece * kPiece);
      absl::Status status = WriteAll(file_.get(), written_, pieces);
      if (!status.ok()) return status;
      written_ += pieces.size();
      octets = octets.subspan(pieces.size());
      continue;
    }
    const Bytes next =
        octets.first(std::min(octets.size(), kPiece - pending_.size()));
    // What is not short is mostly long: no more than a piece is ever held.
    if (pending_.size() + next.size() > kPiece / 8) pending_.reserve(kPiece);
    pending_.insert(pending_.end(), next.begin(), next.end());
    octets = octets.subspan(next.size());
    if (pending_.size() < kPiece) continue;
    absl::Status status = Flush();
    if (!status.ok()) return status;
  }
  der_bytes_ += count;
  return absl::OkStatus();
}

absl::Status StagedFile::Flush() {
  absl::Status status = WriteAll(file_.get(), written_, pending_);
  if (!status.ok()) return status;
  written_ += pending_.size();
  pending_.clear();
  return status;
}

absl::Status StagedFile::FinishAppending() {
  absl::Status status = Flush();
  if (status.ok()) pending_.shrink_to_fit();
  return status;
}

absl::Status StagedFile::WriteAt(uint64_t offset, Bytes octets) {
  absl::Status status = FinishAppending();
  return status.ok() ? WriteAll(file_.get(), offset, octets) : status;
}

absl::StatusOr<std::shared_ptr<const Buffer>> StagedFile::Der() {
  const absl::Status status = FinishAppending();
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
