// Delta CRLs (RFC 5280 5.2.4): which apply, and what they change.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "tests/snapshot/deltas.h"

namespace revstat::test {
namespace {

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

// 5.2.4: the newer one has all that has changed since its BaseCRLNumber.
TEST(Delta, good_WaitingOneGivesWayToANewerThatStartsNoLater) {
  const TestAuthority authority;
  const CrlText complete = Complete(10, {});
  const CrlText waiting = Delta(21, 20, {OnHold("0111"), RevokedAt("0222")});
  const auto status = [&](const CrlText& newer, std::string_view serial) {
    const auto snapshot = SnapshotOf(authority, {complete, waiting, newer});
    const auto swapped = SnapshotInOrder(authority, {newer, waiting, complete});
    EXPECT_EQ(StatusOf(*swapped, serial), StatusOf(*snapshot, serial));
    return Concat({StatusOf(*snapshot, serial), " of ",
                   std::to_string(snapshot->sources().size())});
  };
  EXPECT_EQ(status(Delta(23, 20, {Removed("0111")}), "0111"), "active of 2");
  EXPECT_EQ(status(Delta(23, 20, {}), "0111"), "active of 2");
  EXPECT_EQ(status(Delta(23, 15, {}), "0111"), "active of 2");
  EXPECT_EQ(status(Delta(23, 20, {OnHold("0111")}), "0111"), "on_hold of 2");
  EXPECT_EQ(status(Delta(23, 20, {RevokedAt("0222")}), "0222"), "revoked of 2");
  // By 5.3.1 its certificate has expired: as in a newer complete CRL.
  EXPECT_EQ(status(Delta(23, 20, {}), "0222"), "active of 2");
}

TEST(Delta, on_hold_WhereTheNewerSaysNothingOfTheWaitingOne) {
  const TestAuthority authority;
  const CrlText waiting = Delta(21, 20, {OnHold("0111")});
  const auto status = [&](const CrlText& newer) {
    return StatusOf(
        *SnapshotInOrder(authority, {Complete(10, {}), waiting, newer}),
        "0111");
  };
  EXPECT_EQ(status(Delta(23, 21, {})), "on_hold");  // starts later
  EXPECT_EQ(status(Delta(21, 20, {})), "on_hold");  // contradicts it
  EXPECT_EQ(status(Delta(20, 15, {})), "on_hold");  // older
  CrlText earlier = Delta(23, 20, {});
  earlier.this_update = UtcTime("260109000000Z");
  EXPECT_EQ(status(earlier), "on_hold");
  EXPECT_EQ(status(WithUnknownCriticalExtension(Delta(23, 20, {}))), "on_hold");
  CrlText of_users = Delta(23, 20, {});
  of_users.extensions.push_back(IssuingPoint({True(der::ContextPrimitive(1))}));
  EXPECT_EQ(status(of_users), "on_hold");
}

// What of a scope is held are deltas alone; another scope's list is complete.
TEST(Delta, on_hold_UntilTheTimeOfTheDeltaThatLifts) {
  const auto of_users = [](CrlText text) {
    text.extensions.push_back(IssuingPoint({True(der::ContextPrimitive(1))}));
    return text;
  };
  const TestAuthority authority;
  CrlText later = Delta(23, 20, {});
  later.this_update = UtcTime("260118000000Z");
  CrlText complete = Complete(30, {});
  complete.this_update = UtcTime("260120000000Z");
  SnapshotBuilder builder;
  ASSERT_TRUE(builder.AddIssuer(authority.Certificate()).ok());
  for (const CrlText& crl :
       {Complete(1, {}), of_users(Delta(21, 20, {OnHold("0111")})),
        of_users(later), of_users(complete)}) {
    ASSERT_TRUE(builder.IngestCrl(authority.Crl(crl), {}).ok());
  }
  const auto status = [&](std::string_view at) {
    SnapshotBuilder::BuildOptions options;
    options.as_of = *ParseTime(at);
    return StatusOf(*builder.Build(options), "0111", at);
  };
  EXPECT_EQ(status("2026-01-15T00:00:00Z"), "on_hold");
  EXPECT_EQ(status("2026-01-19T00:00:00Z"), "active");
  EXPECT_EQ(status("2026-01-21T00:00:00Z"), "active");
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
    const auto snapshot = SnapshotInOrder(authority, crls);
    for (uint32_t i = 0; i < RandomCa::kSerials; ++i) {
      const std::string serial = RandomCa::SerialOf(i);
      std::string expected = ca.Expected(reached, serial);
      // Newer deltas that do not apply can only make it worse, but for those
      // that an even newer one supersedes.
      for (const auto& delta : deltas) {
        const uint32_t from = delta.first;
        const uint32_t to = delta.second;
        const bool is_superseded =
            std::any_of(deltas.begin(), deltas.end(), [&](const auto& other) {
              return other.second > to && other.first <= from;
            });
        if (to > reached && !is_superseded && ca.HasChanged(from, to, serial))
          expected = std::max(expected, ca.Expected(to, serial));
      }
      ASSERT_EQ(StatusOf(*snapshot, serial), expected)
          << "seed " << seed << " serial " << serial << " number " << reached;
    }
  }
}

// Whatever else is held: the answer without them, or what they list if that is
// worse, until something replaces them.
TEST(Delta, FlawedOnesAddWhatTheyListAndNothingElse) {
  const TestAuthority authority;
  for (uint32_t seed = 1; seed <= 60; ++seed) {
    RandomCa ca(seed);
    const uint32_t base = ca.Draw(1, 6);
    std::vector<CrlText> crls = {ca.CompleteOf(base)};
    std::vector<std::pair<uint32_t, uint32_t>> deltas;
    const auto draw = [&] {
      const uint32_t to = ca.Draw(2, 8);
      return std::pair(ca.Draw(1, to - 1), to);
    };
    for (int i = 0; i < 3; ++i) {
      deltas.push_back(draw());
      crls.push_back(ca.DeltaOf(deltas.back().first, deltas.back().second));
    }
    const auto without = SnapshotInOrder(authority, crls);
    std::vector<std::pair<uint32_t, uint32_t>> flawed;
    for (int i = 0; i < 3; ++i) {
      const std::pair<uint32_t, uint32_t> drawn = draw();
      const bool is_replaced =
          drawn.second <= base ||
          std::any_of(deltas.begin(), deltas.end(), [&](const auto& other) {
            return other.second > drawn.second && other.first <= drawn.first;
          });
      if (!is_replaced) flawed.push_back(drawn);
      const CrlText delta = ca.DeltaOf(drawn.first, drawn.second);
      crls.push_back(ca.Draw(0, 1) == 0
                         ? WithUnknownCriticalExtension(delta)
                         : WithUnknownCriticalEntryExtension(delta));
    }
    const auto with = SnapshotInOrder(authority, crls);
    for (uint32_t i = 0; i < RandomCa::kSerials; ++i) {
      const std::string serial = RandomCa::SerialOf(i);
      std::string expected = StatusOf(*without, serial);
      for (const auto& [from, to] : flawed) {
        if (ca.HasChanged(from, to, serial))
          expected = std::max(expected, ca.Expected(to, serial));
      }
      ASSERT_EQ(StatusOf(*with, serial), expected)
          << "seed " << seed << " serial " << serial;
    }
  }
}

}  // namespace
}  // namespace revstat::test
