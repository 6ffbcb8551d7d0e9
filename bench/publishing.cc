#include "bench/publishing.h"

#include <utility>

#include "bench/ingest.h"
#include "bench/program.h"
#include "engine/snapshot/snapshot_builder.h"

namespace revstat::bench {

std::string_view NameOf(NewVersion version) {
  return version == NewVersion::kSameIndex ? "same_index" : "other_index";
}

Versions::Versions(const DataFiles& files, uint64_t entries)
    : ca_(Require(ReadCa(files))) {
  for (int i = 0; i < 2; ++i) {
    const auto snapshot = Require(Ingest(files.Crl(entries), ca_));
    copies_.push_back(snapshot->sources().front());
  }
}

std::unique_ptr<const Snapshot> Versions::Make(uint64_t number) const {
  SnapshotBuilder builder;
  const IssuerId issuer = Require(builder.AddIssuer(ca_));
  Require(builder.AddCrl(copies_[number % copies_.size()], issuer));
  return builder.Build();
}

absl::Status CheckVersions(const Versions& versions, const Contender& contender,
                           SnapshotPublisher* publisher) {
  for (uint64_t number = 0; number < 2; ++number) {
    publisher->Publish(versions.Make(number));
    absl::Status checked = contender.Check();
    if (!checked.ok()) return checked;
  }
  return absl::OkStatus();
}

Publishing::Publishing(const Versions& versions, NewVersion version,
                       SnapshotPublisher* publisher)
    : versions_(versions),
      version_(version),
      publisher_(publisher),
      thread_([this](std::stop_token stop) { Run(std::move(stop)); }) {}

void Publishing::Run(std::stop_token stop) {
  auto next = std::chrono::steady_clock::now();
  for (uint64_t number = 1; !stop.stop_requested(); ++number) {
    std::this_thread::sleep_until(next += kPublishingPeriod);
    const bool same = version_ == NewVersion::kSameIndex;
    publisher_->Publish(versions_.Make(same ? 0 : number));
    published_.fetch_add(1, std::memory_order_relaxed);
  }
}

}  // namespace revstat::bench
