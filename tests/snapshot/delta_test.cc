// Delta CRLs (RFC 5280 5.2.4): which apply, and what they change.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "tests/snapshot/test_authority.h"

namespace revstat::test {
namespace {

Octets RevokedAt(std::string_view serial,
                 std::string_view time = "260102000000Z",
                 std::vector<Octets> extensions = {}) {
  return Entry(IntegerOf(serial), UtcTime(time), extensions);
}
Octets OnHold(std::string_view serial) {
  return RevokedAt(serial, "260102000000Z", {Reason(6)});
}
Octets Removed(std::string_view serial,
               std::string_view time = "260102000000Z") {
  return RevokedAt(serial, time, {Reason(8)});
}

CrlText Complete(uint32_t number, const std::vector<Octets>& entries) {
  CrlText text;
  text.extensions = {Number(number)};
  text.entries = entries;
  return text;
}

// The delta that brings `base` up to `number`.
CrlText Delta(uint32_t number, uint32_t base,
              const std::vector<Octets>& entries) {
  CrlText text = Complete(number, entries);
  text.this_update = UtcTime("260110000000Z");
  text.extensions.push_back(
      MakeExtension("2.5.29.27", Integer(base), Criticality::kCritical));
  return text;
}

std::string StatusOf(const Snapshot& snapshot, std::string_view serial,
                     std::string_view at = kDuring) {
  const Verdict verdict = snapshot.Lookup(At(at), Key(serial));
  Verdict in_batch;
  const LookupKey key = Key(serial);
  snapshot.Lookup(At(at), {&key, 1}, {&in_batch, 1});
  EXPECT_EQ(in_batch.status, verdict.status);
  EXPECT_EQ(in_batch.cause, verdict.cause);
  EXPECT_EQ(in_batch.flags, verdict.flags);
  return Concat({NameOf(verdict.status), verdict.is_stale() ? " stale" : "",
                 verdict.cause == Cause::kNone ? "" : " ",
                 NameOf(verdict.cause)});
}

TEST(Delta, AddsToItsBase) {
  const auto snapshot = SnapshotOf(
      TestAuthority(),
      {Complete(1, {RevokedAt("0111")}), Delta(2, 1, {RevokedAt("0222")})});
  EXPECT_EQ(StatusOf(*snapshot, "0111"), "revoked");
  EXPECT_EQ(StatusOf(*snapshot, "0222"), "revoked");
  EXPECT_EQ(StatusOf(*snapshot, "0333"), "active");
}

TEST(Delta, LiftsAHoldAndPutsItOnAgain) {
  const TestAuthority authority;
  const CrlText base = Complete(1, {OnHold("0111")});
  const CrlText lifted = Delta(2, 1, {Removed("0111")});
  const CrlText again = Delta(3, 2, {OnHold("0111")});
  EXPECT_EQ(StatusOf(*SnapshotOf(authority, {base}), "0111"), "on_hold");
  EXPECT_EQ(StatusOf(*SnapshotOf(authority, {base, lifted}), "0111"), "active");
  EXPECT_EQ(StatusOf(*SnapshotOf(authority, {base, lifted, again}), "0111"),
            "on_hold");
}

// RFC 5280 6.3.3 (i) to (k), and OpenSSL: whatever reason the base has. By
// 5.3.1 the certificate has then expired; see MODEL.md.
TEST(Delta, TakesARevocationBackFromItsTimeOn) {
  const auto snapshot = SnapshotOf(
      TestAuthority(),
      {Complete(1, {RevokedAt("0111")}), Delta(2, 1, {Removed("0111")})});
  EXPECT_EQ(StatusOf(*snapshot, "0111"), "active");
  EXPECT_EQ(StatusOf(*snapshot, "0111", "2026-01-09T23:59:59Z"), "revoked");
}

TEST(Delta, TurnsAHoldIntoARevocation) {
  const auto snapshot = SnapshotOf(
      TestAuthority(), {Complete(1, {OnHold("0111")}),
                        Delta(2, 1, {RevokedAt("0111", "260105000000Z")})});
  EXPECT_EQ(StatusOf(*snapshot, "0111"), "revoked");
  // Before that it was on hold.
  EXPECT_EQ(StatusOf(*snapshot, "0111", "2026-01-03T00:00:00Z"), "on_hold");
}

TEST(Delta, ForALaterBaseDoesNotApply) {
  const auto snapshot = SnapshotOf(
      TestAuthority(),
      {Complete(1, {OnHold("0111")}), Delta(3, 2, {Removed("0111")})});
  EXPECT_EQ(StatusOf(*snapshot, "0111"), "on_hold");
}

TEST(Delta, NotNewerThanItsBaseDoesNotApply) {
  const auto snapshot = SnapshotOf(
      TestAuthority(),
      {Complete(3, {OnHold("0111")}), Delta(3, 1, {Removed("0111")})});
  EXPECT_EQ(StatusOf(*snapshot, "0111"), "on_hold");
}

TEST(Delta, OfAnotherScopeDoesNotApply) {
  CrlText delta = Delta(2, 1, {Removed("0111")});
  delta.extensions.push_back(IssuingPoint({True(der::ContextPrimitive(1))}));
  const auto snapshot =
      SnapshotOf(TestAuthority(), {Complete(1, {OnHold("0111")}), delta});
  EXPECT_EQ(StatusOf(*snapshot, "0111"), "on_hold");
}

TEST(Delta, CurrentDeltaMakesAStaleBaseCurrent) {
  CrlText base = Complete(1, {RevokedAt("0111")});
  base.next_update = UtcTime("260112000000Z");
  const TestAuthority authority;
  EXPECT_EQ(StatusOf(*SnapshotOf(authority, {base}), "0222"), "unknown stale");
  const auto snapshot = SnapshotOf(authority, {base, Delta(2, 1, {})});
  EXPECT_EQ(StatusOf(*snapshot, "0222"), "active");
  EXPECT_EQ(StatusOf(*snapshot, "0111"), "revoked");
}

TEST(Delta, StaleDeltaStillTellsWhatItKnows) {
  CrlText delta = Delta(2, 1, {RevokedAt("0222")});
  delta.next_update = UtcTime("260112000000Z");
  const auto snapshot =
      SnapshotOf(TestAuthority(), {Complete(1, {RevokedAt("0111")}), delta});
  EXPECT_EQ(StatusOf(*snapshot, "0222"), "revoked");
  EXPECT_EQ(StatusOf(*snapshot, "0333"), "active");
}

TEST(Delta, FromAfterTheAskedTimeLiftsNothing) {
  const auto snapshot = SnapshotOf(
      TestAuthority(),
      {Complete(1, {OnHold("0111")}), Delta(2, 1, {Removed("0111")})});
  EXPECT_EQ(StatusOf(*snapshot, "0111", "2026-01-05T00:00:00Z"), "on_hold");
  EXPECT_EQ(StatusOf(*snapshot, "0111"), "active");
}

TEST(Delta, StaleDeltaLiftsNothing) {
  CrlText delta = Delta(2, 1, {Removed("0111")});
  delta.next_update = UtcTime("260112000000Z");
  const auto snapshot =
      SnapshotOf(TestAuthority(), {Complete(1, {OnHold("0111")}), delta});
  EXPECT_EQ(StatusOf(*snapshot, "0111"), "on_hold");
}

TEST(Delta, OlderInTimeThanItsBaseAddsAndLiftsNothing) {
  CrlText base = Complete(1, {OnHold("0111")});
  base.this_update = UtcTime("260111000000Z");
  const auto snapshot =
      SnapshotOf(TestAuthority(),
                 {base, Delta(2, 1, {Removed("0111"), RevokedAt("0222")})});
  EXPECT_EQ(StatusOf(*snapshot, "0111"), "on_hold");
  EXPECT_EQ(StatusOf(*snapshot, "0222"), "revoked");
}

TEST(Delta, ThatDoesNotApplyStillRevokes) {
  const auto snapshot = SnapshotOf(
      TestAuthority(), {Complete(1, {OnHold("0111")}),
                        Delta(9, 8, {Removed("0111"), RevokedAt("0222")})});
  EXPECT_EQ(StatusOf(*snapshot, "0111"), "on_hold");
  EXPECT_EQ(StatusOf(*snapshot, "0222"), "revoked");
  EXPECT_EQ(StatusOf(*snapshot, "0333"), "active");
}

CrlText WithUnknownCriticalExtension(CrlText crl) {
  crl.extensions.push_back(
      MakeExtension("1.2.3.4", Integer(1), Criticality::kCritical));
  return crl;
}

TEST(Delta, CleanOneDoesNotCureItsBase) {
  const auto snapshot = SnapshotOf(
      TestAuthority(),
      {WithUnknownCriticalExtension(Complete(1, {})), Delta(2, 1, {})});
  EXPECT_EQ(StatusOf(*snapshot, "0111"),
            "unknown unsupported_critical_extension");
}

TEST(Delta, WithAnUnknownCriticalExtensionLiftsNothing) {
  const auto snapshot = SnapshotOf(
      TestAuthority(), {Complete(1, {OnHold("0111")}),
                        WithUnknownCriticalExtension(Delta(
                            2, 1, {Removed("0111"), RevokedAt("0222")}))});
  EXPECT_EQ(StatusOf(*snapshot, "0111"), "on_hold");
  EXPECT_EQ(StatusOf(*snapshot, "0222"), "revoked");
  EXPECT_EQ(StatusOf(*snapshot, "0333"), "active");
}

TEST(Delta, TwoOfOneNumberOnTheWayBothHaveTheirSay) {
  for (const bool swapped : {false, true}) {
    const CrlText first = Delta(6, 5, {RevokedAt("0222")});
    const CrlText second = Delta(6, 5, {RevokedAt("0333")});
    const auto snapshot = SnapshotOf(
        TestAuthority(), {Complete(5, {}), swapped ? second : first,
                          swapped ? first : second, Delta(7, 6, {})});
    EXPECT_EQ(StatusOf(*snapshot, "0222"), "revoked");
    EXPECT_EQ(StatusOf(*snapshot, "0333"), "revoked");
    EXPECT_EQ(StatusOf(*snapshot, "0444"), "active");
  }
}

TEST(Delta, TooManyContradictionsApplyNothingAndStillRevoke) {
  std::vector<CrlText> crls = {Complete(1, {OnHold("0111")})};
  for (uint32_t i = 0; i < 40; ++i) {
    crls.push_back(Delta(
        2, 1, {Removed("0111"), RevokedAt("02" + std::to_string(10 + i))}));
  }
  const auto snapshot = SnapshotOf(TestAuthority(), crls);
  EXPECT_EQ(StatusOf(*snapshot, "0111"), "on_hold");
  EXPECT_EQ(StatusOf(*snapshot, "0210"), "revoked");
  EXPECT_EQ(StatusOf(*snapshot, "0249"), "revoked");
}

TEST(Delta, TwoOfOneNumberBothHaveTheirSay) {
  for (const bool swapped : {false, true}) {
    const CrlText first = Delta(2, 1, {RevokedAt("0222")});
    const CrlText second = Delta(2, 1, {RevokedAt("0333")});
    const auto snapshot = SnapshotOf(
        TestAuthority(),
        {Complete(1, {}), swapped ? second : first, swapped ? first : second});
    EXPECT_EQ(StatusOf(*snapshot, "0222"), "revoked");
    EXPECT_EQ(StatusOf(*snapshot, "0333"), "revoked");
    EXPECT_EQ(StatusOf(*snapshot, "0444"), "active");
  }
}

// A CA that revokes, holds and lifts at random: whatever of its complete CRLs
// and deltas is held, the answer is that of the complete CRL of the newest
// number that can be put together. By luck the names of the states are in
// alphabetical order: active, on_hold, revoked.
class RandomCa {
 public:
  using State = std::map<std::string, std::string>;
  static constexpr uint32_t kSerials = 20;

  explicit RandomCa(uint32_t seed) : random_(seed) {
    for (uint32_t number = 1; number <= 8; ++number) {
      if (number > 1) Change();
      states_.push_back(state_);
    }
  }

  // All that has changed since number `base`, even if it changed back: the
  // delta is for complete CRLs between the two as well.
  CrlText DeltaOf(uint32_t base, uint32_t number) const {
    const State& last = states_[number - 1];
    std::vector<Octets> entries;
    for (uint32_t i = 0; i < kSerials; ++i) {
      const std::string serial = SerialOf(i);
      if (!HasChanged(base, number, serial)) continue;
      const auto found = last.find(serial);
      entries.push_back(found == last.end() ? Removed(serial)
                                            : EntryOf(serial, found->second));
    }
    return Dated(Delta(number, base, entries), number);
  }
  bool HasChanged(uint32_t base, uint32_t number,
                  const std::string& serial) const {
    for (uint32_t k = base; k < number; ++k) {
      if (Expected(k, serial) != Expected(number, serial)) return true;
    }
    return false;
  }
  CrlText CompleteOf(uint32_t number) const {
    std::vector<Octets> entries;
    for (const auto& [serial, status] : states_[number - 1])
      entries.push_back(EntryOf(serial, status));
    return Dated(Complete(number, entries), number);
  }
  std::string Expected(uint32_t number, const std::string& serial) const {
    const auto found = states_[number - 1].find(serial);
    return found == states_[number - 1].end() ? "active" : found->second;
  }
  uint32_t Draw(uint32_t from, uint32_t to) {
    return std::uniform_int_distribution<uint32_t>(from, to)(random_);
  }
  static std::string SerialOf(uint32_t i) {
    return "01" + std::to_string(10 + i);
  }

 private:
  static CrlText Dated(CrlText text, uint32_t number) {
    text.this_update =
        UtcTime(Concat({"26010", std::to_string(number), "000000Z"}));
    return text;
  }
  static Octets EntryOf(const std::string& serial, const std::string& status) {
    return status == "on_hold" ? OnHold(serial) : RevokedAt(serial);
  }
  void Change() {
    for (uint32_t i = 0; i < 6; ++i) {
      const std::string serial = SerialOf(Draw(0, kSerials - 1));
      const auto held = state_.find(serial);
      if (held == state_.end()) {
        state_[serial] = Draw(0, 1) == 0 ? "on_hold" : "revoked";
      } else if (held->second == "on_hold") {
        if (Draw(0, 1) == 0) {
          state_.erase(held);
        } else {
          held->second = "revoked";
        }
      }
    }
  }

  std::mt19937 random_;
  State state_;
  std::vector<State> states_;
};

TEST(Delta, ChainAnswersAsTheCompleteCrlOfItsNumber) {
  const TestAuthority authority;
  for (uint32_t seed = 1; seed <= 60; ++seed) {
    RandomCa ca(seed);
    const uint32_t base = ca.Draw(1, 6);
    std::vector<CrlText> crls = {ca.CompleteOf(base)};
    std::vector<std::pair<uint32_t, uint32_t>> deltas;
    for (uint32_t i = 0; i < 4; ++i) {
      const uint32_t number = ca.Draw(2, 8);
      deltas.emplace_back(ca.Draw(1, number - 1), number);
      crls.push_back(ca.DeltaOf(deltas.back().first, number));
    }
    uint32_t reached = base;
    for (size_t round = 0; round < deltas.size(); ++round) {
      for (const auto& [from, to] : deltas) {
        if (from <= reached && to > reached) reached = to;
      }
    }
    SnapshotBuilder builder;
    ASSERT_TRUE(builder.AddIssuer(authority.Certificate()).ok());
    for (const CrlText& crl : crls)
      builder.IngestCrl(authority.Crl(crl), {}).IgnoreError();
    const auto snapshot = builder.Build();
    for (uint32_t i = 0; i < RandomCa::kSerials; ++i) {
      const std::string serial = RandomCa::SerialOf(i);
      std::string expected = ca.Expected(reached, serial);
      // Newer deltas that do not apply can only make it worse.
      for (const auto& [from, to] : deltas) {
        if (to > reached && ca.HasChanged(from, to, serial))
          expected = std::max(expected, ca.Expected(to, serial));
      }
      ASSERT_EQ(StatusOf(*snapshot, serial), expected)
          << "seed " << seed << " serial " << serial << " number " << reached;
    }
  }
}

}  // namespace
}  // namespace revstat::test
