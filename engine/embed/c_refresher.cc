#include <sys/types.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "engine/embed/c_boundary.h"
#include "engine/refresh/event_json.h"
#include "engine/refresh/refresher.h"
#include "engine/refresh/source_files.h"

using revstat::c::Fail;
using revstat::c::Guarded;
using revstat::c::IsForked;
using revstat::c::Refuse;

struct revstat_refresher {
  std::unique_ptr<revstat::Refresher> refresher;
  revstat_refresher_options options;
  const pid_t process = getpid();  // its threads are not in another

  bool is_forked() const { return process != getpid(); }
};

namespace {

constexpr uint32_t kFlags = REVSTAT_REFUSE_SHRUNK | REVSTAT_REFUSE_CONFLICTING |
                            REVSTAT_REFUSE_VANISHED;
constexpr uint32_t kMaxFetches = 300;  // as `revstat refresh` has it

// As large as the structure was in its first version.
constexpr size_t kFirstOptionsSize =
    offsetof(revstat_refresher_options, context) + sizeof(void*);

revstat_refresher_options Defaults() {
  revstat_refresher_options options = {};
  options.max_fetches = 32;
  options.max_fetches_per_host = 2;
  return options;
}

revstat_error ReadOptions(const revstat_refresher_options* given,
                          revstat_refresher_options* options) {
  *options = Defaults();
  const revstat_error error =
      revstat::c::ReadStruct(given, kFirstOptionsSize, options);
  if (error != REVSTAT_OK) return error;
  if ((options->flags & ~kFlags) != 0) return Refuse("a flag of the options");
  const auto is_count = [](uint32_t count) {
    return count > 0 && count <= kMaxFetches;
  };
  if (!is_count(options->max_fetches)) return Refuse("max_fetches");
  if (!is_count(options->max_fetches_per_host))
    return Refuse("max_fetches_per_host");
  return REVSTAT_OK;
}

revstat::OddCrl OddCrlOf(const revstat_refresher_options& options,
                         uint32_t flag) {
  return (options.flags & flag) != 0 ? revstat::OddCrl::kRefuse
                                     : revstat::OddCrl::kReport;
}

revstat::RefresherOptions RefresherOptionsOf(
    const std::string& store, const revstat_refresher_options& given) {
  revstat::RefresherOptions options;
  options.store = store;
  options.updater.holder = "a program with librevstat";
  options.updater.shrunk = OddCrlOf(given, REVSTAT_REFUSE_SHRUNK);
  options.updater.conflicting = OddCrlOf(given, REVSTAT_REFUSE_CONFLICTING);
  options.updater.vanished = OddCrlOf(given, REVSTAT_REFUSE_VANISHED);
  options.fetcher.max_active = given.max_fetches;
  options.fetcher.max_per_host = given.max_fetches_per_host;
  options.now = [given] {
    return revstat::c::TimeBy(given.clock, given.context);
  };
  if (given.on_event != nullptr) {
    options.on_event = [given](const revstat::RefreshEvent& event) {
      std::string json = revstat::JsonOf(event);
      json.pop_back();  // the line's end
      given.on_event(given.context, json.c_str(), json.size());
    };
  }
  return options;
}

}  // namespace

void revstat_refresher_options_init(revstat_refresher_options* options,
                                    size_t size) {
  revstat::c::InitStruct(Defaults(), size, options);
}

revstat_error revstat_refresher_start(const char* store_folder,
                                      const char* sources,
                                      const revstat_refresher_options* options,
                                      revstat_refresher** refresher) {
  if (refresher == nullptr) return Refuse("refresher");
  *refresher = nullptr;
  if (store_folder == nullptr) return Refuse("store_folder");
  if (sources == nullptr) return Refuse("sources");
  revstat_refresher_options read;
  const revstat_error error = ReadOptions(options, &read);
  if (error != REVSTAT_OK) return error;
  return Guarded([&]() -> revstat_error {
    revstat::LoadedSources loaded = revstat::LoadSources(sources);
    if (!loaded.problems.empty())
      return Fail(REVSTAT_MALFORMED, loaded.problems);
    auto handle = std::make_unique<revstat_refresher>();
    handle->options = read;
    const revstat::c::SignalsBlocked blocked;
    auto started = revstat::Refresher::Start(
        std::move(loaded.issuers), RefresherOptionsOf(store_folder, read));
    if (!started.ok()) return Fail(started.status());
    handle->refresher = *std::move(started);
    *refresher = handle.release();
    return REVSTAT_OK;
  });
}

revstat_error revstat_refresher_reload(revstat_refresher* refresher,
                                       const char* sources) {
  if (refresher == nullptr) return Refuse("refresher");
  if (sources == nullptr) return Refuse("sources");
  if (refresher->is_forked()) return IsForked();
  return Guarded([&]() -> revstat_error {
    revstat::LoadedSources loaded = revstat::LoadSources(sources);
    if (!loaded.problems.empty())
      return Fail(REVSTAT_MALFORMED, loaded.problems);
    refresher->refresher->Reload(std::move(loaded.issuers));
    return REVSTAT_OK;
  });
}

revstat_error revstat_refresher_refresh(revstat_refresher* refresher) {
  if (refresher == nullptr) return Refuse("refresher");
  if (refresher->is_forked()) return IsForked();
  return Guarded([&]() -> revstat_error {
    refresher->refresher->RefreshAll();
    return REVSTAT_OK;
  });
}

revstat_error revstat_refresher_wait(revstat_refresher* refresher,
                                     int64_t milliseconds) {
  if (refresher == nullptr) return Refuse("refresher");
  if (refresher->is_forked()) return IsForked();
  // A week: longer ones would overflow the clock's nanoseconds.
  constexpr int64_t kMax = int64_t{7} * 86400 * 1000;
  return Guarded([&]() -> revstat_error {
    const std::chrono::milliseconds timeout(
        std::clamp<int64_t>(milliseconds, 0, kMax));
    return refresher->refresher->WaitForRound(timeout)
               ? REVSTAT_OK
               : Fail(REVSTAT_TIMED_OUT, "not every source has been asked yet");
  });
}

revstat_error revstat_refresher_health(const revstat_refresher* refresher,
                                       char* buffer, size_t size,
                                       size_t* needed) {
  if (needed != nullptr) *needed = 0;
  if (buffer == nullptr && size > 0) return Refuse("buffer");
  if (size > 0) buffer[0] = '\0';
  if (refresher == nullptr) return Refuse("refresher");
  if (refresher->is_forked()) return IsForked();
  return Guarded([&]() -> revstat_error {
    const revstat::Time now = revstat::c::TimeBy(refresher->options.clock,
                                                 refresher->options.context);
    std::string text;
    for (const auto& health : refresher->refresher->Health()) {
      text += text.empty() ? '[' : ',';
      text += revstat::JsonOf(health, now);
      text.pop_back();  // the line's end
    }
    text += text.empty() ? "[]" : "]";
    return revstat::c::WriteText(text, buffer, size, needed);
  });
}

void revstat_refresher_stop(revstat_refresher* refresher) {
  // As revstat_store_close.
  if (refresher == nullptr || refresher->is_forked()) return;
  delete refresher;
}
