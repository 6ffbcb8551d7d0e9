#include "bench/store_processes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <vector>

#include "bench/goals_table.h"
#include "bench/program.h"
#include "engine/base/error.h"
#include "engine/refresh/store_watcher.h"
#include "engine/store/store_files.h"
#include "engine/x509/crl_entry.h"

namespace revstat::bench {
namespace {

int64_t WallNanoseconds() {
  timespec now = {};
  clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec * int64_t{1'000'000'000} + now.tv_nsec;
}

// What a reader says in its first line, and then for each generation.
struct Report {
  int64_t private_bytes = 0;  // or the generation
  int64_t added_bytes = 0;    // or the wall clock, nanoseconds
  int64_t pss = 0;
};

// Sums of smaps_rollup, octets.
Report ReadMemory() {
  std::ifstream in("/proc/self/smaps_rollup");
  Report report;
  std::string line;
  while (std::getline(in, line)) {
    long long kilobytes = 0;
    if (std::sscanf(line.c_str(), "Pss: %lld kB", &kilobytes) == 1)
      report.pss = 1024 * kilobytes;
    if (std::sscanf(line.c_str(), "Private_Clean: %lld kB", &kilobytes) == 1 ||
        std::sscanf(line.c_str(), "Private_Dirty: %lld kB", &kilobytes) == 1) {
      report.private_bytes += 1024 * kilobytes;
    }
  }
  return report;
}

void Say(const Report& report) {
  if (write(STDOUT_FILENO, &report, sizeof(report)) != sizeof(report))
    _exit(kExitFailure);
}

// One that was started, with a pipe each way.
class ReaderProcess {
 public:
  ReaderProcess(const std::string& program, const std::string& folder) {
    int in[2];
    int out[2];
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0)
      Require(MakeError(ErrorCode::kInputUnreadable, "pipe"));
    child_ = fork();
    if (child_ == 0) {
      dup2(in[0], STDIN_FILENO);
      dup2(out[1], STDOUT_FILENO);
      execl(program.c_str(), program.c_str(), "--reader", folder.c_str(),
            nullptr);
      _exit(kExitFailure);
    }
    close(in[0]);
    close(out[1]);
    to_ = in[1];
    from_ = out[0];
  }
  ~ReaderProcess() {
    close(to_);
    close(from_);
    waitpid(child_, nullptr, 0);
  }
  ReaderProcess(const ReaderProcess&) = delete;
  ReaderProcess& operator=(const ReaderProcess&) = delete;

  // Lets it go on: all measure when all have opened.
  void Go() {
    if (write(to_, "g", 1) != 1)
      Require(MakeError(ErrorCode::kNotWritable, "pipe"));
  }
  Report Hear() {
    Report report;
    if (read(from_, &report, sizeof(report)) != sizeof(report))
      Require(MakeError(ErrorCode::kInputUnreadable, "a reader has ended"));
    return report;
  }

 private:
  pid_t child_;
  int to_;
  int from_;
};

void WaitForGo() {
  char octet;
  if (read(STDIN_FILENO, &octet, 1) != 1) _exit(0);
}

// Looks up the serials that stand first in the CRL, in batches.
void LookUp(const StoreReader& reader, const LookupPolicy& policy) {
  constexpr size_t kMost = 1'000'000;
  const SnapshotPublisher::Reader snapshot(reader.publisher());
  CrlEntryReader entries(snapshot->sources().front()->crl());
  std::vector<LookupKey> keys(1024);
  std::vector<Verdict> verdicts(keys.size());
  for (size_t done = 0; done < kMost; done += keys.size()) {
    for (LookupKey& key : keys) {
      if (!entries.Next()) return;
      key = {entries.entry().serial, 0, 0};
    }
    snapshot->Lookup(policy, keys, verdicts);
    for (const Verdict& verdict : verdicts) {
      if (verdict.status == Status::kUnknown)
        Require(MakeError(ErrorCode::kBadIndex, "a listed serial is unknown"));
    }
  }
}

}  // namespace

int RunReader(const std::string& folder) {
  const Report before = ReadMemory();
  const auto contents =
      Require(ReadStore(&FileSystem::System(), StoreFiles(folder), nullptr));
  EvidencePolicy policy;
  policy.lookup.at = contents.crls.front().source->crl().this_update();
  const auto reader = Require(StoreReader::Open(folder, policy));
  LookUp(*reader, policy.lookup);
  Say({});
  WaitForGo();
  Report memory = ReadMemory();
  memory.added_bytes = memory.private_bytes - before.private_bytes;
  Say(memory);
  StoreWatcherOptions options;
  options.interval = std::chrono::minutes(1);
  options.now = [&] { return policy.lookup.at; };
  options.notify = [&](const absl::StatusOr<StoreReader::Outcome>& outcome) {
    Require(outcome.status());
    Say({static_cast<int64_t>(reader->generation()), WallNanoseconds(), 0});
  };
  StoreWatcher watcher(reader.get(), options);
  WaitForGo();
  return 0;
}

SharedFigures MeasureShared(const std::string& program,
                            const std::string& folder) {
  std::vector<std::unique_ptr<ReaderProcess>> readers;
  for (int i = 0; i < kProcesses; ++i)
    readers.push_back(std::make_unique<ReaderProcess>(program, folder));
  for (const auto& reader : readers) reader->Hear();
  for (const auto& reader : readers) reader->Go();
  SharedFigures figures;
  for (const auto& reader : readers) {
    const Report report = reader->Hear();
    figures.most_private = std::max(figures.most_private,
                                    static_cast<double>(report.private_bytes));
    figures.most_added =
        std::max(figures.most_added, static_cast<double>(report.added_bytes));
    figures.pss += static_cast<double>(report.pss);
  }
  for (const auto& entry :
       std::filesystem::directory_iterator(StoreFiles(folder).Segments())) {
    figures.file_bytes += static_cast<double>(entry.file_size());
  }
  return figures;
}

double MeasureVisible(const std::string& program, const std::string& folder,
                      int rounds, const std::function<void(int)>& commit) {
  ReaderProcess reader(program, folder);
  reader.Hear();
  reader.Go();
  reader.Hear();
  std::vector<double> times;
  for (int round = 0; round < rounds; ++round) {
    commit(round);
    const Report report = reader.Hear();
    // A rename sets the inode's ctime, by a clock of a few milliseconds.
    struct stat info = {};
    stat(StoreFiles(folder).Manifest().c_str(), &info);
    const int64_t renamed =
        info.st_ctim.tv_sec * int64_t{1'000'000'000} + info.st_ctim.tv_nsec;
    times.push_back(static_cast<double>(report.added_bytes - renamed) / 1e6);
  }
  return Median(std::move(times));
}

}  // namespace revstat::bench
