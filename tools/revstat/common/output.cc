#include "tools/revstat/common/output.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "engine/base/bytes.h"
#include "engine/base/error.h"

namespace revstat::tool {
namespace {

constexpr std::string_view kClearLine = "\r\x1b[K";

}  // namespace

void Output::Write(std::string_view text) {
  // What is large already is not copied.
  if (collected_.size() + text.size() >= kPiece) {
    Flush();
    if (text.size() >= kPiece) return WriteOut(text);
  }
  collected_ += text;
}

void Output::Flush() {
  WriteOut(collected_);
  collected_.clear();
}

void Output::WriteOut(std::string_view text) {
  while (!text.empty() && status_.ok()) {
    const ssize_t put = write(descriptor_, text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) {
      status_ = absl::UnavailableError(
          errno == EPIPE ? ""
                         : Concat({"standard output cannot be written: ",
                                   std::strerror(errno)}));
    } else {
      text.remove_prefix(static_cast<size_t>(put));
    }
  }
}

bool IsTerminal(int descriptor) { return isatty(descriptor) == 1; }

Progress::Progress(std::string_view what, uint64_t total)
    : what_(what), total_(total), shown_(IsTerminal(STDERR_FILENO)) {}

void Progress::Update(uint64_t done, uint64_t answered) {
  if (!shown_) return;
  const auto now = Clock::now();
  if (now - last_ < std::chrono::milliseconds(100)) return;
  last_ = now;
  drawn_ = true;
  std::string line = Concat({kClearLine, Printable(what_), " "});
  if (total_ > 0) {
    constexpr uint64_t kWidth = 30;
    const uint64_t share = std::min<uint64_t>(100, done * 100 / total_);
    const uint64_t filled = share * kWidth / 100;
    line += Concat({"[", std::string(filled, '#'),
                    std::string(kWidth - filled, ' '), "] ",
                    std::to_string(share), " % "});
  }
  line += Concat({WithCommas(answered), " answered"});
  std::fputs(line.c_str(), stderr);
}

void Progress::Clear() {
  if (drawn_) std::fputs("\r\x1b[K", stderr);
  drawn_ = false;
}

std::string WithCommas(uint64_t value) {
  std::string text = std::to_string(value);
  for (size_t i = text.size(); i > 3;) {
    i -= 3;
    text.insert(i, 1, ',');
  }
  return text;
}

std::string Counted(uint64_t count, std::string_view noun) {
  return Concat({WithCommas(count), " ", noun, count == 1 ? "" : "s"});
}

// A continuation octet has no width of its own.
size_t WidthOf(std::string_view text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(),
      [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

size_t PrintablePrefix(std::string_view text) {
  const auto octet = [&](size_t i) {
    return static_cast<unsigned char>(text[i]);
  };
  const unsigned char first = octet(0);
  if (first < 0x80) return first >= 0x20 && first != 0x7f ? 1 : 0;
  if (first < 0xc2 || first > 0xf4) return 0;
  const size_t size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (text.size() < size) return 0;
  for (size_t i = 1; i < size; ++i) {
    if ((octet(i) & 0xc0) != 0x80) return 0;
  }
  return first == 0xc2 && octet(1) < 0xa0 ? 0 : size;
}

std::string Printable(std::string_view text) {
  std::string printable;
  while (!text.empty()) {
    const size_t size = PrintablePrefix(text);
    printable += size == 0 ? "?" : text.substr(0, size);
    text.remove_prefix(std::max<size_t>(size, 1));
  }
  return printable;
}

void Report(std::string_view message) {
  if (message.empty()) return;
  const std::string line = Concat({IsTerminal(STDERR_FILENO) ? kClearLine : "",
                                   "revstat: ", Printable(message), "\n"});
  std::fputs(line.c_str(), stderr);
}

}  // namespace revstat::tool
