// Untrusted certificates: issuers while their path is valid, and no longer.
#include "engine/base/error.h"
#include "engine/check/evidence_builder.h"
#include "engine/check/store_check.h"
#include "tests/store/store_fixture.h"

namespace revstat::test {
namespace {

// A CA below a root, valid for the January of 2026.
class StorePaths : public testing::Test {
 protected:
  std::shared_ptr<const Buffer> Intermediate(
      const char* not_after = "260120000000Z") const {
    CertificateText text;
    text.issuer = root_.name();
    text.subject = ca_.name();
    text.serial = IntegerOf("55");
    text.public_key = ca_.key().Spki();
    text.not_before = UtcTime("260101000000Z");
    text.not_after = UtcTime(not_after);
    text.extensions = {
        MakeExtension("2.5.29.19", Seq({True()}), Criticality::kCritical),
        MakeExtension("2.5.29.15", Hex("03020106"), Criticality::kCritical)};
    return AsBuffer(root_.key().Signed(text, Ed25519()));
  }
  std::shared_ptr<const Buffer> Root() const {
    CertificateText text;
    text.issuer = text.subject = root_.name();
    text.public_key = root_.key().Spki();
    text.extensions = {
        MakeExtension("2.5.29.19", Seq({True()}), Criticality::kCritical),
        MakeExtension("2.5.29.15", Hex("03020106"), Criticality::kCritical)};
    return AsBuffer(root_.key().Signed(text, Ed25519()));
  }
  void Make() {
    const auto updater = MustOpen(folder_.store());
    ASSERT_TRUE(updater->AddTrusted(Root()).ok());
    ASSERT_TRUE(updater->AddUntrusted(Intermediate()).ok());
    EXPECT_EQ(
        MustTake(updater.get(), *root_.Crl(NumberedCrl(1, {"99"}))).outcome,
        TakeResult::Outcome::kTaken);
    const auto taken =
        MustTake(updater.get(), *ca_.Crl(NumberedCrl(1, {"01"})));
    EXPECT_EQ(taken.outcome, TakeResult::Outcome::kTaken) << taken.refusal;
    ASSERT_TRUE(updater->Commit(During()).ok());
  }
  // Of a serial of the intermediate CA.
  Status StatusAt(const StoreReader& reader, std::string_view serial,
                  std::string_view time) const {
    const SnapshotPublisher::Reader snapshot(reader.publisher());
    const auto view = CertificateView::Parse(intermediate_->bytes());
    const auto ids = snapshot->IssuersNamed(CanonicalName(view->subject()));
    return ids.empty()
               ? Status::kUnknown
               : snapshot->Lookup(At(time), Key(serial, ids.front())).status;
  }

  const TestFolder folder_;
  const TestAuthority root_{"Root"};
  const TestAuthority ca_{"Intermediate"};
  const std::shared_ptr<const Buffer> intermediate_ = Intermediate();
};

TEST_F(StorePaths, unknown_outside_the_window_of_the_path) {
  Make();
  const auto policy = PolicyAt(kDuring);
  const auto reader = *StoreReader::Open(folder_.store(), policy);
  EXPECT_EQ(StatusAt(*reader, "02", kDuring), Status::kActive);
  EXPECT_EQ(StatusAt(*reader, "01", kDuring), Status::kRevoked);
  // The CA is past its window, its CRL is not past its nextUpdate.
  constexpr std::string_view kAfter = "2026-01-20T00:00:01Z";
  EXPECT_EQ(*reader->Update(*ParseTime("2026-01-19T23:59:00Z")),
            StoreReader::Outcome::kPublished);
  EXPECT_EQ(*reader->Update(*ParseTime("2026-01-20T00:00:00Z")),
            StoreReader::Outcome::kUnchanged);
  EXPECT_EQ(StatusAt(*reader, "02", "2026-01-20T00:00:00Z"), Status::kActive);
  EXPECT_EQ(*reader->Update(*ParseTime(kAfter)),
            StoreReader::Outcome::kPublished);
  EXPECT_EQ(StatusAt(*reader, "02", kAfter), Status::kUnknown);
  const auto late = *StoreReader::Open(folder_.store(), PolicyAt(kAfter));
  EXPECT_EQ(StatusAt(*late, "02", kAfter), Status::kUnknown);
}

TEST_F(StorePaths, unknown_outside_the_window_though_the_disk_fails) {
  Make();
  const auto reader = *StoreReader::Open(folder_.store(), PolicyAt(kDuring));
  {
    const auto updater = MustOpen(folder_.store());
    MustTake(updater.get(), *root_.Crl(NumberedCrl(2, {"99"})));
    ASSERT_TRUE(updater->Commit(During()).ok());
  }
  std::ofstream(StoreFiles(folder_.store()).Manifest()) << "damage";
  EXPECT_EQ(CodeOf(reader->Update(During())), ErrorCode::kStoreDamaged);
  EXPECT_EQ(StatusAt(*reader, "02", kDuring), Status::kActive);
  constexpr std::string_view kAfter = "2026-01-20T00:00:01Z";
  EXPECT_EQ(CodeOf(reader->Update(*ParseTime(kAfter))),
            ErrorCode::kStoreDamaged);
  EXPECT_EQ(StatusAt(*reader, "02", kAfter), Status::kUnknown);
}

// The same name and key: what the old certificate verified the new one serves.
TEST_F(StorePaths, active_by_the_certificate_that_replaced_the_signers) {
  Make();
  {
    const auto updater = MustOpen(folder_.store());
    ASSERT_TRUE(updater->AddUntrusted(Intermediate("260220000000Z")).ok());
    ASSERT_TRUE(updater->Commit(During()).ok());
  }
  constexpr std::string_view kAfter = "2026-01-25T00:00:00Z";
  const auto reader = *StoreReader::Open(folder_.store(), PolicyAt(kAfter));
  EXPECT_EQ(StatusAt(*reader, "01", kAfter), Status::kRevoked);
  EXPECT_EQ(StatusAt(*reader, "02", kAfter), Status::kActive);
}

TEST_F(StorePaths, unknown_once_the_root_is_withdrawn) {
  Make();
  const auto reader = *StoreReader::Open(folder_.store(), PolicyAt(kDuring));
  const auto updater = MustOpen(folder_.store());
  ASSERT_TRUE(*updater->Withdraw(Sha256(Root()->bytes())));
  const auto next = ca_.Crl(NumberedCrl(2, {"01"}));
  EXPECT_EQ(ErrorCodeOf(MustTake(updater.get(), *next).refusal),
            ErrorCode::kNoIssuer);
  ASSERT_TRUE(updater->Commit(During()).ok());
  EXPECT_EQ(*reader->Update(During()), StoreReader::Outcome::kPublished);
  EXPECT_EQ(StatusAt(*reader, "01", kDuring), Status::kUnknown);
  EXPECT_EQ(StatusAt(*reader, "02", kDuring), Status::kUnknown);
}

// Moved from trusted to untrusted, it counts while a path leads to a root.
TEST_F(StorePaths, unknown_once_the_operator_takes_his_word_back) {
  {
    const auto updater = MustOpen(folder_.store());
    ASSERT_TRUE(updater->AddTrusted(intermediate_).ok());
    MustTake(updater.get(), *ca_.Crl(NumberedCrl(1, {"01"})));
    ASSERT_TRUE(updater->Commit(During()).ok());
  }
  const auto reader = *StoreReader::Open(folder_.store(), PolicyAt(kDuring));
  EXPECT_EQ(StatusAt(*reader, "01", kDuring), Status::kRevoked);
  const auto updater = MustOpen(folder_.store());
  ASSERT_TRUE(updater->KeepOnly({}, std::vector{intermediate_}).ok());
  ASSERT_EQ(*updater->Commit(During()), 2u);
  ASSERT_EQ(updater->crls().size(), 1u);
  EXPECT_EQ(*reader->Update(During()), StoreReader::Outcome::kPublished);
  EXPECT_EQ(StatusAt(*reader, "01", kDuring), Status::kUnknown);
  // With the root it counts again, as what it is.
  ASSERT_TRUE(updater->AddTrusted(Root()).ok());
  MustTake(updater.get(), *root_.Crl(NumberedCrl(1, {"99"})));
  ASSERT_EQ(*updater->Commit(During()), 3u);
  EXPECT_EQ(*reader->Update(During()), StoreReader::Outcome::kPublished);
  EXPECT_EQ(StatusAt(*reader, "01", kDuring), Status::kRevoked);
}

TEST_F(StorePaths, unknown_once_the_ca_is_revoked) {
  Make();
  const auto reader = *StoreReader::Open(folder_.store(), PolicyAt(kDuring));
  const auto updater = MustOpen(folder_.store());
  MustTake(updater.get(), *root_.Crl(NumberedCrl(2, {"55"})));
  ASSERT_TRUE(updater->Commit(During()).ok());
  ASSERT_EQ(*reader->Update(During()), StoreReader::Outcome::kPublished);
  EXPECT_EQ(StatusAt(*reader, "02", kDuring), Status::kUnknown);
}

TEST_F(StorePaths, invalid_crl_of_a_ca_without_a_path) {
  const auto updater = MustOpen(folder_.store());
  ASSERT_TRUE(updater->AddUntrusted(Intermediate()).ok());
  const auto alone = MustTake(updater.get(), *ca_.Crl(NumberedCrl(1, {"01"})));
  EXPECT_EQ(ErrorCodeOf(alone.refusal), ErrorCode::kNoIssuer);
  ASSERT_TRUE(updater->AddTrusted(Root()).ok());
  const auto late = updater->Take(*ca_.Crl(NumberedCrl(1, {"01"})),
                                  *ParseTime("2026-01-25T00:00:00Z"));
  ASSERT_TRUE(late.ok());
  EXPECT_EQ(ErrorCodeOf(late->refusal), ErrorCode::kNoIssuer);
  EXPECT_EQ(MustTake(updater.get(), *ca_.Crl(NumberedCrl(1, {"01"}))).outcome,
            TakeResult::Outcome::kTaken);
}

TEST_F(StorePaths, invalid_recorded_path_that_openssl_does_not_find) {
  Make();
  const StoreFiles names(folder_.store());
  auto contents = *ReadStore(&FileSystem::System(), names, nullptr);
  EXPECT_TRUE(CheckStoredPaths(contents, names).ok());
  ManifestCertificate& issuing = contents.manifest.certificates[1];
  ASSERT_EQ(issuing.paths.size(), 2u);
  const auto paths = issuing.paths;
  const auto expect_damage = [&](const char* what) {
    const absl::Status status = CheckStoredPaths(contents, names);
    EXPECT_EQ(ErrorCodeOf(status), ErrorCode::kStoreDamaged) << what;
    issuing.paths = paths;
  };
  issuing.paths[0].not_after += std::chrono::seconds(1);
  expect_damage("a window that is too long");
  issuing.paths[1].not_before -= std::chrono::seconds(1);
  expect_damage("a window that begins too early");
  issuing.paths[0].anchor = 1;
  expect_damage("an anchor that nobody vouches for");
  // The certificate's signature; its form stays.
  std::string octets(TextOf(issuing.der->bytes()));
  octets.back() = static_cast<char>(octets.back() ^ 1);
  issuing.der = Buffer::FromVector({octets.begin(), octets.end()});
  expect_damage("a signature");
}

TEST_F(StorePaths, active_as_with_the_same_files) {
  Make();
  for (const AnchorKind kind : {AnchorKind::kAny, AnchorKind::kSelfSigned}) {
    EvidencePolicy policy = PolicyAt(kDuring);
    policy.anchor_kind = kind;
    EvidenceBuilder files(policy);
    ASSERT_TRUE(files.AddTrusted(Root()).ok());
    ASSERT_TRUE(files.AddUntrusted(Intermediate()).ok());
    ASSERT_TRUE(files.IngestCrl(root_.Crl(NumberedCrl(1, {"99"}))).ok());
    ASSERT_TRUE(files.IngestCrl(ca_.Crl(NumberedCrl(1, {"01"}))).ok());
    const auto from_files = std::move(files).Build().snapshot;
    const auto reader = *StoreReader::Open(folder_.store(), policy);
    const SnapshotPublisher::Reader from_store(reader->publisher());
    ASSERT_EQ(from_store->issuers().size(), from_files->issuers().size());
    for (IssuerId id = 0; id < from_files->issuers().size(); ++id) {
      for (const auto* serial : {"01", "02", "55", "99"}) {
        const Verdict a = from_files->Lookup(policy.lookup, Key(serial, id));
        const Verdict b = from_store->Lookup(policy.lookup, Key(serial, id));
        EXPECT_EQ(a.status, b.status);
        EXPECT_EQ(a.cause, b.cause);
      }
    }
  }
}

}  // namespace
}  // namespace revstat::test
