// One fetch of a file: URL, piece by piece: a part of Fetcher.
#ifndef REVSTAT_ENGINE_REFRESH_FETCH_FILE_H_
#define REVSTAT_ENGINE_REFRESH_FETCH_FILE_H_

#include <chrono>
#include <string>
#include <vector>

#include "engine/refresh/fetch.h"

namespace revstat {

// Not thread-safe.
class FetchFile {
 public:
  using Clock = std::chrono::steady_clock;

  FetchFile(FetchRequest request, std::string path);
  ~FetchFile();
  FetchFile(const FetchFile&) = delete;
  FetchFile& operator=(const FetchFile&) = delete;

  enum class State : uint8_t { kGoingOn, kDone };
  // Reads the next piece, so that others have their turn in between.
  State Step(Clock::time_point now);
  FetchResult TakeResult() { return std::move(result_); }

 private:
  absl::Status Open();
  absl::Status ReadPiece();

  const FetchRequest request_;
  const std::string path_;
  int descriptor_ = -1;
  std::vector<uint8_t> piece_;
  Clock::time_point deadline_;
  bool is_complete_ = false;
  FetchResult result_;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_FETCH_FILE_H_
