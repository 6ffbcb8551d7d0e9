#include "tools/revstat/ocsp/kept_answers.h"

#include <ctime>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/thrown.h"
#include "tools/revstat/common/output.h"

namespace revstat::tool {
namespace {

// What a run that is killed loses at most.
constexpr timespec kInterval = {300, 0};

}  // namespace

KeptAnswers::KeptAnswers(std::string path, const Sha256Digest& context,
                         OcspCache* cache)
    : path_(std::move(path)), context_(context), cache_(cache) {
  sigemptyset(&signals_);
  if (!path_.empty()) {
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
  }
  pthread_sigmask(SIG_BLOCK, &signals_, &before_);
}

KeptAnswers::~KeptAnswers() {
  Stop();
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

absl::Status KeptAnswers::CheckFile() const {
  return path_.empty() ? absl::OkStatus() : CheckReplaceable(path_, &context_);
}

absl::Status KeptAnswers::Load(
    Time at, std::chrono::seconds lifetime_without_next_update) {
  absl::Status usable = CheckFile();
  if (!usable.ok() || path_.empty()) return usable;
  const auto load = LoadOcspCache(
      path_, {context_, at, lifetime_without_next_update}, cache_);
  if (!load.ok()) {
    if (ErrorCodeOf(load.status()) != ErrorCode::kNoSuchFile)
      Report(Concat({MessageOf(load.status()), "; all is asked again"}));
  } else if (load->rest != OcspCacheLoad::Rest::kWhole) {
    Report(Concat({path_, ": damaged; what is lost is asked again"}));
  }
  return absl::OkStatus();
}

void KeptAnswers::Start() {
  if (!path_.empty()) thread_ = std::thread([this] { Run(); });
}

absl::Status KeptAnswers::Save() const {
  const auto now = std::chrono::floor<std::chrono::seconds>(
      std::chrono::system_clock::now());
  return SaveOcspCache(*cache_, path_, context_, now);
}

void KeptAnswers::Run() {
  for (;;) {
    const int number = sigtimedwait(&signals_, nullptr, &kInterval);
    // Pairs with the store in Stop.
    if (stop_.load(std::memory_order_acquire)) return;
    absl::Status saved;
    const std::exception_ptr thrown = ThrownBy([&] { saved = Save(); });
    if (thrown != nullptr) saved = StatusOfThrown(thrown);
    if (!saved.ok()) Report(MessageOf(saved));
    if (number <= 0) continue;
    signal(number, SIG_DFL);
    pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
    raise(number);
  }
}

void KeptAnswers::Stop() {
  if (!thread_.joinable()) return;
  // Pairs with the load in Run.
  stop_.store(true, std::memory_order_release);
  pthread_kill(thread_.native_handle(), SIGTERM);  // ends its waiting
  thread_.join();
}

absl::Status KeptAnswers::End() {
  Stop();
  return path_.empty() ? absl::OkStatus() : Save();
}

}  // namespace revstat::tool
