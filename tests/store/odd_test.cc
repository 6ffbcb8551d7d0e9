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
    options.conflicting = options.shrunk = options.vanished = OddCrl::kRefuse;
    return options;
  }
  // By this CA, of a serial that CRLs list.
  std::shared_ptr<const Buffer> Issued(std::string_view serial,
                                       std::string_view not_after) const {
    CertificateText text;
    text.serial = IntegerOf(serial);
    text.issuer = ca_.name();
    text.not_after = UtcTime(not_after);
    return AsBuffer(ca_.key().Signed(text, Ed25519()));
  }
  TakeResult TakeKnowing(
      const std::vector<std::shared_ptr<const Buffer>>& known,
      const CrlText& held, const CrlText& odd) {
    const auto updater = StoreWith(Refusing(), held);
    ExpectedCrl expected;
    expected.certificates = known;
    auto taken = updater->Take(*ca_.Crl(odd), During(), expected);
    EXPECT_TRUE(taken.ok()) << taken.status();
    return taken.ok() ? *std::move(taken) : TakeResult{};
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

TEST_F(OddCrls, invalid_vanished_of_a_known_certificate) {
  const CrlText held = NumberedCrl(1, {"01", "02"});
  const TakeResult refused = TakeKnowing({Issued("01", "270101000000Z")}, held,
                                         NumberedCrl(2, {"02"}));
  EXPECT_EQ(refused.outcome, Outcome::kRefused);
  EXPECT_EQ(ErrorCodeOf(refused.refusal), ErrorCode::kVanished);
  EXPECT_NE(MessageOf(refused.refusal).find("serial 01"),
            std::string_view::npos)
      << refused.refusal;
}

TEST_F(OddCrls, invalid_vanished_of_a_certificate_of_the_store) {
  const auto updater = StoreWith(Refusing(), NumberedCrl(1, {"01", "02"}));
  ASSERT_TRUE(updater->AddUntrusted(Issued("01", "270101000000Z")).ok());
  const TakeResult refused =
      MustTake(updater.get(), *ca_.Crl(NumberedCrl(2, {"02"})));
  EXPECT_EQ(ErrorCodeOf(refused.refusal), ErrorCode::kVanished);
}

TEST_F(OddCrls, invalid_vanished_from_a_crl_that_keeps_the_expired) {
  // Since before the revocation date of LongCrl's entries.
  CrlText odd = LongCrl(2, 199);
  odd.extensions.push_back(
      MakeExtension("2.5.29.60", GeneralizedTime("20260101000000Z")));
  ExpectOdd(LongCrl(1, 200), odd, ErrorCode::kVanished);
}

// By removeFromCRL, which is for holds and for those that have expired.
TEST_F(OddCrls, invalid_vanished_by_a_delta) {
  CrlText delta = DeltaCrl(1, 2, {});
  delta.entries = {
      Entry(IntegerOf("01"), UtcTime("260102030405Z"), {Reason(8)})};
  const CrlText held = NumberedCrl(1, {"01", "02"});
  EXPECT_EQ(
      ErrorCodeOf(
          TakeKnowing({Issued("01", "270101000000Z")}, held, delta).refusal),
      ErrorCode::kVanished);
  EXPECT_EQ(TakeKnowing({Issued("01", "251231000000Z")}, held, delta).outcome,
            Outcome::kTaken);
}

TEST_F(OddCrls, good_vanished_of_an_expired_certificate) {
  const TakeResult taken =
      TakeKnowing({Issued("01", "251231000000Z"), AsBuffer(Octets{0x30})},
                  NumberedCrl(1, {"01", "02"}), NumberedCrl(2, {"02"}));
  EXPECT_EQ(taken.outcome, Outcome::kTaken) << taken.refusal;
  EXPECT_TRUE(taken.odd.empty());
}

TEST_F(OddCrls, good_lifted_hold_is_not_vanished) {
  CrlText held = NumberedCrl(1, {"02"});
  held.entries.push_back(
      Entry(IntegerOf("01"), UtcTime("260102030405Z"), {Reason(6)}));
  const TakeResult taken = TakeKnowing({Issued("01", "270101000000Z")}, held,
                                       NumberedCrl(2, {"02"}));
  EXPECT_EQ(taken.outcome, Outcome::kTaken) << taken.refusal;
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
