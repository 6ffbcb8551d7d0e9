#include "engine/refresh/fetch_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "engine/base/error.h"

namespace revstat {
namespace {

constexpr size_t kPiece = size_t{1} << 20;

absl::Status SystemError(int error) {
  return MakeError(ErrorCode::kInputUnreadable, std::strerror(error));
}

// Changes with every replacement of the file, and with most changes in place.
std::string TagOf(const struct stat& info) {
  return Concat({"\"", std::to_string(info.st_ino), "-",
                 std::to_string(info.st_size), "-",
                 std::to_string(info.st_mtim.tv_sec), ".",
                 std::to_string(info.st_mtim.tv_nsec), "\""});
}

}  // namespace

FetchFile::FetchFile(FetchRequest request, std::string path)
    : request_(std::move(request)), path_(std::move(path)) {
  result_.final_url = request_.url;
}

FetchFile::~FetchFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

FetchFile::State FetchFile::Step(Clock::time_point now) {
  absl::Status status;
  if (descriptor_ < 0) {
    deadline_ = now + request_.limits.total_time;
    status = Open();
  } else if (now >= deadline_) {
    status = MakeError(ErrorCode::kTimedOut, "");
  } else {
    status = ReadPiece();
  }
  if (!status.ok()) {
    result_.outcome = FetchOutcome::kFailed;
    result_.status = Annotate(status, path_);
    result_.body.clear();
    return State::kDone;
  }
  return is_complete_ ? State::kDone : State::kGoingOn;
}

absl::Status FetchFile::Open() {
  // O_NONBLOCK: a pipe is refused below and not waited for.
  descriptor_ = open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor_ < 0) return SystemError(errno);
  struct stat info = {};
  if (fstat(descriptor_, &info) != 0) return SystemError(errno);
  if (!S_ISREG(info.st_mode))
    return MakeError(ErrorCode::kInputUnreadable, "not a regular file");
  if (static_cast<uint64_t>(info.st_size) > request_.limits.max_bytes)
    return MakeError(ErrorCode::kTooLarge, std::to_string(info.st_size));
  result_.etag = TagOf(info);
  if (result_.etag == request_.etag) {
    result_.outcome = FetchOutcome::kNotModified;
    is_complete_ = true;
  }
  return absl::OkStatus();
}

absl::Status FetchFile::ReadPiece() {
  piece_.resize(kPiece);
  const ssize_t got = read(descriptor_, piece_.data(), piece_.size());
  if (got < 0) return errno == EINTR ? absl::OkStatus() : SystemError(errno);
  if (got == 0) {
    result_.outcome = FetchOutcome::kFetched;
    is_complete_ = true;
    return absl::OkStatus();
  }
  const Bytes bytes = Bytes(piece_).first(static_cast<size_t>(got));
  result_.bytes += bytes.size();
  if (result_.bytes > request_.limits.max_bytes)
    return MakeError(ErrorCode::kTooLarge, "the file grows");
  if (request_.sink) return request_.sink(bytes);
  result_.body.insert(result_.body.end(), bytes.begin(), bytes.end());
  return absl::OkStatus();
}

}  // namespace revstat
