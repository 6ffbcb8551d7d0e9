// What a builder that lives long forgets, and what it must not.
#include <gtest/gtest.h>

#include <random>

#include "tests/snapshot/test_authority.h"

namespace revstat::test {
namespace {

CrlText Version(uint32_t number, std::string_view this_update,
                const std::vector<std::string_view>& serials) {
  CrlText text;
  text.this_update = UtcTime(this_update);
  text.extensions = {Number(number)};
  text.entries.clear();
  for (std::string_view serial : serials) {
    text.entries.push_back(Entry(IntegerOf(serial), UtcTime("251201000000Z")));
  }
  return text;
}

CrlText DeltaOf(uint32_t base, CrlText text) {
  text.extensions.push_back(
      MakeExtension("2.5.29.27", Integer(base), Criticality::kCritical));
  return text;
}

std::string Answers(const SnapshotBuilder& builder, std::string_view at) {
  SnapshotBuilder::BuildOptions options;
  options.as_of = *ParseTime(at);
  const auto snapshot = builder.Build(options);
  std::string text;
  for (const char* serial : {"0111", "0222", "0333", "0444", "0555"}) {
    const Verdict verdict = snapshot->Lookup(At(at), Key(serial));
    text += Concat({NameOf(verdict.status), " ", NameOf(verdict.cause), ";"});
  }
  return text;
}

class Dropping : public testing::Test {
 protected:
  Dropping() { EXPECT_TRUE(builder_.AddIssuer(authority_.Certificate()).ok()); }
  absl::Status Add(const CrlText& crl) {
    return builder_.IngestCrl(authority_.Crl(crl), {});
  }

  const TestAuthority authority_;
  SnapshotBuilder builder_;
};

TEST_F(Dropping, SupersededAndOldDeltasGo) {
  ASSERT_TRUE(Add(Version(1, "260101000000Z", {"0111"})).ok());
  ASSERT_TRUE(Add(DeltaOf(1, Version(2, "260102000000Z", {"0222"}))).ok());
  ASSERT_TRUE(Add(Version(3, "260103000000Z", {"0111", "0222"})).ok());
  ASSERT_TRUE(Add(DeltaOf(3, Version(4, "260104000000Z", {"0333"}))).ok());
  const std::string before = Answers(builder_, kDuring);
  EXPECT_EQ(builder_.DropSuperseded(*ParseTime(kDuring)), 2u);
  EXPECT_EQ(builder_.DropSuperseded(*ParseTime(kDuring)), 0u);
  EXPECT_EQ(Answers(builder_, kDuring), before);
  EXPECT_EQ(builder_.Build()->sources().size(), 2u);
}

// Their base is not to be had: no more than one of a base is kept.
TEST_F(Dropping, WaitingDeltasDoNotPileUp) {
  ASSERT_TRUE(Add(Version(1, "260101000000Z", {"0111"})).ok());
  ASSERT_TRUE(Add(DeltaOf(20, Version(21, "260102000000Z", {"0222"}))).ok());
  ASSERT_TRUE(
      Add(DeltaOf(20, Version(22, "260103000000Z", {"0222", "0333"}))).ok());
  ASSERT_TRUE(
      Add(DeltaOf(19, Version(23, "260104000000Z", {"0222", "0333"}))).ok());
  ASSERT_TRUE(Add(DeltaOf(22, Version(24, "260105000000Z", {"0444"}))).ok());
  const std::string before = Answers(builder_, kDuring);
  EXPECT_EQ(before, "revoked ;revoked ;revoked ;revoked ;active ;");
  EXPECT_EQ(builder_.DropSuperseded(*ParseTime(kDuring)), 2u);
  EXPECT_EQ(Answers(builder_, kDuring), before);
  EXPECT_EQ(builder_.Build()->sources().size(), 3u);
}

TEST_F(Dropping, WhatServesNowStaysBesideWhatIsForLater) {
  ASSERT_TRUE(Add(Version(1, "260101000000Z", {"0111"})).ok());
  ASSERT_TRUE(Add(Version(2, "260120000000Z", {})).ok());
  EXPECT_EQ(builder_.DropSuperseded(*ParseTime(kDuring)), 0u);
  EXPECT_EQ(builder_.DropSuperseded(*ParseTime("2026-01-20")), 1u);
}

TEST_F(Dropping, ContradictionsStay) {
  ASSERT_TRUE(Add(Version(1, "260101000000Z", {"0111"})).ok());
  ASSERT_TRUE(Add(Version(1, "260101000000Z", {"0222"})).ok());
  ASSERT_EQ(builder_.conflicts().size(), 1u);
  EXPECT_EQ(builder_.DropSuperseded(*ParseTime(kDuring)), 0u);
  EXPECT_EQ(Answers(builder_, kDuring).substr(0, 18), "revoked ;revoked ;");
}

TEST_F(Dropping, OneThatCameBackIsOlderThanHeldAgain) {
  const CrlText first = Version(1, "260101000000Z", {"0111"});
  ASSERT_TRUE(Add(first).ok());
  ASSERT_TRUE(Add(Version(2, "260102000000Z", {})).ok());
  EXPECT_EQ(builder_.DropSuperseded(*ParseTime(kDuring)), 1u);
  EXPECT_EQ(ErrorCodeOf(Add(first)), ErrorCode::kOlderThanHeld);
}

// Whatever is held: forgetting changes no answer, then or later.
TEST(DroppingDrawn, ChangesNoAnswer) {
  const TestAuthority authority;
  const std::vector<std::string_view> serials = {"0111", "0222", "0333", "0444",
                                                 "0555"};
  for (uint32_t seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE(Concat({"seed ", std::to_string(seed)}));
    std::mt19937 generator(seed);
    const auto random = [&] { return static_cast<uint32_t>(generator()); };
    SnapshotBuilder builder;
    ASSERT_TRUE(builder.AddIssuer(authority.Certificate()).ok());
    for (int i = 0; i < 8; ++i) {
      const uint32_t number = 1 + random() % 6;
      const std::string day = std::to_string(10 + random() % 10);
      std::vector<std::string_view> listed;
      for (std::string_view serial : serials) {
        if (random() % 3 == 0) listed.push_back(serial);
      }
      CrlText text = Version(number, Concat({"2601", day, "000000Z"}), listed);
      if (random() % 3 == 0) text.next_update = UtcTime("260121000000Z");
      if (random() % 2 == 0) {
        text = DeltaOf(random() % number, text);
        if (random() % 3 == 0) {
          text.extensions.push_back(
              MakeExtension("1.2.3.4", Integer(1), Criticality::kCritical));
        }
      }
      builder.IngestCrl(authority.Crl(text), {}).IgnoreError();
    }
    SnapshotBuilder dropped = builder;
    dropped.DropSuperseded(*ParseTime("2026-01-15"));
    for (const char* at :
         {"2026-01-15", "2026-01-16", "2026-01-18", "2026-01-22"}) {
      ASSERT_EQ(Answers(dropped, at), Answers(builder, at)) << at;
    }
  }
}

// An id of one snapshot means nothing to another.
TEST(LookupKeys, OfAnotherSnapshotAreNotAnswered) {
  const TestAuthority authority;
  const auto first = SnapshotOf(authority, {CrlText()});
  const auto second = SnapshotOf(authority, {CrlText()});
  LookupKey key = Key("0456");
  EXPECT_EQ(second->Lookup(At(kDuring), key).status, Status::kActive);
  key.snapshot = second->tag();
  EXPECT_EQ(second->Lookup(At(kDuring), key).status, Status::kActive);
  key.snapshot = first->tag();
  EXPECT_EQ(NameOf(second->Lookup(At(kDuring), key).cause), "no_issuer");
  std::vector<LookupKey> keys(300, Key("0456"));
  keys[0] = keys[70] = key;
  std::vector<Verdict> verdicts(keys.size());
  second->Lookup(At(kDuring), keys, verdicts);
  for (size_t i = 0; i < keys.size(); ++i) {
    EXPECT_EQ(verdicts[i].status,
              i == 0 || i == 70 ? Status::kUnknown : Status::kActive);
  }
}

}  // namespace
}  // namespace revstat::test
