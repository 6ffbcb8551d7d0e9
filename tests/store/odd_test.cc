// CRLs that are authentic and not what was to be expected: reported or refused,
// as the operator says.
#include "tests/store/store_fixture.h"

namespace revstat::test {
namespace {

using Outcome = TakeResult::Outcome;

class OddCrls : public testing::Test {
 protected:
  std::unique_ptr<StoreUpdater> StoreWith(const StoreUpdaterOptions& options,
                                          const CrlText& held) {
    std::filesystem::remove_all(folder_.store());
    auto updater = MustOpen(folder_.store(), options);
    EXPECT_TRUE(updater->AddTrusted(ca_.Certificate()).ok());
    EXPECT_EQ(MustTake(updater.get(), *ca_.Crl(held)).outcome, Outcome::kTaken);
    EXPECT_TRUE(updater->Commit(During()).ok());
    return updater;
  }

  // Reported where nothing else is said, refused where the options say so; then
  // what was held still is what answers.
  void ExpectOdd(const CrlText& held, const CrlText& odd, ErrorCode code) {
    const auto reporting = StoreWith({}, held);
    const TakeResult taken = MustTake(reporting.get(), *ca_.Crl(odd));
    EXPECT_EQ(taken.outcome, Outcome::kTaken) << taken.refusal;
    ASSERT_EQ(taken.odd.size(), 1u);
    EXPECT_EQ(ErrorCodeOf(taken.odd.front()), code);
    EXPECT_NE(taken.before, nullptr);

    const auto refusing = StoreWith(Refusing(), held);
    const TakeResult refused = MustTake(refusing.get(), *ca_.Crl(odd));
    EXPECT_EQ(refused.outcome, Outcome::kRefused);
    EXPECT_EQ(ErrorCodeOf(refused.refusal), code) << refused.refusal;
    EXPECT_EQ(*refusing->Commit(During()), 1u);
  }
  static StoreUpdaterOptions Refusing() {
    StoreUpdaterOptions options;
    options.conflicting = options.shrunk = OddCrl::kRefuse;
    return options;
  }
  // With this many entries.
  static CrlText LongCrl(uint32_t number, uint32_t entries) {
    CrlText text = NumberedCrl(number, {});
    for (uint32_t i = 1; i <= entries; ++i)
      text.entries.push_back(Entry(Integer(i)));
    return text;
  }

  const TestFolder folder_;
  const TestAuthority ca_;
};

TEST_F(OddCrls, invalid_shrunk) {
  ExpectOdd(LongCrl(1, 200), LongCrl(2, 99), ErrorCode::kShrunk);
}

TEST_F(OddCrls, good_at_the_border_of_shrunk) {
  // Half is enough, and few entries may become none.
  const auto half = StoreWith(Refusing(), LongCrl(1, 200));
  EXPECT_EQ(MustTake(half.get(), *ca_.Crl(LongCrl(2, 100))).outcome,
            Outcome::kTaken);
  const auto few = StoreWith(Refusing(), LongCrl(1, 99));
  EXPECT_EQ(MustTake(few.get(), *ca_.Crl(LongCrl(2, 0))).outcome,
            Outcome::kTaken);
}

TEST_F(OddCrls, invalid_conflicting) {
  ExpectOdd(NumberedCrl(1, {"01"}), NumberedCrl(1, {"02"}),
            ErrorCode::kConflictingCrl);
}

TEST_F(OddCrls, revoked_in_either_of_two_that_conflict) {
  const auto updater = StoreWith({}, NumberedCrl(1, {"01"}));
  MustTake(updater.get(), *ca_.Crl(NumberedCrl(1, {"02"})));
  ASSERT_TRUE(updater->Commit(During()).ok());
  const auto reader = *StoreReader::Open(folder_.store(), PolicyAt(kDuring));
  EXPECT_EQ(StatusIn(*reader, "01"), Status::kRevoked);
  EXPECT_EQ(StatusIn(*reader, "02"), Status::kRevoked);
  EXPECT_EQ(StatusIn(*reader, "03"), Status::kActive);
}

TEST_F(OddCrls, invalid_scope_changed) {
  const auto updater = StoreWith({}, NumberedCrl(1, {"01"}));
  const auto expect_changed = [&](const ExpectedCrl& expected,
                                  std::string_view what) {
    const auto taken =
        updater->Take(*ca_.Crl(NumberedCrl(2, {"01"})), During(), expected);
    ASSERT_TRUE(taken.ok());
    EXPECT_EQ(taken->outcome, Outcome::kRefused);
    EXPECT_EQ(ErrorCodeOf(taken->refusal), ErrorCode::kScopeChanged);
    EXPECT_NE(MessageOf(taken->refusal).find(what), std::string_view::npos)
        << taken->refusal;
  };
  ExpectedCrl expected;
  expected.issuer = "another";
  expect_changed(expected, "the issuer");
  expected = {};
  expected.scope_key = "another";
  expect_changed(expected, "issuingDistributionPoint");
  expected = {};
  expected.kind = ExpectedCrl::Kind::kDelta;
  expect_changed(expected, "a complete CRL instead of a delta");
}

}  // namespace
}  // namespace revstat::test
