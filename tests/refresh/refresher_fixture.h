// A refresher on a store of its own, fed by a fault server, at a time that the
// test sets.
#ifndef REVSTAT_TESTS_REFRESH_REFRESHER_FIXTURE_H_
#define REVSTAT_TESTS_REFRESH_REFRESHER_FIXTURE_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "engine/base/error.h"
#include "engine/refresh/refresher.h"
#include "tests/store/store_fixture.h"
#include "tests/support/fault_server.h"

namespace revstat::test {

class RefresherFixture : public testing::Test {
 protected:
  using Kind = RefreshEvent::Kind;

  // Of a CRL that this server has under a path. A busy machine must not look
  // like a slow server: tests of those make the time smaller.
  IssuerSource SourceOf(const std::string& name, const TestAuthority& ca,
                        const std::vector<std::string>& paths) const {
    IssuerSource source;
    source.name = name;
    source.trusted = {ca.Certificate()};
    for (const std::string& path : paths)
      source.crl_urls.push_back(server_.Url(path));
    source.addresses = AddressPolicy::kAny;
    source.limits.max_bytes = 4 << 20;
    source.limits.low_speed_bytes = 1000;
    source.limits.low_speed_time = std::chrono::seconds(15);
    source.limits.total_time = std::chrono::seconds(60);
    return source;
  }

  RefresherOptions Options() {
    RefresherOptions options;
    options.store = folder_.path() + "/store";
    options.now = [this] { return FromUnix(now_.load()); };
    options.on_event = [this](const RefreshEvent& event) {
      const std::lock_guard lock(mutex_);
      events_.push_back(event);
    };
    return options;
  }

  void Start(std::vector<IssuerSource> sources) { Start(sources, Options()); }
  void Start(std::vector<IssuerSource> sources, RefresherOptions options) {
    auto started = Refresher::Start(std::move(sources), std::move(options));
    ASSERT_TRUE(started.ok()) << started.status();
    refresher_ = *std::move(started);
  }

  // The round that the refresher begins by itself, of sources that are due when
  // it starts; gives what was told meanwhile.
  std::vector<RefreshEvent> FirstRound() {
    const auto is_done = [this](const SourceHealth& source) {
      return source.next_attempt > FromUnix(now_);
    };
    for (std::vector<SourceHealth> health; health.empty();) {
      health = refresher_->Health();
      if (!std::ranges::all_of(health, is_done)) health.clear();
      std::this_thread::yield();
    }
    return TakeEvents();
  }

  // A further one of every source.
  std::vector<RefreshEvent> Round() {
    refresher_->RefreshAll();
    EXPECT_TRUE(refresher_->WaitForRound(std::chrono::seconds(60)));
    return TakeEvents();
  }
  // Of `source` alone, which is another than before and so due by itself: that
  // round may have begun before Round() asks for one, which then is a second.
  // Gives what was told up to the end of the first.
  std::vector<RefreshEvent> RoundOfAnother(IssuerSource source) {
    refresher_->Reload({std::move(source)});
    std::vector<RefreshEvent> events = Round();
    const auto ends = [](const RefreshEvent& event) {
      return event.kind == Kind::kNotModified || event.kind == Kind::kRefused ||
             event.kind == Kind::kPublished;
    };
    const auto end = std::ranges::find_if(events, ends);
    if (end != events.end()) events.erase(end + 1, events.end());
    return events;
  }
  std::vector<RefreshEvent> TakeEvents() {
    const std::lock_guard lock(mutex_);
    return std::exchange(events_, {});
  }

  static std::vector<RefreshEvent> Of(const std::vector<RefreshEvent>& events,
                                      Kind kind, std::string_view issuer) {
    std::vector<RefreshEvent> found;
    for (const RefreshEvent& event : events) {
      if (event.kind == kind && event.health.issuer == issuer)
        found.push_back(event);
    }
    return found;
  }
  // "refused victim too_slow; published other", in order.
  static std::string Summary(const std::vector<RefreshEvent>& events) {
    std::string text;
    for (const RefreshEvent& event : events) {
      text += Concat({text.empty() ? "" : "; ", NameOf(event.kind), " ",
                      event.health.issuer, event.why.ok() ? "" : " ",
                      event.why.ok() ? "" : NameOf(ErrorCodeOf(event.why))});
    }
    return text;
  }

  // By a reader that opens the store now. Issuers are numbered as they were
  // added.
  Status StatusOf(std::string_view serial, IssuerId issuer = 0) const {
    const auto reader =
        StoreReader::Open(folder_.path() + "/store", PolicyAt(kDuring));
    EXPECT_TRUE(reader.ok()) << reader.status();
    const SnapshotPublisher::Reader snapshot((*reader)->publisher());
    return snapshot->Lookup(At(kDuring), Key(serial, issuer)).status;
  }

  void Serve(std::string_view file, const std::shared_ptr<const Buffer>& der) {
    server_.folder().Write(file, TextOf(der->bytes()));
  }

  const FaultServer server_;
  const TemporaryFolder folder_;
  std::atomic<int64_t> now_ = ToUnix(*ParseTime(kDuring));
  std::mutex mutex_;
  std::vector<RefreshEvent> events_;
  std::unique_ptr<Refresher> refresher_;  // ended first
};

}  // namespace revstat::test

#endif  // REVSTAT_TESTS_REFRESH_REFRESHER_FIXTURE_H_
