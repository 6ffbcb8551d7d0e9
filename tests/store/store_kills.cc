// Kills a writer at random moments, and after each kill looks whether the store
// answers as exactly one whole generation, no older than what was acknowledged.
//
//   store_kills ingest|refresh [KILLS [SEED]]
//
// Of each of two CAs there is a CRL of number 1, 2, 3 and so on; number n
// revokes the serials n, n - 1 and n - 2 and no others. A writer takes in one
// after the other, of both, and writes each number to a log once it was told
// that both are in the store: `ingest` with a StoreUpdater, both in one commit,
// so that number and generation agree; `refresh` with a Refresher that fetches
// files.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>

#include "engine/base/error.h"
#include "engine/refresh/refresher.h"
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

using Authorities = std::array<TestAuthority, 2>;

int OpenLog(const std::string& log) {
  const int descriptor = open(log.c_str(), O_WRONLY | O_APPEND | O_CREAT, 0644);
  if (descriptor < 0) Fail(log);
  return descriptor;
}
void Log(int descriptor, uint32_t number) {
  const std::string line = std::to_string(number) + "\n";
  if (write(descriptor, line.data(), line.size()) < 0) Fail("the log");
}

// Until it is killed.
[[noreturn]] void WriteByIngest(const std::string& folder,
                                const std::string& log,
                                const Authorities& authorities) {
  StoreUpdaterOptions options;
  options.ingest.threads = Threads::kOne;
  const auto updater = StoreUpdater::Open(folder, options);
  if (!updater.ok()) Fail(std::string(MessageOf(updater.status())));
  const int descriptor = OpenLog(log);
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
    Log(descriptor, number);
  }
}

// By the positions of `authorities`: the number of the CRL that is held, 0 for
// none.
std::array<uint64_t, 2> NumbersIn(const Snapshot& snapshot) {
  std::array<uint64_t, 2> numbers = {};
  for (const auto& source : snapshot.sources()) {
    for (IssuerId issuer = 0; issuer < 2; ++issuer) {
      if (snapshot.issuers()[issuer].canonical_name !=
          source->canonical_issuer())
        continue;
      if (numbers[issuer] != 0) Fail("two CRLs of one CA");
      const std::string digits = ToHex(source->crl().crl_number()->magnitude());
      numbers[issuer] = std::strtoull(digits.c_str(), nullptr, 16);
    }
  }
  return numbers;
}

std::array<uint64_t, 2> NumbersIn(const std::string& folder) {
  const auto reader = StoreReader::Open(folder, PolicyAt(kDuring));
  if (!reader.ok()) return {};
  return NumbersIn(*SnapshotPublisher::Reader((*reader)->publisher()));
}

// For a Refresher to fetch; the same name holds the next number later.
std::string PutCrl(const std::string& folder, size_t authority,
                   const TestAuthority& by, uint32_t number) {
  const std::string path =
      Concat({folder, "/", std::to_string(authority), ".crl"});
  const auto crl = by.Crl(CrlOf(number));
  std::ofstream(path + ".new", std::ios::binary) << TextOf(crl->bytes());
  std::filesystem::rename(path + ".new", path);
  return "file://" + path;
}

// Until it is killed.
[[noreturn]] void WriteByRefresh(const std::string& folder,
                                 const std::string& log,
                                 const Authorities& authorities) {
  const std::string files =
      std::filesystem::path(folder).parent_path() / "fetched";
  std::filesystem::create_directories(files);
  const int descriptor = OpenLog(log);
  const auto held = NumbersIn(folder);
  auto number = static_cast<uint32_t>(std::max(held[0], held[1]) + 1);
  std::vector<IssuerSource> sources(2);
  for (size_t i = 0; i < 2; ++i) {
    sources[i].name = std::to_string(i);
    sources[i].trusted = {authorities[i].Certificate()};
    sources[i].crl_urls = {PutCrl(files, i, authorities[i], number)};
  }
  std::array<std::atomic<uint64_t>, 2> published = {};
  RefresherOptions options;
  options.store = folder;
  options.now = During;
  options.updater.ingest.threads = Threads::kOne;
  options.on_event = [&](const RefreshEvent& event) {
    if (event.kind != RefreshEvent::Kind::kPublished) return;
    published[event.health.issuer == "0" ? 0 : 1] =
        std::strtoull(event.crl_number.c_str(), nullptr, 16);
  };
  const auto refresher = Refresher::Start(sources, options);
  if (!refresher.ok()) Fail(std::string(MessageOf(refresher.status())));
  for (;; ++number) {
    for (size_t i = 0; i < 2; ++i) PutCrl(files, i, authorities[i], number);
    // The first round that begins after the files were there brings them.
    while (published[0] != number || published[1] != number) {
      (*refresher)->RefreshAll();
      if (!(*refresher)->WaitForRound(std::chrono::minutes(5)))
        Fail("a round without an end");
    }
    Log(descriptor, number);
  }
}

using Writer = void (*)(const std::string& folder, const std::string& log,
                        const Authorities& authorities);

uint64_t LastOf(const std::string& log) {
  std::ifstream in(log);
  uint64_t last = 0;
  // A line is one write; one that was cut off by the kill is the last.
  for (std::string line; std::getline(in, line);)
    last = std::strtoull(line.c_str(), nullptr, 10);
  return last;
}

// That the CRL of this number answers, and no other.
void CheckSerials(const Snapshot& snapshot, IssuerId issuer, uint64_t number) {
  const uint64_t first = number < 6 ? 1 : number - 5;
  for (uint64_t i = first; i < number + 4; ++i) {
    const Octets content = Integer(static_cast<uint32_t>(i));
    const LookupKey key{*SerialNumber::FromContent(Bytes(content).subspan(2)),
                        issuer, 0};
    const Status of_held =
        i + 2 >= number && i <= number ? Status::kRevoked : Status::kActive;
    const Status expected = number == 0 ? Status::kUnknown : of_held;
    if (snapshot.Lookup(At(kDuring), key).status != expected)
      Fail("a serial of another number");
  }
}

struct Seen {
  uint64_t generation = 0;
  std::array<uint64_t, 2> numbers = {};
};

// What the store answers as. `before` is what the last check saw: a writer
// leaves at most one number behind that it did not live to acknowledge.
Seen Check(const std::string& folder, const std::string& log,
           const Seen& before, Writer writer) {
  const uint64_t acknowledged = LastOf(log);
  const auto reader = StoreReader::Open(folder, PolicyAt(kDuring));
  if (!reader.ok()) {
    if (acknowledged == 0 && before.generation == 0 &&
        ErrorCodeOf(reader.status()) == ErrorCode::kNoSuchFile) {
      return {};  // killed before the first commit
    }
    Fail(std::string(MessageOf(reader.status())));
  }
  const SnapshotPublisher::Reader snapshot((*reader)->publisher());
  if (snapshot->issuers().size() != 2) Fail("not two issuers");
  const Seen seen = {(*reader)->generation(), NumbersIn(*snapshot)};
  if (seen.generation < before.generation) Fail("the store went back");
  for (IssuerId issuer = 0; issuer < 2; ++issuer) {
    const uint64_t number = seen.numbers[issuer];
    if (number < acknowledged) Fail("what was acknowledged is missing");
    if (number < before.numbers[issuer]) Fail("a CRL went back");
    if (number >
        std::max({acknowledged, before.numbers[0], before.numbers[1]}) + 1)
      Fail("a number too many");
    if (writer == &WriteByIngest && number != seen.generation)
      Fail("not one whole generation");
    CheckSerials(*snapshot, issuer, number);
  }
  return seen;
}

// How long a writer needs from its start to its second commit: some
// milliseconds, or hundreds under a sanitizer.
std::chrono::microseconds TimeOfTwoCommits(const Authorities& authorities,
                                           Writer write) {
  const TestFolder folder;
  int ends[2];
  if (pipe(ends) != 0) Fail("pipe");
  const auto start = std::chrono::steady_clock::now();
  const pid_t writer = fork();
  if (writer < 0) Fail("fork");
  if (writer == 0)
    write(folder.store(), "/dev/fd/" + std::to_string(ends[1]), authorities);
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

int Run(Writer write, int kills, uint32_t seed) {
  std::printf("%d kills, seed %u\n", kills, seed);
  std::fflush(stdout);
  std::mt19937 random(seed);
  const Authorities authorities = {TestAuthority("First CA"),
                                   TestAuthority("Second CA")};
  // Longer than a commit takes, so that every step of it is met.
  int64_t longest =
      std::max<int64_t>(40'000, TimeOfTwoCommits(authorities, write).count());
  const TestFolder folder;
  const std::string log = folder.path() + "/log";
  Seen seen;
  for (int i = 0; i < kills; ++i) {
    const pid_t writer = fork();
    if (writer < 0) Fail("fork");
    if (writer == 0) write(folder.store(), log, authorities);
    // The moment is what is tested; nothing is waited for.
    std::this_thread::sleep_for(std::chrono::microseconds(
        std::uniform_int_distribution<int64_t>(0, longest)(random)));
    kill(writer, SIGKILL);
    int status = 0;
    if (waitpid(writer, &status, 0) != writer || WTERMSIG(status) != SIGKILL)
      Fail(Concat({"the writer ended by itself, kill ", std::to_string(i)}));
    seen = Check(folder.store(), log, seen, write);
    // A busy machine takes longer than when it was measured. Far above what is
    // asked for at the end, so that no bad last minute fails the test.
    if (i % 10 == 9 && LastOf(log) < static_cast<uint64_t>(i) / 3)
      longest += longest / 2;
  }
  const uint64_t acknowledged = LastOf(log);
  std::printf("%llu numbers acknowledged\n",
              static_cast<unsigned long long>(acknowledged));
  if (acknowledged < static_cast<uint64_t>(kills) / 10)
    Fail("too few commits between the kills to prove anything");
  return 0;
}

}  // namespace
}  // namespace revstat::test

int main(int argc, char** argv) {
  using namespace revstat::test;
  const std::string_view mode = argc > 1 ? argv[1] : "";
  if (mode != "ingest" && mode != "refresh")
    Fail("store_kills ingest|refresh [KILLS [SEED]]");
  const int kills = argc > 2 ? std::atoi(argv[2]) : 500;
  const uint32_t seed = argc > 3 ? static_cast<uint32_t>(std::atoll(argv[3]))
                                 : std::random_device()();
  return Run(mode == "ingest" ? &WriteByIngest : &WriteByRefresh, kills, seed);
}
