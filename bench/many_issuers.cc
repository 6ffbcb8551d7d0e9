#include "bench/many_issuers.h"

#include <random>
#include <span>
#include <utility>

#include "bench/program.h"
#include "engine/snapshot/snapshot_builder.h"
#include "tools/revstat-gen/authority.h"
#include "tools/revstat-gen/entry_plan.h"
#include "tools/revstat/bench/lookup.h"

namespace revstat::bench {
namespace {

using tool::kBenchBatch;

constexpr Time kThisUpdate =
    std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);
constexpr Time kNextUpdate = kThisUpdate + std::chrono::days(7);
constexpr Time kAsked = kThisUpdate + std::chrono::days(1);

constexpr uint8_t kFirstNumber[] = {1};

// Every authority has a seed of its own: 1 and up.
gen::AuthorityOptions AuthorityOf(uint32_t issuer) {
  gen::AuthorityOptions options;
  options.seed = issuer + uint64_t{1};
  return options;
}
gen::SerialOptions SerialsOf(uint32_t issuer) {
  gen::SerialOptions options;
  options.seed = issuer + uint64_t{1};
  return options;
}

gen::Octets CrlOf(const gen::Authority& authority, uint32_t issuer,
                  uint64_t entries) {
  gen::CrlBuilder builder({gen::CrlVersion::kV2,
                           authority.name,
                           kThisUpdate,
                           kNextUpdate,
                           {gen::CrlNumber(kFirstNumber)}},
                          authority.signer, entries);
  gen::EntryShares shares;
  shares.reasons = 0.3;
  const gen::EntryPlan plan(SerialsOf(issuer), shares, kThisUpdate);
  for (uint64_t i = 0; i < entries; ++i) builder.Add(plan.At(i));
  const gen::CrlOctets crl = std::move(builder).Finish();
  return gen::Octets(crl.der().begin(), crl.der().end());
}

}  // namespace

ManyIssuers::ManyIssuers(uint32_t issuers, uint64_t entries_each,
                         unsigned hit_percent)
    : verdicts_(kMaxThreads, std::vector<Verdict>(kBenchBatch)) {
  policy_.at = kAsked;
  SnapshotBuilder builder;
  for (uint32_t i = 0; i < issuers; ++i) {
    const gen::Authority authority = Require(gen::GetAuthority(AuthorityOf(i)));
    const auto certificate = Buffer::FromVector(authority.certificate);
    const IssuerId id = Require(builder.AddIssuer(certificate));
    const CertificateView view =
        Require(CertificateView::Parse(certificate->bytes()));
    const auto source = Require(CrlSource::Ingest(
        Buffer::FromVector(CrlOf(authority, i, entries_each)), {&view, 1}, {}));
    index_bytes_ += source->index_bytes();
    Require(builder.AddCrl(source, id));
  }
  snapshot_ = builder.Build();
  std::mt19937_64 random(3);
  for (size_t i = 0; i < kQuestions; ++i) {
    const auto issuer = static_cast<uint32_t>(random() % issuers);
    const bool hit = random() % 100 < hit_percent;
    const uint64_t index = random() % entries_each + (hit ? 0 : entries_each);
    keys_.push_back({gen::SerialSequence(SerialsOf(issuer)).At(index), issuer});
    expected_.push_back(hit ? Status::kRevoked : Status::kActive);
  }
}

absl::Status ManyIssuers::Check() const {
  std::vector<Verdict> verdicts(keys_.size());
  snapshot_->Lookup(policy_, keys_, verdicts);
  for (size_t i = 0; i < keys_.size(); ++i) {
    if (verdicts[i].status != expected_[i])
      return absl::InternalError("a wrong answer for one of many issuers");
  }
  return absl::OkStatus();
}

uint64_t ManyIssuers::Run(unsigned thread, size_t most) {
  uint64_t done = 0;
  while (done < most) {
    const auto [begin, count] =
        ring_.Take(thread, std::min(kBenchBatch, most - done));
    snapshot_->Lookup(policy_, std::span(keys_).subspan(begin, count),
                      verdicts_[thread]);
    done += count;
  }
  return done;
}

}  // namespace revstat::bench
