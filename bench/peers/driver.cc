#include "bench/peers/driver.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

namespace revstat::peers {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Not ru_maxrss: that begins with what the process was before exec.
uint64_t PeakBytes() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word) {
    uint64_t kilobytes = 0;
    if (word == "VmHWM:" && status >> kilobytes) return kilobytes * 1024;
  }
  Fail("no VmHWM in /proc/self/status");
}

std::vector<Question> ReadQuestions(const std::string& path) {
  const Octets octets = ReadFile(path);
  std::vector<Question> questions(octets.size() / sizeof(Question));
  Expect(!questions.empty() && questions.size() % 2 == 0 &&
             octets.size() % sizeof(Question) == 0,
         "the file of questions is not whole");
  std::memcpy(questions.data(), octets.data(), octets.size());
  return questions;
}

// So many questions between two looks at the clock, one for a slow peer.
constexpr size_t kLargestPiece = 1024;
constexpr double kLongPiece = 1e-3;

struct Rate {
  double per_second;
  size_t checked;
};

Rate Measure(Peer& peer, std::span<const Question> questions, double seconds) {
  questions = questions.first(std::min(questions.size(), peer.MostQuestions()));
  peer.Prepare(questions);
  uint8_t answers[kLargestPiece];
  size_t piece = 1;
  const auto begin = Clock::now();
  size_t checked = 0;
  while (checked < questions.size() && SecondsSince(begin) < seconds) {
    const size_t count = std::min(piece, questions.size() - checked);
    const auto before = Clock::now();
    peer.Answer(checked, count, answers);
    if (piece < kLargestPiece && SecondsSince(before) < kLongPiece) piece *= 2;
    for (size_t i = 0; i < count; ++i, ++checked) {
      if (answers[i] != questions[checked].listed)
        Fail("a wrong answer to question " + std::to_string(checked));
    }
  }

  // The same once more, round and round.
  uint64_t done = 0;
  size_t next = 0;
  double elapsed = 0;
  const auto start = Clock::now();
  do {
    const size_t count = std::min(piece, checked - next);
    peer.Answer(next, count, answers);
    done += count;
    next = next + count == checked ? 0 : next + count;
    elapsed = SecondsSince(start);
  } while (elapsed < seconds);
  return {static_cast<double>(done) / elapsed, checked};
}

}  // namespace

void Fail(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::exit(2);
}

Octets ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) Fail("cannot read " + path);
  const std::streamoff size = file.tellg();
  Octets octets(static_cast<size_t>(size));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(octets.data()), size);
  if (!file) Fail("cannot read " + path);
  return octets;
}

Octets WithSerial(const Octets& leaf, const Question& question) {
  // Certificate ::= SEQUENCE { tbsCertificate SEQUENCE {
  //     version [0] EXPLICIT INTEGER, serialNumber INTEGER, ...
  // both sequences of 256 to 65535 octets.
  constexpr size_t kHeaders[] = {0, 4};
  constexpr size_t kSerial = 4 + 4 + 5;
  Expect(leaf.size() > kSerial + 2 && leaf[1] == 0x82 && leaf[4] == 0x30 &&
             leaf[5] == 0x82 && leaf[8] == 0xa0 && leaf[kSerial] == 0x02,
         "the leaf certificate does not look as expected");
  const size_t old_size = leaf[kSerial + 1];
  const std::span<const uint8_t> content = question.content();

  const auto from = [&](size_t i) {
    return leaf.begin() + static_cast<std::ptrdiff_t>(i);
  };
  Octets result(from(0), from(kSerial + 1));
  result.push_back(question.size);
  result.insert(result.end(), content.begin(), content.end());
  result.insert(result.end(), from(kSerial + 2 + old_size), leaf.end());
  for (size_t header : kHeaders) {
    const size_t length = (size_t{leaf[header + 2]} << 8 | leaf[header + 3]) -
                          old_size + question.size;
    result[header + 2] = static_cast<uint8_t>(length >> 8);
    result[header + 3] = static_cast<uint8_t>(length);
  }
  return result;
}

int RunPeer(int argc, char** argv, Peer& peer) {
  if (argc != 5 && argc != 6)
    Fail(std::string(argv[0]) + " CRL CA LEAF QUESTIONS [SECONDS]");
  const double seconds = argc == 6 ? std::atof(argv[5]) : 2;
  Expect(seconds > 0, "SECONDS is a positive number");

  const auto start = Clock::now();
  peer.Load({argv[1], argv[2], argv[3]});
  const double load_seconds = SecondsSince(start);
  // Before the questions, which take memory themselves.
  const uint64_t peak_bytes = PeakBytes();

  const std::vector<Question> all = ReadQuestions(argv[4]);
  const std::span<const Question> questions(all);
  const Rate few_hits = Measure(peer, questions.first(all.size() / 2), seconds);
  const Rate half_hits = Measure(peer, questions.last(all.size() / 2), seconds);

  const Description about = peer.Describe();
  std::printf(
      "{\"peer\":\"%s\",\"version\":\"%s\",\"search\":\"%s\","
      "\"signature\":\"%s\",\"load_seconds\":%.6f,\"peak_bytes\":%llu,"
      "\"per_second_1\":%.2f,\"checked_1\":%zu,"
      "\"per_second_50\":%.2f,\"checked_50\":%zu}\n",
      about.peer.c_str(), about.version.c_str(), about.search.c_str(),
      about.signature.c_str(), load_seconds,
      static_cast<unsigned long long>(peak_bytes), few_hits.per_second,
      few_hits.checked, half_hits.per_second, half_hits.checked);
  return std::fflush(stdout) == 0 ? 0 : 2;
}

}  // namespace revstat::peers
