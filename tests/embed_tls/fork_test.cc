// What a worker process sees of a store that its parent has watched, and that
// nobody watches in the worker.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>

#include "engine/embed/live_peers.h"
#include "engine/embed/openssl_hook.h"
#include "engine/embed/watched_store.h"
#include "tests/embed_tls/tls_world.h"
#include "tests/store/store_fixture.h"

namespace revstat::test {
namespace {

// One octet from a process to another.
class Signal {
 public:
  Signal() { EXPECT_EQ(pipe(ends_), 0); }
  ~Signal() {
    close(ends_[0]);
    close(ends_[1]);
  }
  void Send() { EXPECT_EQ(write(ends_[1], "", 1), 1); }
  void Wait() {
    char octet = 0;
    EXPECT_EQ(read(ends_[0], &octet, 1), 1);
  }

 private:
  int ends_[2] = {};
};

using StorePointer = std::unique_ptr<X509_STORE, OpensslFree<X509_STORE_free>>;
using VerificationPointer =
    std::unique_ptr<X509_STORE_CTX, OpensslFree<X509_STORE_CTX_free>>;

class ForkedWorker : public testing::Test {
 protected:
  ForkedWorker() { Commit(1, {}); }

  void Commit(uint32_t number, const std::vector<std::string_view>& serials) {
    const auto updater = MustOpen(folder_.store());
    ASSERT_TRUE(updater->AddTrusted(AsBuffer(ca_.certificate())).ok());
    MustTake(updater.get(), *ca_.Crl(NumberedCrl(number, serials)));
    ASSERT_TRUE(updater->Commit(During()).ok());
  }
  std::shared_ptr<const SnapshotPublisher> Watch() {
    StoreWatcherOptions watching;
    watching.interval = std::chrono::minutes(10);  // only a wake ends a wait
    watching.now = During;
    return *WatchStore(folder_.store(), {}, watching,
                       [this](const SnapshotPublisher&) {
                         const std::lock_guard<std::mutex> lock(mutex_);
                         is_published_ = true;
                         published_.notify_all();
                       });
  }
  void WaitForPublished() {
    std::unique_lock<std::mutex> lock(mutex_);
    published_.wait(lock, [this] { return is_published_; });
  }
  // Even a host that accepts what is unknown.
  StorePointer StoreWithCheck(
      std::shared_ptr<const SnapshotPublisher> snapshots) {
    StorePointer store(X509_STORE_new());
    X509_STORE_add_cert(store.get(), Decode(ca_.certificate()).get());
    X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store.get()),
                               ToUnix(During()));
    RevocationCheckOptions options;
    options.snapshots = std::move(snapshots);
    options.policy.unknown = UnknownPolicy::kAccept;
    options.on_refusal = [this](const RevocationRefusal& refusal) {
      cause_ = refusal.report.verdict.cause;
    };
    EXPECT_TRUE(InstallRevocationCheck(store.get(), std::move(options)).ok());
    return store;
  }
  static Verdict VerdictIn(const SnapshotPublisher& snapshots) {
    const SnapshotPublisher::Reader snapshot(snapshots);
    return snapshot->Lookup(At(kDuring), Key("0456"));
  }
  int Verify(X509_STORE* store, LivePeers* peers,
             const SnapshotPublisher& snapshots) {
    const VerificationPointer context(X509_STORE_CTX_new());
    X509_STORE_CTX_init(context.get(), store, peer_.get(), nullptr);
    X509_verify_cert(context.get());
    if (peers != nullptr) {
      peers->Add(1, *RevocationReportOf(context.get()), snapshots, During());
    }
    return X509_STORE_CTX_get_error(context.get());
  }

  const TestFolder folder_;
  const TlsAuthority ca_{"CA"};
  const X509Pointer peer_ = Decode(ca_.Issue("0123"));
  Cause cause_ = Cause::kNone;
  std::mutex mutex_;
  std::condition_variable published_;
  bool is_published_ = false;
};

// Runs `body` in a child; it must come to its end and hold all expectations.
pid_t StartChild(const std::function<void()>& body) {
  const pid_t child = fork();
  EXPECT_GE(child, 0);
  if (child == 0) {
    alarm(100);  // ends a child that waits for ever
    body();
    _exit(testing::Test::HasFailure() ? 1 : 0);
  }
  return child;
}

TEST_F(ForkedWorker, unknown_once_its_parents_store_has_a_newer_generation) {
  auto snapshots = Watch();
  const StorePointer store = StoreWithCheck(snapshots);
  LivePeers peers(10);
  Signal answered, newer;
  const pid_t child = StartChild([&] {
    // That of the fork is good as long as there is no other.
    EXPECT_EQ(Verify(store.get(), &peers, *snapshots), X509_V_OK);
    EXPECT_FALSE(snapshots->is_left_behind());
    // One of a CA that the store does not know, let in all the same.
    EXPECT_EQ(peers.Add(99, {}, *snapshots, During()), LivePeers::Added::kLive);
    EXPECT_EQ(peers.size(), 2u);
    answered.Send();
    newer.Wait();
    EXPECT_TRUE(snapshots->is_left_behind());
    EXPECT_EQ(Verify(store.get(), nullptr, *snapshots),
              X509_V_ERR_UNABLE_TO_GET_CRL);
    EXPECT_EQ(cause_, Cause::kLeftBehind);
    size_t cut = 0;
    peers.ForEachListed(*snapshots, During(), [&](uint64_t) { ++cut; });
    EXPECT_EQ(cut, 2u);
    // As every caller sees it.
    const Verdict verdict = VerdictIn(*snapshots);
    EXPECT_EQ(verdict.status, Status::kUnknown);
    EXPECT_EQ(verdict.cause, Cause::kLeftBehind);
    EXPECT_FALSE(IsAccepted(verdict, UnknownPolicy::kAccept));
    // Opened anew it says what there is to know.
    const auto reader = *StoreReader::Open(folder_.store(), PolicyAt(kDuring));
    EXPECT_EQ(StatusIn(*reader, "0123"), Status::kRevoked);
  });
  answered.Wait();
  Commit(2, {"0123"});
  WaitForPublished();
  newer.Send();
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_FALSE(snapshots->is_left_behind());
  EXPECT_EQ(Verify(store.get(), nullptr, *snapshots), X509_V_ERR_CERT_REVOKED);
}

TEST_F(ForkedWorker, revoked_where_the_worker_looks_for_itself) {
  const auto reader = *StoreReader::Open(folder_.store(), PolicyAt(kDuring));
  Signal newer;
  const pid_t child = StartChild([&] {
    newer.Wait();
    // Nobody was to publish it but the host.
    EXPECT_FALSE(reader->publisher().is_left_behind());
    EXPECT_TRUE(reader->Update(During()).ok());
    EXPECT_EQ(StatusIn(*reader, "0123"), Status::kRevoked);
  });
  Commit(2, {"0123"});
  newer.Send();
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace revstat::test
