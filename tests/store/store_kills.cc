// Kills a writer at random moments, and after each kill looks whether the store
// answers as exactly one whole generation, no older than what was acknowledged.
//
//   store_kills [KILLS [SEED]]
//
// Generation n: of each of two CAs a CRL of number n, which revokes the serials
// n, n - 1 and n - 2 and no others. A writer commits one after the other and
// writes each number to a log once Commit was OK.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <thread>

#include "tests/store/store_fixture.h"

namespace revstat::test {
namespace {

[[noreturn]] void Fail(const std::string& why) {
  std::fprintf(stderr, "store_kills: %s\n", why.c_str());
  std::exit(1);
}

CrlText CrlOf(uint32_t number) {
  CrlText text = NumberedCrl(number, {});
  for (uint32_t i = number < 3 ? 1 : number - 2; i <= number; ++i)
    text.entries.push_back(Entry(Integer(i)));
  return text;
}

// Until it is killed.
[[noreturn]] void Write(const std::string& folder, const std::string& log,
                        const std::array<TestAuthority, 2>& authorities) {
  StoreUpdaterOptions options;
  options.ingest.threads = Threads::kOne;
  const auto updater = StoreUpdater::Open(folder, options);
  if (!updater.ok()) Fail(std::string(MessageOf(updater.status())));
  const int descriptor = open(log.c_str(), O_WRONLY | O_APPEND | O_CREAT, 0644);
  if (descriptor < 0) Fail(log);
  for (auto number = static_cast<uint32_t>((*updater)->generation() + 1);;
       ++number) {
    for (const TestAuthority& authority : authorities) {
      if (!(*updater)->AddTrusted(authority.Certificate()).ok()) Fail("add");
      const auto taken =
          (*updater)->Take(*authority.Crl(CrlOf(number)), During());
      if (!taken.ok()) Fail(std::string(MessageOf(taken.status())));
      if (taken->outcome == TakeResult::Outcome::kRefused)
        Fail(std::string(MessageOf(taken->refusal)));
    }
    const auto generation = (*updater)->Commit(During());
    if (!generation.ok() || *generation != number) Fail("commit");
    const std::string line = std::to_string(number) + "\n";
    if (write(descriptor, line.data(), line.size()) < 0) Fail(log);
  }
}

uint64_t LastOf(const std::string& log) {
  std::ifstream in(log);
  uint64_t last = 0;
  // A line is one write; one that was cut off by the kill is the last.
  for (std::string line; std::getline(in, line);)
    last = std::strtoull(line.c_str(), nullptr, 10);
  return last;
}

void CheckSerials(const Snapshot& snapshot, uint64_t generation) {
  if (snapshot.issuers().size() != 2 || snapshot.sources().size() != 2)
    Fail("not two issuers and CRLs");
  for (IssuerId issuer = 0; issuer < 2; ++issuer) {
    const uint64_t first = generation < 6 ? 1 : generation - 5;
    for (uint64_t i = first; i < generation + 4; ++i) {
      const Octets content = Integer(static_cast<uint32_t>(i));
      const LookupKey key{*SerialNumber::FromContent(Bytes(content).subspan(2)),
                          issuer, 0};
      const Status expected = i + 2 >= generation && i <= generation
                                  ? Status::kRevoked
                                  : Status::kActive;
      if (snapshot.Lookup(At(kDuring), key).status != expected)
        Fail("a serial of another generation");
    }
  }
}

// The generation that the store answers as. `before` is that of the last check:
// a writer leaves at most one behind that it did not live to acknowledge.
uint64_t Check(const std::string& folder, const std::string& log,
               uint64_t before) {
  const uint64_t acknowledged = LastOf(log);
  const auto reader = StoreReader::Open(folder, PolicyAt(kDuring));
  if (!reader.ok()) {
    if (acknowledged == 0 && before == 0 &&
        ErrorCodeOf(reader.status()) == ErrorCode::kNoSuchFile) {
      return 0;  // killed before the first commit
    }
    Fail(std::string(MessageOf(reader.status())));
  }
  const uint64_t generation = (*reader)->generation();
  if (generation < acknowledged) Fail("what was acknowledged is missing");
  if (generation < before) Fail("the store went back");
  if (generation > std::max(acknowledged, before) + 1)
    Fail("a generation too many");
  const SnapshotPublisher::Reader snapshot((*reader)->publisher());
  CheckSerials(*snapshot, generation);
  return generation;
}

// How long a writer needs from its start to its second commit: some
// milliseconds, or hundreds under a sanitizer.
std::chrono::microseconds TimeOfTwoCommits(
    const std::array<TestAuthority, 2>& authorities) {
  const TestFolder folder;
  int ends[2];
  if (pipe(ends) != 0) Fail("pipe");
  const auto start = std::chrono::steady_clock::now();
  const pid_t writer = fork();
  if (writer < 0) Fail("fork");
  if (writer == 0)
    Write(folder.store(), "/dev/fd/" + std::to_string(ends[1]), authorities);
  close(ends[1]);
  for (int lines = 0; lines < 2;) {
    char octet = 0;
    if (read(ends[0], &octet, 1) != 1) Fail("the writer ended by itself");
    lines += octet == '\n' ? 1 : 0;
  }
  const auto elapsed = std::chrono::steady_clock::now() - start;
  kill(writer, SIGKILL);
  waitpid(writer, nullptr, 0);
  close(ends[0]);
  return std::chrono::duration_cast<std::chrono::microseconds>(elapsed);
}

int Run(int kills, uint32_t seed) {
  std::printf("%d kills, seed %u\n", kills, seed);
  std::fflush(stdout);
  std::mt19937 random(seed);
  const std::array<TestAuthority, 2> authorities = {TestAuthority("First CA"),
                                                    TestAuthority("Second CA")};
  // Longer than a commit takes, so that every step of it is met.
  const int64_t longest =
      std::max<int64_t>(40'000, TimeOfTwoCommits(authorities).count());
  std::uniform_int_distribution<int64_t> microseconds(0, longest);
  const TestFolder folder;
  const std::string log = folder.path() + "/log";
  uint64_t generation = 0;
  for (int i = 0; i < kills; ++i) {
    const pid_t writer = fork();
    if (writer < 0) Fail("fork");
    if (writer == 0) Write(folder.store(), log, authorities);
    // The moment is what is tested; nothing is waited for.
    std::this_thread::sleep_for(
        std::chrono::microseconds(microseconds(random)));
    kill(writer, SIGKILL);
    int status = 0;
    if (waitpid(writer, &status, 0) != writer || WTERMSIG(status) != SIGKILL)
      Fail(Concat({"the writer ended by itself, kill ", std::to_string(i)}));
    generation = Check(folder.store(), log, generation);
  }
  const uint64_t acknowledged = LastOf(log);
  std::printf("%llu generations acknowledged\n",
              static_cast<unsigned long long>(acknowledged));
  if (acknowledged < static_cast<uint64_t>(kills) / 10)
    Fail("too few commits between the kills to prove anything");
  return 0;
}

}  // namespace
}  // namespace revstat::test

int main(int argc, char** argv) {
  const int kills = argc > 1 ? std::atoi(argv[1]) : 500;
  const uint32_t seed = argc > 2 ? static_cast<uint32_t>(std::atoll(argv[2]))
                                 : std::random_device()();
  return revstat::test::Run(kills, seed);
}
