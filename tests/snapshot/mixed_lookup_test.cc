// Batches of keys of many issuers: each is answered as it is alone, by its
// issuer's coverage.
#include "engine/snapshot/mixed_lookup.h"

#include <gtest/gtest.h>

#include <deque>
#include <random>
#include <span>

#include "tests/snapshot/test_authority.h"
#include "tests/snapshot/verdict_text.h"

namespace revstat::test {
namespace {

std::string SerialOf(uint32_t i) {
  return Concat({"01", std::to_string(1000 + i)});
}

// Issuers of all kinds: with a list that lookups reach directly, with one under
// another hash key than most, with deltas that also lift, with partitions, few
// and many, without a list, with one that is not current, or that never proves
// absence.
class ManyIssuers {
 public:
  static constexpr uint32_t kIssuers = 96;
  static constexpr uint32_t kSerials = 200;
  static constexpr uint32_t kWithoutList = 7;

  explicit ManyIssuers(uint32_t seed) : random_(seed) {
    for (uint32_t i = 0; i < kIssuers; ++i) {
      authorities_.emplace_back("CA " + std::to_string(i));
      EXPECT_TRUE(builder_.AddIssuer(authorities_[i].Certificate()).ok());
      AddLists(i);
    }
    snapshot_ = builder_.Build();
  }

  const Snapshot& snapshot() const { return *snapshot_; }

  // Of issuers in random order; some of none, or of another snapshot.
  std::vector<LookupKey> Draw(size_t count) {
    std::vector<LookupKey> keys;
    for (size_t i = 0; i < count; ++i) {
      keys.push_back({Serial(SerialOf(Below(kSerials))), Below(kIssuers),
                      Below(2) == 0 ? 0 : snapshot_->tag()});
      if (Below(30) == 0) keys[i].issuer = kIssuers + Below(3);
      if (Below(30) == 0) keys[i].issuer = kUnknownIssuer - Below(2);
      if (Below(30) == 0) keys[i].snapshot = snapshot_->tag() + 1;
    }
    return keys;
  }

  // Of one issuer, each with one of these tags.
  std::vector<LookupKey> DrawOf(IssuerId issuer, size_t count,
                                std::span<const uint32_t> tags) {
    std::vector<LookupKey> keys;
    for (size_t i = 0; i < count; ++i) {
      const auto tag = Below(static_cast<uint32_t>(tags.size()));
      keys.push_back({Serial(SerialOf(Below(kSerials))), issuer, tags[tag]});
    }
    return keys;
  }

  // By the coverage, for which there are no short cuts.
  Verdict Expected(const LookupPolicy& policy, const LookupKey& key) const {
    if (key.snapshot == snapshot_->tag() + 1) return Unknown(Cause::kNoIssuer);
    if (key.issuer == kAmbiguousIssuer) return Unknown(Cause::kAmbiguousIssuer);
    if (key.issuer >= kIssuers) return Unknown(Cause::kNoIssuer);
    const Coverage all = snapshot_->Restrict(
        snapshot_->BareCoverage(key.issuer), [](IssuerId) { return true; });
    return snapshot_->Lookup(policy, all, key.serial);
  }

 private:
  uint32_t Below(uint32_t limit) {
    return std::uniform_int_distribution<uint32_t>(0, limit - 1)(random_);
  }

  void AddLists(uint32_t issuer) {
    CrlText text;
    text.extensions = {Number(1)};
    IngestOptions options;
    switch (issuer % 8) {
      case 0:
        return AddPartitions(issuer, 2 + issuer / 8);
      case 1:
        options.hash_key = other_key_;
        break;
      case 2:
        text.next_update = UtcTime("260110000000Z");
        break;
      case 3:
        text.next_update.clear();
        break;
      case 4:
        text.extensions.push_back(
            MakeExtension("1.2.3.4", {}, Criticality::kCritical));
        break;
      default:
        break;
    }
    if (issuer != kWithoutList) Ingest(issuer, text, options);
    if (issuer % 8 != 5) return;
    for (uint32_t number = 2; number < 6; ++number) {
      text.extensions = {Number(number), MakeExtension("2.5.29.27", Integer(1),
                                                       Criticality::kCritical)};
      Ingest(issuer, text, options, Kind::kDelta);
    }
  }

  void AddPartitions(uint32_t issuer, uint32_t partitions) {
    for (uint32_t i = 0; i < partitions; ++i) {
      const Octets uri =
          Tlv(der::ContextPrimitive(6), Ascii("http://a/" + std::to_string(i)));
      CrlText text;
      text.extensions = {
          Number(1),
          IssuingPoint({Nest(der::ContextConstructed(0),
                             {Nest(der::ContextConstructed(0), {uri})})})};
      Ingest(issuer, text, {});
    }
  }

  enum class Kind { kComplete, kDelta };

  void Ingest(uint32_t issuer, CrlText text, const IngestOptions& options,
              Kind kind = Kind::kComplete) {
    text.entries.clear();
    for (uint32_t i = 0; i < kSerials; ++i) {
      if (Below(4) != 0) continue;
      std::vector<Octets> extensions;
      if (Below(3) == 0) extensions = {Reason(Below(2) == 0 ? 6 : 1)};
      if (kind == Kind::kDelta && Below(3) == 0) extensions = {Reason(8)};
      if (Below(5) == 0) {  // not of the usual form
        extensions.push_back(MakeExtension(
            "2.5.29.24", Tlv(der::kGeneralizedTime, Ascii("20260101000000Z"))));
      }
      text.entries.push_back(
          Entry(IntegerOf(SerialOf(i)),
                UtcTime(Below(4) == 0 ? "260120000000Z" : "260102000000Z"),
                extensions));
    }
    const absl::Status taken =
        builder_.IngestCrl(authorities_[issuer].Crl(text), options);
    EXPECT_TRUE(taken.ok()) << taken;
  }

  static Octets Ascii(std::string_view text) {
    return {text.begin(), text.end()};
  }

  std::mt19937 random_;
  const HashKey other_key_ = HashKey::Random();
  std::deque<TestAuthority> authorities_;
  SnapshotBuilder builder_;
  std::unique_ptr<const Snapshot> snapshot_;
};

std::vector<LookupPolicy> Policies() {
  std::vector<LookupPolicy> policies;
  for (const char* at :
       {"2025-12-31", "2026-01-03", "2026-01-15", "2026-03-01"})
    policies.push_back(At(at));
  policies.push_back(At("2026-03-01"));
  policies.back().next_update = NextUpdatePolicy::kIgnore;
  policies.push_back(At("2026-01-15"));
  policies.back().max_age = std::chrono::days(3);
  policies.push_back(At("2026-01-15"));
  policies.back().not_after = *ParseTime("2025-06-01");
  policies.push_back(At("2026-02-02"));
  policies.back().clock_skew = std::chrono::days(2);
  return policies;
}

TEST(MixedLookup, good_as_each_key_is_answered_by_its_coverage) {
  ManyIssuers issuers(1);
  for (const LookupPolicy& policy : Policies()) {
    for (const unsigned size :
         {1u, 2u, 63u, 64u, 65u, 127u, 128u, 500u, 1500u}) {
      const std::vector<LookupKey> keys = issuers.Draw(size);
      std::vector<Verdict> verdicts(size);
      issuers.snapshot().Lookup(policy, keys, verdicts);
      for (size_t i = 0; i < size; ++i) {
        const std::string expected =
            WholeTextOf(issuers.Expected(policy, keys[i]));
        ASSERT_EQ(WholeTextOf(verdicts[i]), expected)
            << keys[i].issuer << " " << keys[i].serial.ToText();
        ASSERT_EQ(WholeTextOf(issuers.snapshot().Lookup(policy, keys[i])),
                  expected);
      }
    }
  }
}

// A batch of one issuer takes another way where all tags are alike.
TEST(MixedLookup, good_as_alone_where_tags_of_one_issuer_differ) {
  ManyIssuers issuers(2);
  const uint32_t own = issuers.snapshot().tag();
  const uint32_t other = own + 1;
  const std::vector<std::vector<uint32_t>> all_tags = {
      {0}, {own}, {other}, {0, own}, {0, other}, {own, other, 0}};
  for (IssuerId issuer = 0; issuer <= ManyIssuers::kIssuers; ++issuer) {
    for (const std::vector<uint32_t>& tags : all_tags) {
      const std::vector<LookupKey> keys = issuers.DrawOf(issuer, 600, tags);
      std::vector<Verdict> verdicts(keys.size());
      const LookupPolicy policy = At("2026-01-15");
      issuers.snapshot().Lookup(policy, keys, verdicts);
      for (size_t i = 0; i < keys.size(); ++i) {
        ASSERT_EQ(WholeTextOf(verdicts[i]),
                  WholeTextOf(issuers.Expected(policy, keys[i])))
            << issuer << " " << keys[i].serial.ToText();
      }
    }
  }
}

TEST(MixedLookup, unknown_in_a_snapshot_of_nothing) {
  const auto none = Snapshot::LeftBehind();
  const auto empty = SnapshotBuilder().Build();
  const std::vector<LookupKey> keys = {
      Key("01", 0), Key("02", 1), Key("03", kUnknownIssuer), Key("04", 70000)};
  std::vector<Verdict> verdicts(keys.size());
  none->Lookup(At(kDuring), keys, verdicts);
  for (const Verdict& verdict : verdicts)
    EXPECT_EQ(verdict.cause, Cause::kLeftBehind);
  empty->Lookup(At(kDuring), keys, verdicts);
  for (const Verdict& verdict : verdicts)
    EXPECT_EQ(verdict.cause, Cause::kNoIssuer);
}

}  // namespace
}  // namespace revstat::test
