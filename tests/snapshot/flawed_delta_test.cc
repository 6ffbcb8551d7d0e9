// Deltas that RFC 5280 5.2 and 5.3 forbid to use: what they list is believed,
// and nothing else follows from them.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/snapshot/asker.h"
#include "tests/snapshot/deltas.h"

namespace revstat::test {
namespace {

using Flaw = CrlText (*)(CrlText);
constexpr Flaw kFlaws[] = {WithUnknownCriticalExtension,
                           WithUnknownCriticalEntryExtension};

// In this order and the other.
std::string StatusWith(std::vector<CrlText> crls, std::string_view serial,
                       std::string_view at = kDuring) {
  const TestAuthority authority;
  const std::string status =
      StatusOf(*SnapshotInOrder(authority, crls), serial, at);
  std::reverse(crls.begin(), crls.end());
  EXPECT_EQ(StatusOf(*SnapshotInOrder(authority, crls), serial, at), status);
  return status;
}

TEST(FlawedDelta, revoked_WhatAWaitingDeltaLists) {
  for (const Flaw flaw : kFlaws) {
    const std::vector<CrlText> crls = {Complete(10, {}),
                                       Delta(21, 20, {RevokedAt("0222")}),
                                       flaw(Delta(23, 20, {}))};
    EXPECT_EQ(StatusWith(crls, "0222"), "revoked");
    EXPECT_EQ(StatusWith(crls, "0444"), "active");
  }
}

TEST(FlawedDelta, revoked_WhatAnAppliedDeltaLists) {
  for (const Flaw flaw : kFlaws) {
    const std::vector<CrlText> crls = {
        Complete(20, {}), Delta(21, 20, {RevokedAt("0222")}),
        flaw(Delta(23, 20, {RevokedAt("0333")}))};
    EXPECT_EQ(StatusWith(crls, "0222"), "revoked");
    EXPECT_EQ(StatusWith(crls, "0333"), "revoked");
    EXPECT_EQ(StatusWith(crls, "0444"), "active");
  }
}

// One of several certificate issuers is the right one, and which is not known.
TEST(FlawedDelta, revoked_BesideAnEntryOfSeveralNames) {
  const auto indirect = [](CrlText text) {
    text.extensions.push_back(IssuingPoint({True(der::ContextPrimitive(4))}));
    return text;
  };
  const Octets names =
      Seq({Directory(CommonName("Alias")), Directory(CommonName("Other"))});
  const CrlText flawed = Delta(
      23, 20,
      {RevokedAt("0999", "260102000000Z",
                 {MakeExtension("2.5.29.29", names, Criticality::kCritical)})});
  EXPECT_EQ(StatusWith({indirect(Complete(20, {})),
                        indirect(Delta(21, 20, {RevokedAt("0222")})),
                        indirect(flawed)},
                       "0222"),
            "revoked");
}

TEST(FlawedDelta, revoked_BesideAnotherFlawedOne) {
  for (const Flaw flaw : kFlaws) {
    EXPECT_EQ(
        StatusWith({Complete(20, {}), flaw(Delta(21, 20, {RevokedAt("0222")})),
                    flaw(Delta(23, 20, {}))},
                   "0222"),
        "revoked");
  }
}

TEST(FlawedDelta, revoked_ThoughItSaysOnHold) {
  for (const Flaw flaw : kFlaws) {
    EXPECT_EQ(StatusWith({Complete(20, {}), Delta(21, 20, {RevokedAt("0111")}),
                          flaw(Delta(23, 20, {OnHold("0111")}))},
                         "0111"),
              "revoked");
  }
}

TEST(FlawedDelta, revoked_ByOneOfTheSameNumberAsAnother) {
  for (const Flaw flaw : kFlaws) {
    const std::vector<CrlText> crls = {Complete(20, {}), Delta(23, 20, {}),
                                       flaw(Delta(23, 20, {RevokedAt("0222")})),
                                       Delta(24, 23, {})};
    EXPECT_EQ(StatusWith(crls, "0222"), "revoked");
    EXPECT_EQ(StatusWith(crls, "0444"), "active");
  }
}

TEST(FlawedDelta, on_hold_LiftsNothingNorDoesWhatStartsFromIt) {
  for (const Flaw flaw : kFlaws) {
    std::vector<CrlText> crls = {Complete(20, {OnHold("0111")}),
                                 flaw(Delta(23, 20, {Removed("0111")}))};
    EXPECT_EQ(StatusWith(crls, "0111"), "on_hold");
    crls.push_back(Delta(24, 23, {Removed("0111"), RevokedAt("0222")}));
    EXPECT_EQ(StatusWith(crls, "0111"), "on_hold");
    EXPECT_EQ(StatusWith(crls, "0222"), "revoked");
    EXPECT_EQ(StatusWith(crls, "0444"), "active");
  }
}

TEST(FlawedDelta, good_WhatAnotherLiftsStaysLifted) {
  for (const Flaw flaw : kFlaws) {
    EXPECT_EQ(
        StatusWith({Complete(20, {OnHold("0111")}),
                    Delta(21, 20, {Removed("0111")}), flaw(Delta(23, 20, {}))},
                   "0111"),
        "active");
  }
}

TEST(FlawedDelta, unknown_WhereNothingElseIsCurrent) {
  const auto stale = [](CrlText text) {
    text.next_update = UtcTime("260112000000Z");
    return text;
  };
  for (const Flaw flaw : kFlaws) {
    const CrlText base = stale(Complete(20, {}));
    const CrlText flawed = flaw(Delta(23, 20, {}));
    EXPECT_EQ(StatusWith({base, flawed}, "0444"), "unknown stale");
    EXPECT_EQ(StatusWith({base, stale(Delta(21, 20, {})), flawed}, "0444"),
              "unknown stale");
    // As without it.
    EXPECT_EQ(StatusWith({base, Delta(21, 20, {}), flawed}, "0444"), "active");
  }
}

TEST(FlawedDelta, unknown_WhatItListsFromALaterTimeOn) {
  const std::vector<Octets> later = {RevokedAt("0222", "260120000000Z")};
  for (const Flaw flaw : kFlaws) {
    EXPECT_EQ(
        StatusWith({Complete(20, {}), flaw(Delta(23, 20, later))}, "0222"),
        "unknown revoked_later");
    // It waits, as any other.
    EXPECT_EQ(
        StatusWith({Complete(20, {}), flaw(Delta(23, 22, later))}, "0222"),
        "active");
  }
}

TEST(FlawedDelta, good_EndsWithWhatReplacesIt) {
  for (const Flaw flaw : kFlaws) {
    const std::vector<CrlText> held = {
        Complete(20, {}),
        flaw(Delta(23, 20, {OnHold("0111"), RevokedAt("0222")}))};
    const auto status = [&](const CrlText& newer, std::string_view serial) {
      std::vector<CrlText> crls = held;
      crls.push_back(newer);
      return StatusWith(crls, serial);
    };
    CrlText complete = Complete(23, {});
    complete.this_update = UtcTime("260110000000Z");
    for (const CrlText& newer : {Delta(24, 20, {}), complete}) {
      EXPECT_EQ(status(newer, "0111"), "active");
      EXPECT_EQ(status(newer, "0222"), "active");
    }
    for (const CrlText& other :
         {Delta(24, 21, {}), Delta(22, 20, {}), flaw(Delta(24, 20, {}))}) {
      EXPECT_EQ(status(other, "0111"), "on_hold");
      EXPECT_EQ(status(other, "0222"), "revoked");
    }
  }
}

// So the store does, by the same rule.
TEST(FlawedDelta, good_DropsNothing) {
  const TestAuthority authority;
  for (const Flaw flaw : kFlaws) {
    SnapshotBuilder builder;
    ASSERT_TRUE(builder.AddIssuer(authority.Certificate()).ok());
    for (const CrlText& crl :
         {Complete(20, {}), Delta(21, 20, {RevokedAt("0222")}),
          Delta(31, 30, {RevokedAt("0333")}), flaw(Delta(33, 20, {}))}) {
      ASSERT_TRUE(builder.IngestCrl(authority.Crl(crl), {}).ok());
    }
    EXPECT_EQ(builder.DropSuperseded(*ParseTime(kDuring)), 0u);
    EXPECT_EQ(StatusOf(*builder.Build(), "0222"), "revoked");
    EXPECT_EQ(StatusOf(*builder.Build(), "0333"), "revoked");
    const CrlText newer = Delta(34, 20, {RevokedAt("0222")});
    ASSERT_TRUE(builder.IngestCrl(authority.Crl(newer), {}).ok());
    EXPECT_EQ(builder.DropSuperseded(*ParseTime(kDuring)), 3u);
    EXPECT_EQ(StatusOf(*builder.Build(), "0222"), "revoked");
  }
}

// Nothing is missing but what must not be used.
TEST(FlawedDelta, good_OfAPartitionLeavesNoGap) {
  const TestAuthority authority;
  const auto status = [&](const CrlText& delta) {
    SnapshotBuilder builder;
    EXPECT_TRUE(builder.AddIssuer(authority.Certificate()).ok());
    builder.DeclareAllPartitionsHeld();
    for (CrlText crl : {Complete(20, {}), delta}) {
      crl.extensions.push_back(IssuingPoint({FullName({Uri("http://ca/1")})}));
      EXPECT_TRUE(builder.IngestCrl(authority.Crl(crl), {}).ok());
    }
    return StatusOf(*builder.Build(), "0444");
  };
  for (const Flaw flaw : kFlaws) {
    EXPECT_EQ(status(flaw(Delta(23, 20, {}))), "active");
    EXPECT_NE(status(flaw(Delta(23, 22, {}))), "active");
  }
}

}  // namespace
}  // namespace revstat::test
