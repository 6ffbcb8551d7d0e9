// Buffered standard output whose errors are noticed, and the progress bar.
#ifndef REVSTAT_TOOLS_REVSTAT_COMMON_OUTPUT_H_
#define REVSTAT_TOOLS_REVSTAT_COMMON_OUTPUT_H_

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace revstat::tool {

// Collects text and writes it to a descriptor in large pieces.
class Output {
 public:
  explicit Output(int descriptor) : descriptor_(descriptor) {}

  void Write(std::string_view text);
  void Flush();
  // The first failure to write (a full disk, a closed pipe); later text is
  // lost. Without a message where the reader has gone, as `head` does: it has
  // what it wanted, and nothing is to be said.
  const absl::Status& status() const { return status_; }

 private:
  void WriteOut(std::string_view text);

  static constexpr size_t kPiece = size_t{1} << 17;

  int descriptor_;
  std::string collected_;
  absl::Status status_;
};

bool IsTerminal(int descriptor);

// A bar on standard error while long work goes on; nothing unless that is a
// terminal. Drawn at most ten times a second.
class Progress {
 public:
  // `total` 0: unknown, so only the count is shown.
  Progress(std::string_view what, uint64_t total);
  ~Progress() { Clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Update(uint64_t done, uint64_t answered);
  void Clear();

 private:
  using Clock = std::chrono::steady_clock;

  const std::string what_;
  const uint64_t total_;
  const bool shown_;
  bool drawn_ = false;
  Clock::time_point last_ = Clock::now();
};

// "12,345,678"
std::string WithCommas(uint64_t value);
// "1 CRL", "2 CRLs"
std::string Counted(uint64_t count, std::string_view noun);

// Characters, not octets, of UTF-8 text: what columns are padded by.
size_t WidthOf(std::string_view text);

// How many octets of `text` are one printable UTF-8 character; 0 for a control
// character (C0, DEL, C1) and for what is not UTF-8. Overlong forms and
// surrogates are let through: they drive no terminal.
size_t PrintablePrefix(std::string_view text);
// With '?' for each octet of all others, which a file's name may hold: they
// would break lines and drive the terminal.
std::string Printable(std::string_view text);

// Writes "revstat: <message>" to standard error, clearing a progress bar first;
// nothing for an empty message.
void Report(std::string_view message);

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_COMMON_OUTPUT_H_
