#include "engine/snapshot/crl_changes.h"

#include <gtest/gtest.h>

#include "tests/snapshot/test_authority.h"

namespace revstat::test {
namespace {

Octets Listed(uint32_t serial, int reason = -1) {
  return Entry(Integer(serial), UtcTime("260102030405Z"),
               reason < 0
                   ? std::vector<Octets>{}
                   : std::vector<Octets>{Reason(static_cast<uint8_t>(reason))});
}

class CrlChangesTest : public testing::Test {
 protected:
  std::shared_ptr<const CrlSource> Ingest(
      const std::vector<Octets>& entries,
      const std::vector<Octets>& extensions = {}) {
    CrlText text;
    text.entries = entries;
    text.extensions = extensions;
    const auto certificate = ca_.Certificate();
    const CertificateView views[] = {
        *CertificateView::Parse(certificate->bytes())};
    const auto source = CrlSource::Ingest(ca_.Crl(text), views, {});
    EXPECT_TRUE(source.ok()) << source.status();
    return *source;
  }
  // "revoked 04; lifted 02"
  static std::string TextOf(const CrlChanges& changes) {
    std::string text;
    for (const CrlChanges::Entry& entry : changes.first) {
      text += Concat(
          {text.empty() ? "" : "; ", NameOf(entry.change), " ", entry.serial});
    }
    return text;
  }

  const TestAuthority ca_;
  const std::vector<Octets> delta_ = {
      Number(6),
      MakeExtension("2.5.29.27", Integer(5), Criticality::kCritical)};
};

TEST_F(CrlChangesTest, good_EveryKindOfChange) {
  const auto before =
      Ingest({Listed(1), Listed(2, 6), Listed(3), Listed(4, 6), Listed(5, 6)});
  const auto after = Ingest(
      {Listed(1, 1), Listed(4, 1), Listed(5, 6), Listed(6), Listed(7, 6)});
  const CrlChanges changes = CompareCrls(before.get(), *after, 100);
  EXPECT_EQ(TextOf(changes),
            "revoked 04; revoked 06; put_on_hold 07; lifted 02; gone 03");
  EXPECT_EQ(changes.revoked, 2u);
  EXPECT_EQ(changes.put_on_hold, 1u);
  EXPECT_EQ(changes.lifted, 1u);
  EXPECT_EQ(changes.gone, 1u);
  EXPECT_EQ(TextOf(CompareCrls(before.get(), *after, 1)), "revoked 04");
  EXPECT_EQ(CompareCrls(before.get(), *after, 0).gone, 1u);
  EXPECT_EQ(TextOf(CompareCrls(after.get(), *after, 100)), "");
}

TEST_F(CrlChangesTest, good_NothingBeforeCountsAll) {
  const auto after = Ingest({Listed(1), Listed(2, 6), Listed(3, 4)});
  const CrlChanges changes = CompareCrls(nullptr, *after, 100);
  EXPECT_EQ(changes.revoked, 2u);
  EXPECT_EQ(changes.put_on_hold, 1u);
  EXPECT_TRUE(changes.first.empty());
}

// Of two entries of one certificate the stricter binds, and counts once.
TEST_F(CrlChangesTest, good_EntriesTwiceCountOnce) {
  const auto before = Ingest({Listed(9)});
  const auto after = Ingest({Listed(9), Listed(1, 6), Listed(1, 1)});
  EXPECT_EQ(TextOf(CompareCrls(before.get(), *after, 100)), "revoked 01");
}

TEST_F(CrlChangesTest, good_DeltasLiftByRemoveFromCrlAlone) {
  const auto before = Ingest({Listed(1, 6), Listed(2)}, delta_);
  const auto after = Ingest({Listed(1, 8), Listed(3, 8), Listed(4)}, delta_);
  EXPECT_EQ(TextOf(CompareCrls(before.get(), *after, 100)),
            "lifted 01; lifted 03; revoked 04");
  EXPECT_EQ(TextOf(CompareCrls(after.get(), *before, 100)),
            "put_on_hold 01; revoked 02");
}

// The same serial of another certificate issuer is another certificate.
TEST_F(CrlChangesTest, good_IndirectCrlsByCertificateIssuer) {
  const std::vector<Octets> indirect = {
      IssuingPoint({Tlv(der::ContextPrimitive(4), Octets{0xFF})})};
  const auto of = [](const char* issuer) {
    return Entry(Integer(1), UtcTime("260102030405Z"),
                 {CertificateIssuer(CommonName(issuer))});
  };
  const auto before = Ingest({of("A")}, indirect);
  const auto after = Ingest({of("A"), of("B")}, indirect);
  EXPECT_EQ(CompareCrls(before.get(), *after, 100).revoked, 1u);
  EXPECT_EQ(CompareCrls(after.get(), *before, 100).gone, 1u);
}

}  // namespace
}  // namespace revstat::test
