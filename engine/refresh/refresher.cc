#include "engine/refresh/refresher.h"

#include <algorithm>
#include <utility>

#include "engine/base/error.h"
#include "engine/refresh/fetch_loop.h"

namespace revstat {
namespace {

HeldCrls HeldIn(const StoreUpdater& updater) {
  HeldCrls held;
  for (const StoredCrl& crl : updater.crls()) held.Add(HeldCrl(*crl.source));
  return held;
}

// Of all blocks.
struct Certificates {
  std::vector<std::shared_ptr<const Buffer>> trusted;
  std::vector<std::shared_ptr<const Buffer>> untrusted;
};
Certificates CertificatesOf(const std::vector<IssuerSource>& issuers) {
  Certificates all;
  for (const IssuerSource& issuer : issuers) {
    all.trusted.insert(all.trusted.end(), issuer.trusted.begin(),
                       issuer.trusted.end());
    all.untrusted.insert(all.untrusted.end(), issuer.untrusted.begin(),
                         issuer.untrusted.end());
  }
  return all;
}

absl::Status AddCertificates(const std::vector<IssuerSource>& issuers,
                             OtherTrust others, StoreUpdater* updater) {
  for (const IssuerSource& issuer : issuers) {
    for (const auto& certificate : issuer.trusted) {
      const absl::Status status = updater->AddTrusted(certificate);
      if (!status.ok()) return Annotate(status, issuer.name);
    }
    for (const auto& certificate : issuer.untrusted) {
      const absl::Status status = updater->AddUntrusted(certificate);
      if (!status.ok()) return Annotate(status, issuer.name);
    }
  }
  if (others == OtherTrust::kStays) return absl::OkStatus();
  const Certificates all = CertificatesOf(issuers);
  return updater->KeepOnly(all.trusted, all.untrusted);
}

}  // namespace

// The loop, the worker that delivers to it, and the thread that runs it, ended
// in the opposite order.
class Refresher::Impl {
 public:
  Impl(std::vector<IssuerSource> issuers, RefresherOptions options,
       std::unique_ptr<Fetcher> fetcher, std::unique_ptr<StoreUpdater> updater)
      : other_trust_(options.other_trust),
        loop_(options, std::move(fetcher), HeldIn(*updater)) {
    IngestWorkerOptions worker;
    worker.store = options.store;
    worker.updater = options.updater;
    worker.files = options.files;
    worker.now = options.now;
    worker.max_first_changes = options.max_first_changes;
    worker_ = std::make_unique<IngestWorker>(
        std::move(worker), std::move(updater),
        [this](IngestAnswer answer) { loop_.Deliver(std::move(answer)); });
    // They are in the store. The worker has to know them all the same: another
    // folder that takes the store's place may not have them.
    AddCertificates(issuers);
    loop_.Reload(std::move(issuers));
    thread_ = std::thread([this] { loop_.Run(worker_.get()); });
  }

  ~Impl() {
    loop_.Stop();
    thread_.join();
  }

  void AddCertificates(const std::vector<IssuerSource>& issuers) {
    Certificates all = CertificatesOf(issuers);
    worker_->AddCertificates(std::move(all.trusted), std::move(all.untrusted),
                             other_trust_);
  }

  bool Stop(std::chrono::milliseconds patience) {
    using Clock = std::chrono::steady_clock;
    const Clock::time_point deadline = Clock::now() + patience;
    loop_.Stop();
    const bool has_loop_ended = loop_.HasEnded(patience);
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::max(deadline - Clock::now(), Clock::duration(0)));
    return worker_->Stop(left) && has_loop_ended;
  }

  FetchLoop& loop() { return loop_; }

 private:
  const OtherTrust other_trust_;
  FetchLoop loop_;
  std::unique_ptr<IngestWorker> worker_;
  std::thread thread_;
};

Refresher::Refresher(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Refresher::~Refresher() = default;

absl::StatusOr<std::unique_ptr<Refresher>> Refresher::Start(
    std::vector<IssuerSource> issuers, RefresherOptions options) {
  auto fetcher = Fetcher::Create(options.fetcher);
  if (!fetcher.ok()) return fetcher.status();
  auto updater =
      StoreUpdater::Open(options.store, options.updater, options.files);
  if (!updater.ok()) return updater.status();
  const absl::Status added =
      AddCertificates(issuers, options.other_trust, updater->get());
  if (!added.ok()) return added;
  // From now on there is a store for readers to open.
  const auto generation = (*updater)->Commit(options.now());
  if (!generation.ok()) return generation.status();
  return std::unique_ptr<Refresher>(new Refresher(
      std::make_unique<Impl>(std::move(issuers), std::move(options),
                             *std::move(fetcher), *std::move(updater))));
}

void Refresher::Reload(std::vector<IssuerSource> issuers) {
  impl_->AddCertificates(issuers);
  impl_->loop().Reload(std::move(issuers));
}

void Refresher::RefreshAll() { impl_->loop().RefreshAll(); }

bool Refresher::WaitForRound(std::chrono::milliseconds timeout) {
  return impl_->loop().WaitForRound(timeout);
}

std::vector<SourceHealth> Refresher::Health() const {
  return impl_->loop().Health();
}

bool Refresher::Stop(std::chrono::milliseconds patience) {
  return impl_->Stop(patience);
}

}  // namespace revstat
