#include "bench/child_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

#include "engine/base/bytes.h"
#include "engine/base/error.h"
#include "tools/revstat/bench/timing.h"

namespace revstat::bench {
namespace {

absl::Status CannotRun(const std::string& what) {
  return MakeError(ErrorCode::kInputUnreadable, Concat({"cannot run ", what}));
}

// Standard output goes to a new file, or nowhere.
class OutputTo {
 public:
  explicit OutputTo(const std::string& file) {
    const char* const path = file.empty() ? "/dev/null" : file.c_str();
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, path,
                                     O_WRONLY | O_CREAT | O_TRUNC, 0666);
  }
  ~OutputTo() { posix_spawn_file_actions_destroy(&actions_); }
  OutputTo(const OutputTo&) = delete;
  OutputTo& operator=(const OutputTo&) = delete;

  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

}  // namespace

absl::StatusOr<ProcessFigures> RunProcess(std::vector<std::string> command,
                                          const std::string& output) {
  // Else emptying a long one counts.
  if (!output.empty()) unlink(output.c_str());
  const OutputTo actions(output);
  std::vector<char*> arguments;
  for (std::string& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  const auto start = tool::BenchClock::now();
  pid_t child = 0;
  if (posix_spawn(&child, arguments[0], actions.get(), nullptr,
                  arguments.data(), environ) != 0) {
    return CannotRun(command[0]);
  }
  int status = 0;
  rusage usage = {};
  if (wait4(child, &status, 0, &usage) != child || !WIFEXITED(status))
    return CannotRun(command[0]);
  return ProcessFigures{
      .seconds = tool::SecondsSince(start),
      .peak_bytes = static_cast<uint64_t>(usage.ru_maxrss) * 1024,
      .exit_status = WEXITSTATUS(status)};
}

absl::Status InChild(const std::function<absl::Status()>& work) {
  const pid_t child = fork();
  if (child < 0) return CannotRun("a copy of this process");
  if (child == 0) {
    const absl::Status done = work();
    if (!done.ok())
      std::fprintf(stderr, "%s\n", std::string(done.message()).c_str());
    _exit(done.ok() ? 0 : 1);
  }
  int status = 0;
  if (waitpid(child, &status, 0) == child && status == 0)
    return absl::OkStatus();
  return absl::InternalError("the check of the answers failed");
}

}  // namespace revstat::bench
