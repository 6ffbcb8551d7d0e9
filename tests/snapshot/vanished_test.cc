// Certificates that are revoked no longer though they have not expired: which
// are known not to have, and which CRLs end their listing.
#include "engine/snapshot/vanished.h"

#include <gtest/gtest.h>

#include "tests/snapshot/test_authority.h"

namespace revstat::test {
namespace {

using Sources = std::vector<std::shared_ptr<const CrlSource>>;

constexpr uint8_t kHold = 6;
constexpr uint8_t kRemove = 8;

Octets Listed(std::string_view serial, int reason = -1,
              std::string_view date = "260102030405Z") {
  return Entry(IntegerOf(serial), UtcTime(date),
               reason < 0
                   ? std::vector<Octets>{}
                   : std::vector<Octets>{Reason(static_cast<uint8_t>(reason))});
}
Octets Base(uint32_t number) {
  return MakeExtension("2.5.29.27", Integer(number), Criticality::kCritical);
}
// X.509 9.5.2.8, "20260101000000Z".
Octets ExpiredCertsOnCrl(std::string_view since) {
  return MakeExtension("2.5.29.60", GeneralizedTime(since));
}

class VanishedTest : public testing::Test {
 protected:
  // Of January the `number`th, 2026.
  std::shared_ptr<const CrlSource> Crl(
      uint32_t number, const std::vector<Octets>& entries,
      const std::vector<Octets>& extensions = {}) const {
    CrlText text;
    text.this_update =
        UtcTime(Concat({"26010", std::to_string(number), "000000Z"}));
    text.entries = entries;
    text.extensions = extensions;
    text.extensions.push_back(Number(number));
    const auto certificate = ca_.Certificate();
    const CertificateView views[] = {
        *CertificateView::Parse(certificate->bytes())};
    const auto source = CrlSource::Ingest(ca_.Crl(text), views, {});
    EXPECT_TRUE(source.ok()) << source.status();
    return source.ok() ? *source : nullptr;
  }

  // "01 of 2", or "" where none has vanished; with these certificates known.
  std::string Find(const std::shared_ptr<const CrlSource>& crl,
                   const Sources& held) const {
    std::vector<CertificateView> views;
    for (const auto& certificate : known_)
      views.push_back(*CertificateView::Parse(certificate->bytes()));
    const Vanished vanished = FindVanished(crl, held, views);
    return vanished.count == 0 ? vanished.first_serial
                               : Concat({vanished.first_serial, " of ",
                                         std::to_string(vanished.count)});
  }
  void Know(std::string_view serial, std::string_view not_after,
            const Octets& issuer) {
    CertificateText text;
    text.serial = IntegerOf(serial);
    text.issuer = issuer;
    text.not_after = UtcTime(not_after);
    known_.push_back(AsBuffer(text.Der()));
  }
  void Know(std::string_view serial, std::string_view not_after) {
    Know(serial, not_after, ca_.name());
  }

  const TestAuthority ca_;
  std::vector<std::shared_ptr<const Buffer>> known_;
};

TEST_F(VanishedTest, invalid_AKnownCertificateThatHasNotExpired) {
  Know("01", "270101000000Z");
  Know("02", "270101000000Z");
  Know("04", "270101000000Z");  // was never listed
  const auto before = Crl(1, {Listed("01", 1), Listed("02"), Listed("03")});
  EXPECT_EQ(Find(Crl(2, {Listed("02")}), {before}), "01 of 1");
  EXPECT_EQ(Find(Crl(2, {}), {before}), "01 of 2");
  EXPECT_EQ(Find(before, {}), "");
}

TEST_F(VanishedTest, good_AnExpiredCertificateMayGo) {
  // thisUpdate is 2026-01-02T00:00:00Z; the last second is inside.
  Know("01", "260101235959Z");
  Know("02", "260102000000Z");
  const auto before = Crl(1, {Listed("01"), Listed("02")});
  EXPECT_EQ(Find(Crl(2, {}), {before}), "02 of 1");
}

TEST_F(VanishedTest, good_ALiftedHoldIsNone) {
  Know("01", "270101000000Z");
  const auto before = Crl(1, {Listed("01", kHold)});
  EXPECT_EQ(Find(Crl(2, {}), {before}), "");
  EXPECT_EQ(Find(Crl(2, {}, {ExpiredCertsOnCrl("20200101000000Z")}), {before}),
            "");
  // Once it is revoked the hold is over.
  const auto delta = Crl(2, {Listed("01", 1)}, {Base(1)});
  EXPECT_EQ(Find(Crl(3, {}), {before, delta}), "01 of 1");
  // And listed once more, it has not vanished.
  EXPECT_EQ(Find(Crl(3, {Listed("01", kHold)}), {before, delta}), "");
}

TEST_F(VanishedTest, invalid_WhatTheCrlSaysItKeeps) {
  // An entry from the first second on, whatever is known of certificates.
  const auto before = Crl(
      1, {Listed("01", 1, "250601000000Z"), Listed("02", 1, "250531235959Z"),
          Listed("03", 1, "251201000000Z")});
  const auto keeping = [&](std::string_view since) {
    return Find(Crl(2, {Listed("03")}, {ExpiredCertsOnCrl(since)}), {before});
  };
  EXPECT_EQ(keeping("20250601000000Z"), "01 of 1");
  EXPECT_EQ(keeping("20250601000001Z"), "");
  EXPECT_EQ(keeping("20200101000000Z"), "01 of 2");
  EXPECT_EQ(Find(Crl(2, {Listed("03")}), {before}), "");
}

// Their revocation is from before that time, their end from after it.
TEST_F(VanishedTest, invalid_AnExpiredCertificateThatTheCrlKeeps) {
  Know("01", "250701000000Z");
  Know("02", "250531000000Z");
  const auto before = Crl(
      1, {Listed("01", 1, "240101000000Z"), Listed("02", 1, "240101000000Z")});
  EXPECT_EQ(Find(Crl(2, {}, {ExpiredCertsOnCrl("20250601000000Z")}), {before}),
            "01 of 1");
}

TEST_F(VanishedTest, invalid_WhatADeltaHadAdded) {
  Know("01", "270101000000Z");
  const auto base = Crl(1, {});
  const auto delta = Crl(2, {Listed("01", 1)}, {Base(1)});
  EXPECT_EQ(Find(Crl(3, {}), {base, delta}), "01 of 1");
  EXPECT_EQ(Find(Crl(3, {Listed("01", 1)}), {base, delta}), "");
  // A later delta on the same base has all that came since.
  EXPECT_EQ(Find(Crl(3, {}, {Base(1)}), {base, delta}), "01 of 1");
  // One that starts where the other ended need not list it.
  EXPECT_EQ(Find(Crl(3, {}, {Base(2)}), {base, delta}), "");
  // Nor what a complete CRL does.
  const auto listing = Crl(1, {Listed("01", 1)});
  EXPECT_EQ(Find(Crl(2, {}, {Base(1)}), {listing}), "");
  // An older complete CRL says nothing of it.
  EXPECT_EQ(Find(Crl(1, {}), {delta}), "");
}

// Its base is not held; the later delta of the same base takes its place.
TEST_F(VanishedTest, invalid_WhatAWaitingDeltaHadAdded) {
  Know("01", "270101000000Z");
  const auto waiting = Crl(2, {Listed("01", 1)}, {Base(1)});
  EXPECT_EQ(Find(Crl(3, {}, {Base(1)}), {waiting}), "01 of 1");
  EXPECT_EQ(Find(Crl(3, {Listed("01", 1)}, {Base(1)}), {waiting}), "");
  EXPECT_EQ(Find(Crl(3, {}, {Base(2)}), {waiting}), "");
}

// What it does not list, or removes, others go on listing.
TEST_F(VanishedTest, good_AFlawedDeltaEndsNothing) {
  Know("01", "270101000000Z");
  const Octets unknown =
      MakeExtension("1.2.3.4", Integer(1), Criticality::kCritical);
  const auto base = Crl(1, {});
  const auto delta = Crl(2, {Listed("01", 1)}, {Base(1)});
  const auto flawed = Crl(3, {}, {Base(1), unknown});
  EXPECT_EQ(Find(flawed, {base, delta}), "");
  EXPECT_EQ(Find(flawed, {delta}), "");
  const auto listing = Crl(1, {Listed("01", 1)});
  const auto removing = Crl(3, {Listed("01", kRemove)}, {Base(1), unknown});
  EXPECT_EQ(Find(removing, {listing}), "");
  const auto entry =
      Entry(IntegerOf("07"), UtcTime("260102030405Z"), {unknown});
  EXPECT_EQ(Find(Crl(3, {entry}, {Base(1)}), {base, delta}), "");
}

TEST_F(VanishedTest, invalid_WhatAFlawedDeltaAloneLists) {
  Know("01", "270101000000Z");
  const auto base = Crl(1, {});
  const auto flawed = Crl(
      2, {Listed("01", 1)},
      {Base(1), MakeExtension("1.2.3.4", Integer(1), Criticality::kCritical)});
  EXPECT_EQ(Find(Crl(3, {}, {Base(1)}), {base, flawed}), "01 of 1");
  EXPECT_EQ(Find(Crl(3, {}), {base, flawed}), "01 of 1");
  EXPECT_EQ(Find(Crl(3, {}, {Base(2)}), {base, flawed}), "");
}

// 5.3.1: removeFromCRL is for holds, and for those that have expired.
TEST_F(VanishedTest, invalid_RemovedByADelta) {
  Know("01", "270101000000Z");
  Know("02", "270101000000Z");
  Know("03", "260101000000Z");
  const auto base = Crl(1, {Listed("01", 1), Listed("02", kHold),
                            Listed("03", 1), Listed("04", 1)});
  const std::vector<Octets> removed = {
      Listed("01", kRemove), Listed("02", kRemove), Listed("03", kRemove),
      Listed("04", kRemove)};
  EXPECT_EQ(Find(Crl(2, removed, {Base(1)}), {base}), "01 of 1");
  EXPECT_EQ(
      Find(Crl(2, removed, {Base(1), ExpiredCertsOnCrl("20260102030405Z")}),
           {base}),
      "01 of 3");
  // A delta that starts later than what is held changes nothing yet.
  EXPECT_EQ(Find(Crl(3, removed, {Base(2)}), {base}), "");
}

// The one that contradicts is beside it, and goes on listing.
TEST_F(VanishedTest, good_WhileAnotherOfTheSameNumberLists) {
  Know("01", "270101000000Z");
  const auto before = Crl(1, {Listed("01", 1)});
  EXPECT_EQ(Find(Crl(1, {Listed("05")}), {before}), "");
}

// The same serial of another certificate issuer is another certificate.
TEST_F(VanishedTest, invalid_OfAnIndirectCrlByCertificateIssuer) {
  const std::vector<Octets> indirect = {
      IssuingPoint({Tlv(der::ContextPrimitive(4), Octets{0xFF})})};
  const auto of = [](const char* issuer) {
    return Entry(Integer(1), UtcTime("260102030405Z"),
                 {CertificateIssuer(CommonName(issuer))});
  };
  Know("01", "270101000000Z", CommonName("A"));
  Know("01", "270101000000Z", CommonName("B"));
  const auto before = Crl(1, {of("A"), of("B"), of("C")}, indirect);
  EXPECT_EQ(Find(Crl(2, {of("A"), of("C")}, indirect), {before}), "01 of 1");
  EXPECT_EQ(Find(Crl(2, {of("A"), of("B")}, indirect), {before}), "");
  EXPECT_EQ(Find(Crl(2, {of("C")}, indirect), {before}), "01 of 2");
}

}  // namespace
}  // namespace revstat::test
