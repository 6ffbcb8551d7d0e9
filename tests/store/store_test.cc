// The way of a CRL: taken in, committed, read by others.
#include "engine/verify/digest.h"
#include "tests/store/store_fixture.h"

namespace revstat::test {
namespace {

using Outcome = TakeResult::Outcome;

class Store : public testing::Test {
 protected:
  // A store with the authority's certificate and these CRLs.
  void Make(const std::vector<CrlText>& crls) {
    const auto updater = MustOpen(folder_.store());
    ASSERT_TRUE(updater->AddTrusted(ca_.Certificate()).ok());
    for (const CrlText& crl : crls)
      EXPECT_EQ(MustTake(updater.get(), *ca_.Crl(crl)).outcome,
                Outcome::kTaken);
    EXPECT_EQ(*updater->Commit(During()), 1u);
  }
  std::unique_ptr<StoreReader> Read(std::string_view time = kDuring) {
    auto reader = StoreReader::Open(folder_.store(), PolicyAt(time));
    EXPECT_TRUE(reader.ok()) << reader.status();
    return reader.ok() ? *std::move(reader) : nullptr;
  }

  const TestFolder folder_;
  const TestAuthority ca_;
};

TEST_F(Store, revoked_and_active_from_a_reader) {
  Make({NumberedCrl(1, {"0123"})});
  const auto reader = Read();
  EXPECT_EQ(reader->generation(), 1u);
  EXPECT_EQ(StatusIn(*reader, "0123"), Status::kRevoked);
  EXPECT_EQ(StatusIn(*reader, "0124"), Status::kActive);
  EXPECT_EQ(StatusIn(*reader, "0124", "2026-03-01T00:00:00Z"),
            Status::kUnknown);
}

TEST_F(Store, invalid_without_a_store) {
  EXPECT_EQ(CodeOf(StoreReader::Open(folder_.path(), PolicyAt(kDuring))),
            ErrorCode::kNoSuchFile);
}

TEST_F(Store, good_new_generation_is_seen_and_published) {
  Make({NumberedCrl(1, {"01"})});
  const auto reader = Read();
  EXPECT_FALSE(reader->IsOutdated());
  {
    const auto updater = MustOpen(folder_.store());
    MustTake(updater.get(), *ca_.Crl(NumberedCrl(2, {"01", "02"})));
    EXPECT_FALSE(reader->IsOutdated());
    EXPECT_EQ(*updater->Commit(During()), 2u);
  }
  EXPECT_TRUE(reader->IsOutdated());
  // What only the first generation had is gone, and still answers.
  EXPECT_EQ(StatusIn(*reader, "02"), Status::kActive);
  EXPECT_EQ(*reader->Update(During()), StoreReader::Outcome::kPublished);
  EXPECT_FALSE(reader->IsOutdated());
  EXPECT_EQ(StatusIn(*reader, "02"), Status::kRevoked);
  EXPECT_EQ(*reader->Update(During()), StoreReader::Outcome::kUnchanged);
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(
           StoreFiles(folder_.store()).Segments())) {
    files += entry.is_regular_file();
  }
  EXPECT_EQ(files, 1u);
}

TEST_F(Store, good_delta_beside_its_base) {
  Make({NumberedCrl(5, {"01"}), DeltaCrl(5, 6, {"02"})});
  const auto reader = Read();
  EXPECT_EQ(StatusIn(*reader, "01"), Status::kRevoked);
  EXPECT_EQ(StatusIn(*reader, "02"), Status::kRevoked);
  EXPECT_EQ(StatusIn(*reader, "03"), Status::kActive);
  const auto updater = MustOpen(folder_.store());
  EXPECT_EQ(updater->crls().size(), 2u);
  MustTake(updater.get(), *ca_.Crl(NumberedCrl(7, {"01", "02"})));
  EXPECT_EQ(updater->crls().size(), 1u);
}

// Whether its base is held or not.
TEST_F(Store, revoked_by_a_delta_beside_a_flawed_one) {
  CrlText flawed = DeltaCrl(5, 23, {"04"});
  flawed.extensions.push_back(
      MakeExtension("1.2.3.4", Integer(1), Criticality::kCritical));
  Make({NumberedCrl(5, {"01"}), DeltaCrl(5, 6, {"02"}),
        DeltaCrl(20, 21, {"03"}), flawed});
  EXPECT_EQ(MustOpen(folder_.store())->crls().size(), 4u);
  const auto reader = Read();
  for (const char* serial : {"01", "02", "03", "04"})
    EXPECT_EQ(StatusIn(*reader, serial), Status::kRevoked) << serial;
  EXPECT_EQ(StatusIn(*reader, "05"), Status::kActive);
}

TEST_F(Store, invalid_second_writer_is_told_who_holds_the_lock) {
  StoreUpdaterOptions options;
  options.holder = "a test";
  const auto first = MustOpen(folder_.store(), options);
  const auto second = StoreUpdater::Open(folder_.store(), {});
  ASSERT_EQ(CodeOf(second), ErrorCode::kStoreLocked);
  EXPECT_NE(
      MessageOf(second.status())
          .find(Concat({"process ", std::to_string(getpid()), " (a test)"})),
      std::string_view::npos)
      << second.status();
}

TEST_F(Store, good_same_octets_are_the_same) {
  Make({NumberedCrl(1, {"01"})});
  const auto updater = MustOpen(folder_.store());
  // Ed25519 signs the same octets alike.
  const auto result = MustTake(updater.get(), *ca_.Crl(NumberedCrl(1, {"01"})));
  EXPECT_EQ(result.outcome, Outcome::kSameAsHeld);
  EXPECT_EQ(*updater->Commit(During()), 1u);
}

TEST_F(Store, invalid_older_number_or_time) {
  CrlText held = NumberedCrl(5, {"01"});
  held.this_update = UtcTime("260110000000Z");
  Make({held});
  const auto updater = MustOpen(folder_.store());
  CrlText lower = NumberedCrl(4, {"02"});
  lower.this_update = UtcTime("260111000000Z");
  CrlText earlier = NumberedCrl(6, {"02"});
  earlier.this_update = UtcTime("260109000000Z");
  for (const CrlText& older : {lower, earlier}) {
    const auto result = MustTake(updater.get(), *ca_.Crl(older));
    EXPECT_EQ(result.outcome, Outcome::kRefused);
    EXPECT_EQ(ErrorCodeOf(result.refusal), ErrorCode::kOlderThanHeld);
  }
}

// A CA that is no longer trusted leaves with its CRLs; the others stay.
TEST_F(Store, unknown_once_the_certificate_is_withdrawn) {
  const TestAuthority other("Other CA");
  Make({NumberedCrl(5, {"01"})});
  {
    const auto updater = MustOpen(folder_.store());
    ASSERT_TRUE(updater->AddTrusted(other.Certificate()).ok());
    MustTake(updater.get(), *other.Crl(NumberedCrl(1, {"0a"})));
    ASSERT_EQ(*updater->Commit(During()), 2u);
  }
  const auto reader = Read();
  const Sha256Digest digest = Sha256(ca_.Certificate()->bytes());
  {
    const auto updater = MustOpen(folder_.store());
    EXPECT_FALSE(*updater->Withdraw(Sha256({})));
    EXPECT_TRUE(*updater->Withdraw(digest));
    EXPECT_FALSE(*updater->Withdraw(digest));
    // Nothing of it is left to sign, before the commit either.
    EXPECT_EQ(
        ErrorCodeOf(
            MustTake(updater.get(), *ca_.Crl(NumberedCrl(6, {}))).refusal),
        ErrorCode::kNoIssuer);
    // The other's CRLs still replace each other.
    MustTake(updater.get(), *other.Crl(NumberedCrl(2, {"0a", "0b"})));
    EXPECT_EQ(updater->crls().size(), 1u);
    ASSERT_EQ(*updater->Commit(During()), 3u);
  }
  EXPECT_EQ(*reader->Update(During()), StoreReader::Outcome::kPublished);
  const SnapshotPublisher::Reader snapshot(reader->publisher());
  ASSERT_EQ(snapshot->issuers().size(), 1u);
  EXPECT_EQ(snapshot->sources().size(), 1u);
  EXPECT_EQ(snapshot->Lookup(At(kDuring), Key("0b")).status, Status::kRevoked);
  // Added again, it begins anew.
  const auto updater = MustOpen(folder_.store());
  ASSERT_TRUE(updater->AddTrusted(ca_.Certificate()).ok());
  EXPECT_EQ(MustTake(updater.get(), *ca_.Crl(NumberedCrl(4, {"01"}))).outcome,
            Outcome::kTaken);
}

TEST_F(Store, unknown_unless_the_certificate_is_kept) {
  const TestAuthority other("Other CA");
  Make({NumberedCrl(1, {"01"})});
  const auto updater = MustOpen(folder_.store());
  ASSERT_TRUE(updater->AddTrusted(other.Certificate()).ok());
  ASSERT_TRUE(updater->KeepOnly(std::vector{other.Certificate()}, {}).ok());
  ASSERT_EQ(updater->certificates().size(), 1u);
  EXPECT_TRUE(updater->crls().empty());
}

// A renewed certificate: its CRLs are those of the old one.
TEST_F(Store, revoked_by_the_crl_of_a_certificate_that_another_replaced) {
  Make({NumberedCrl(1, {"01"})});
  const auto renewed = ca_.Certificate("55");
  {
    const auto updater = MustOpen(folder_.store());
    ASSERT_TRUE(updater->AddTrusted(renewed).ok());
    ASSERT_TRUE(updater->KeepOnly(std::vector{renewed}, {}).ok());
    ASSERT_EQ(updater->crls().size(), 1u);
    EXPECT_EQ(updater->crls()[0].segment->signer_sha256(),
              Sha256(renewed->bytes()));
    EXPECT_EQ(*updater->Commit(During()), 2u);
  }
  const auto reader = Read();
  EXPECT_EQ(StatusIn(*reader, "01"), Status::kRevoked);
  EXPECT_EQ(StatusIn(*reader, "02"), Status::kActive);
  const auto updater = MustOpen(folder_.store());
  EXPECT_EQ(MustTake(updater.get(), *ca_.Crl(NumberedCrl(1, {"01"}))).outcome,
            Outcome::kSameAsHeld);
}

}  // namespace
}  // namespace revstat::test
