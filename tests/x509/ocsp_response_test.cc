// OCSP responses: every field read, and every field wrong in turn.
#include "engine/x509/ocsp_response.h"

#include <gtest/gtest.h>

#include "tests/support/expect.h"
#include "tests/support/ocsp_text.h"

namespace revstat {
namespace {

using test::CertIdText;
using test::Failure;
using test::Integer;
using test::MakeExtension;
using test::Nest;
using test::Octets;
using test::OffsetOf;
using test::ResponseText;
using test::SingleText;
using test::Tlv;

Failure FailureOf(const ResponseText& text) {
  return test::FailureOf<OcspResponseView>(text.Der());
}

// Expects the failure at the first octet of `part`.
void ExpectRefused(const ResponseText& text, ErrorCode code, const Octets& part,
                   const char* field) {
  const Octets der = text.Der();
  EXPECT_EQ(FailureOf(text), (Failure{code, OffsetOf(part, der), field}));
}

ResponseText WithSingle(const SingleText& single) {
  ResponseText text;
  text.responses = {single.Der()};
  return text;
}

ResponseText WithCertId(const CertIdText& id) {
  SingleText single;
  single.cert_id = id.Der();
  return WithSingle(single);
}

OcspSingleResponse FirstOf(const OcspResponseView& response) {
  OcspSingleResponse first;
  bool is_first = true;
  response.ForEachResponse([&](const OcspSingleResponse& single) {
    if (is_first) first = single;
    is_first = false;
  });
  return first;
}

TEST(OcspResponse, ReadsEveryFieldWithoutCopying) {
  ResponseText text;
  SingleText single;
  single.status = test::Revoked("20260102030405Z", 1);
  single.extensions = {
      MakeExtension("1.3.6.1.5.5.7.48.1.6",
                    test::GeneralizedTime("20200101000000Z")),
      MakeExtension("2.5.29.24", test::GeneralizedTime("20251231000000Z")),
      MakeExtension(
          "1.3.6.1.5.5.7.48.1.3",
          test::Seq({Nest(der::ContextConstructed(0),
                          {test::Text(der::kIa5String, "http://a/")}),
                     Nest(der::ContextConstructed(1), {Integer(7)}),
                     Nest(der::ContextConstructed(2),
                          {test::GeneralizedTime("20260109000000Z")})}))};
  text.responses = {single.Der(), SingleText().Der()};
  text.extensions = {
      test::NonceExtension(Octets(32, 0x77)),
      MakeExtension("1.3.6.1.5.5.7.48.1.9", Tlv(der::kNull, {}))};
  text.certificates = {test::CertificateText().Der()};
  const Octets der = text.Der();
  const auto response = OcspResponseView::Parse(der);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->der().data(), der.data());
  EXPECT_EQ(response->status(), OcspResponseStatus::kSuccessful);
  EXPECT_TRUE(response->is_basic());
  EXPECT_TRUE(Equal(response->tbs_tlv(), text.Tbs()));
  EXPECT_TRUE(Equal(response->signature(), Octets(64, 0xa5)));
  EXPECT_TRUE(Equal(response->signature_algorithm_tlv(), text.algorithm));
  EXPECT_TRUE(
      Equal(response->responder().by_name.tlv(), test::CommonName("Test CA")));
  EXPECT_TRUE(response->responder().by_key.empty());
  EXPECT_EQ(FormatTime(response->produced_at()), "2026-01-10T00:00:00Z");
  EXPECT_TRUE(Equal(response->nonce(), Octets(32, 0x77)));
  EXPECT_EQ(response->revoked(), OcspResponseView::Revoked::kAlsoNotIssued);
  EXPECT_EQ(response->response_count(), 2u);
  EXPECT_EQ(response->certificate_count(), 1u);
  response->ForEachCertificate([&](Bytes certificate) {
    EXPECT_TRUE(Equal(certificate, text.certificates[0]));
  });
  const OcspSingleResponse first = FirstOf(*response);
  EXPECT_EQ(first.status, CertStatus::kRevoked);
  EXPECT_EQ(first.reason, ReasonCode::kKeyCompromise);
  EXPECT_EQ(FormatTime(first.revocation_time), "2026-01-02T03:04:05Z");
  EXPECT_EQ(FormatTime(first.this_update), "2026-01-10T00:00:00Z");
  EXPECT_EQ(FormatTime(*first.next_update), "2026-01-20T00:00:00Z");
  EXPECT_EQ(FormatTime(*first.archive_cutoff), "2020-01-01T00:00:00Z");
  EXPECT_EQ(FormatTime(*first.invalidity_date), "2025-12-31T00:00:00Z");
  EXPECT_EQ(TextOf(first.crl->url), "http://a/");
  EXPECT_EQ(ToHex(first.crl->number), "07");
  EXPECT_EQ(FormatTime(*first.crl->time), "2026-01-09T00:00:00Z");
  EXPECT_EQ(first.cert_id.hash, CertIdHash::kSha1);
  EXPECT_TRUE(Equal(first.cert_id.issuer_name_hash, Octets(20, 0x4e)));
  EXPECT_TRUE(Equal(first.cert_id.issuer_key_hash, Octets(20, 0x4b)));
  EXPECT_EQ(first.cert_id.serial.ToText(), "0123");
}

TEST(OcspResponse, ReadsEveryHashAndBothStatusesWithoutTimes) {
  const std::vector<std::pair<const char*, CertIdHash>> hashes = {
      {"SHA1", CertIdHash::kSha1},
      {"SHA256", CertIdHash::kSha256},
      {"SHA384", CertIdHash::kSha384},
      {"SHA512", CertIdHash::kSha512}};
  for (const auto& [name, hash] : hashes) {
    CertIdText id;
    id.hash_algorithm = test::DigestAlgorithm(name);
    id.name_hash = Octets(SizeOf(hash), 1);
    id.key_hash = Octets(SizeOf(hash), 2);
    SingleText single;
    single.cert_id = id.Der();
    single.status = test::Unknown();
    single.next_update = {};
    const Octets der = WithSingle(single).Der();
    const auto response = OcspResponseView::Parse(der);
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(FirstOf(*response).cert_id.hash, hash);
    EXPECT_EQ(FirstOf(*response).status, CertStatus::kUnknown);
    EXPECT_FALSE(FirstOf(*response).next_update.has_value());
  }
}

TEST(OcspResponse, TakesAnotherHashWhateverItsLengthAndParameters) {
  CertIdText id;
  id.hash_algorithm = test::Seq({test::Oid("1.2.3"), Integer(1)});
  id.name_hash = Octets(3, 1);
  const Octets der = WithCertId(id).Der();
  const auto response = OcspResponseView::Parse(der);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(FirstOf(*response).cert_id.hash, CertIdHash::kOther);
}

TEST(OcspResponse, HasAStatusAloneWhereItIsAnError) {
  for (const uint8_t status : Octets{1, 2, 3, 5, 6}) {
    ResponseText text;
    text.status = Tlv(der::kEnumerated, Octets{status});
    text.response_bytes = Octets{};
    const Octets der = text.Der();
    const auto response = OcspResponseView::Parse(der);
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(static_cast<uint8_t>(response->status()), status);
    EXPECT_FALSE(response->is_basic());
  }
}

TEST(OcspResponse, StatusIsOneOfTheList) {
  for (const Octets& status :
       {Tlv(der::kEnumerated, Octets{4}), Tlv(der::kEnumerated, Octets{7}),
        Tlv(der::kEnumerated, Octets{0x80})}) {
    ResponseText text;
    text.status = status;
    ExpectRefused(text, ErrorCode::kBadEnumerated, status, "responseStatus");
  }
  ResponseText text;
  text.status = Integer(0);
  ExpectRefused(text, ErrorCode::kUnexpectedTag, text.status, "responseStatus");
}

TEST(OcspResponse, SuccessfulWithoutBytesIsRefused) {
  ResponseText text;
  text.response_bytes = Octets{};
  EXPECT_EQ(FailureOf(text),
            (Failure{ErrorCode::kMissingField, 5, "responseBytes"}));
}

TEST(OcspResponse, OfAnotherTypeIsNotLookedInto) {
  ResponseText text;
  text.type = test::Oid("1.2.3");
  text.basic = test::Hex("ff");
  const Octets der = text.Der();
  const auto response = OcspResponseView::Parse(der);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_FALSE(response->is_basic());
  EXPECT_EQ(ToHex(response->response_type()), "2a03");
}

TEST(OcspResponse, NothingFollowsAnyOfItsParts) {
  const Octets extra = test::Hex("0500");
  ResponseText text;
  text.after_extensions = extra;
  EXPECT_EQ(FailureOf(text).field, "tbsResponseData");
  EXPECT_EQ(FailureOf(text).code, ErrorCode::kTrailingData);
  text = {};
  text.after_certificates = extra;
  EXPECT_EQ(FailureOf(text).field, "BasicOCSPResponse");
  EXPECT_EQ(FailureOf(text).code, ErrorCode::kTrailingData);
  text = {};
  text.basic = test::Join({text.Basic(), extra});
  EXPECT_EQ(FailureOf(text).field, "response");
  EXPECT_EQ(FailureOf(text).code, ErrorCode::kTrailingData);
  const Octets der = test::Join({ResponseText().Der(), extra});
  EXPECT_EQ(
      test::FailureOf<OcspResponseView>(der),
      (Failure{ErrorCode::kTrailingData, der.size() - 2, "OCSPResponse"}));
}

TEST(OcspResponse, CutAtAnyOctetIsTruncated) {
  const Octets der = ResponseText().Der();
  for (size_t size = 0; size < der.size(); ++size)
    EXPECT_EQ(test::FailureOf<OcspResponseView>(Bytes(der).first(size)),
              (Failure{ErrorCode::kTruncated, 0, "OCSPResponse"}))
        << size;
}

TEST(OcspResponse, CutInsideTheBasicResponseIsRefused) {
  ResponseText text;
  const Octets basic = text.Basic();
  for (size_t size = 0; size < basic.size(); ++size) {
    text.basic = Octets(basic.begin(), basic.begin() + static_cast<long>(size));
    EXPECT_EQ(FailureOf(text).code, ErrorCode::kTruncated) << size;
  }
}

TEST(OcspResponse, AnyOctetReplacedIsReadOrRefusedInside) {
  const Octets good = ResponseText().Der();
  for (size_t i = 0; i < good.size(); ++i) {
    for (int value : {0x00, 0x30, 0x7f, 0x80, 0xff}) {
      Octets der = good;
      der[i] = static_cast<uint8_t>(value);
      const Failure failure = test::FailureOf<OcspResponseView>(der);
      EXPECT_LE(failure.offset, der.size());
    }
  }
}

TEST(OcspResponse, VersionIsOneAndMayBeSpelledOut) {
  ResponseText text;
  text.version = Nest(der::ContextConstructed(0), {Integer(0)});
  EXPECT_EQ(FailureOf(text), Failure{});
  const Octets two = Integer(1);
  text.version = Nest(der::ContextConstructed(0), {two});
  EXPECT_EQ(FailureOf(text).code, ErrorCode::kIntegerOutOfRange);
  EXPECT_EQ(FailureOf(text).field, "version");
}

TEST(OcspResponse, ResponderIsNamedOrHashed) {
  ResponseText text;
  text.responder = test::ByKey(Octets(20, 7));
  const Octets der = text.Der();
  const auto response = OcspResponseView::Parse(der);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_TRUE(Equal(response->responder().by_key, Octets(20, 7)));
  for (size_t size : {0u, 19u, 21u, 32u}) {
    text.responder = test::ByKey(Octets(size, 7));
    ExpectRefused(text, ErrorCode::kBadHashLength,
                  test::OctetString(Octets(size, 7)), "byKey");
  }
  text.responder = Tlv(der::ContextConstructed(3), test::CommonName("a"));
  ExpectRefused(text, ErrorCode::kUnexpectedTag, text.responder, "responderID");
  text.responder = test::ByName(Integer(1));
  ExpectRefused(text, ErrorCode::kUnexpectedTag, Integer(1), "byName");
}

TEST(OcspResponse, TimesAreGeneralized) {
  const Octets utc = test::UtcTime("260110000001Z");
  const Octets fraction = test::GeneralizedTime("20260110000000.5Z");
  for (const auto& [time, code] : {std::pair(utc, ErrorCode::kUnexpectedTag),
                                   std::pair(fraction, ErrorCode::kBadTime)}) {
    ResponseText text;
    text.produced_at = time;
    ExpectRefused(text, code, time, "producedAt");
    SingleText single;
    single.this_update = time;
    ExpectRefused(WithSingle(single), code, time, "thisUpdate");
    single = {};
    single.next_update = time;
    ExpectRefused(WithSingle(single), code, time, "nextUpdate");
    single = {};
    single.status = Nest(der::ContextConstructed(1), {time});
    ExpectRefused(WithSingle(single), code, time, "revocationTime");
  }
}

TEST(OcspResponse, NextUpdateIsNotBeforeThisUpdate) {
  SingleText single;
  single.next_update = test::GeneralizedTime("20260109235959Z");
  ExpectRefused(WithSingle(single), ErrorCode::kTimesReversed,
                single.next_update, "nextUpdate");
  single.next_update = single.this_update;
  EXPECT_EQ(FailureOf(WithSingle(single)), Failure{});
}

TEST(OcspResponse, CertStatusIsOneOfThree) {
  SingleText single;
  single.status = Tlv(der::ContextPrimitive(0), test::Hex("00"));
  ExpectRefused(WithSingle(single), ErrorCode::kBadNull, single.status,
                "certStatus");
  single.status = Tlv(der::ContextPrimitive(2), test::Hex("00"));
  ExpectRefused(WithSingle(single), ErrorCode::kBadNull, single.status,
                "certStatus");
  for (const Octets& status :
       {Tlv(der::ContextPrimitive(3), {}), Tlv(der::ContextPrimitive(1), {}),
        Tlv(der::ContextConstructed(0), {}), Integer(99)}) {
    single.status = status;
    ExpectRefused(WithSingle(single), ErrorCode::kUnexpectedTag, status,
                  "certStatus");
  }
  single.status = test::Revoked("20260102030405Z", 7);
  ExpectRefused(WithSingle(single), ErrorCode::kBadEnumerated,
                Tlv(der::kEnumerated, Octets{7}), "reasonCode");
}

TEST(OcspResponse, HashesAreAsLongAsTheirAlgorithms) {
  CertIdText id;
  id.name_hash = Octets(19, 1);
  ExpectRefused(WithCertId(id), ErrorCode::kBadHashLength,
                test::OctetString(id.name_hash), "issuerNameHash");
  id = {};
  id.key_hash = Octets(32, 1);
  ExpectRefused(WithCertId(id), ErrorCode::kBadHashLength,
                test::OctetString(id.key_hash), "issuerKeyHash");
  id = {};
  id.hash_algorithm =
      test::Seq({test::Oid("1.3.14.3.2.26"), test::Hex("050100")});
  ExpectRefused(WithCertId(id), ErrorCode::kBadNull, test::Hex("050100"),
                "hashAlgorithm");
  id = {};
  id.serial = Tlv(der::kInteger, Octets(22, 1));
  ExpectRefused(WithCertId(id), ErrorCode::kSerialTooLong, id.serial,
                "serialNumber");
}

TEST(OcspResponse, NonceHasOneTo128Octets) {
  for (size_t size : {1u, 16u, 128u}) {
    ResponseText text;
    text.extensions = {test::NonceExtension(Octets(size, 1))};
    EXPECT_EQ(FailureOf(text), Failure{}) << size;
  }
  for (size_t size : {0u, 129u, 4000u}) {
    ResponseText text;
    text.extensions = {test::NonceExtension(Octets(size, 1))};
    ExpectRefused(text, ErrorCode::kBadNonce,
                  test::OctetString(Octets(size, 1)), "nonce");
  }
}

TEST(OcspResponse, ExtensionsAreCheckedInside) {
  ResponseText text;
  text.extensions = {test::NonceExtension({1}), test::NonceExtension({2})};
  EXPECT_EQ(FailureOf(text).code, ErrorCode::kDuplicateExtension);
  text.extensions = {MakeExtension("1.3.6.1.5.5.7.48.1.9", Integer(1))};
  EXPECT_EQ(FailureOf(text).field, "extended-revoke");
  SingleText single;
  single.extensions = {
      MakeExtension("1.3.6.1.5.5.7.48.1.6", test::UtcTime("260110000000Z"))};
  EXPECT_EQ(FailureOf(WithSingle(single)).field, "ArchiveCutoff");
  single.extensions = {MakeExtension("1.3.6.1.5.5.7.48.1.3", Integer(1))};
  EXPECT_EQ(FailureOf(WithSingle(single)).field, "CrlID");
  single.extensions = {test::Reason(7)};
  EXPECT_EQ(FailureOf(WithSingle(single)).field, "reasonCode");
}

TEST(OcspResponse, UnknownExtensionsAreKeptWhereTheyAreCritical) {
  const Octets other =
      MakeExtension("1.2.3", test::Hex("ff"), Criticality::kCritical);
  ResponseText text;
  SingleText single;
  single.extensions = {other};
  text.responses = {single.Der()};
  text.extensions = {other};
  const Octets der = text.Der();
  const auto response = OcspResponseView::Parse(der);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(ToHex(response->unsupported_critical_extension()), "2a03");
  EXPECT_EQ(ToHex(FirstOf(*response).unsupported_critical_extension), "2a03");
}

TEST(OcspResponse, ReasonMayStandInAnExtension) {
  SingleText single;
  single.status = test::Revoked();
  single.extensions = {test::Reason(4)};
  const Octets der = WithSingle(single).Der();
  EXPECT_EQ(FirstOf(*OcspResponseView::Parse(der)).reason,
            ReasonCode::kSuperseded);
  single.status = test::Revoked("20260102030405Z", 1);
  const Octets both = WithSingle(single).Der();
  EXPECT_EQ(FirstOf(*OcspResponseView::Parse(both)).reason,
            ReasonCode::kKeyCompromise);
}

TEST(OcspResponse, LimitsAreKept) {
  ResponseText text;
  text.responses = std::vector<Octets>(3, SingleText().Der());
  text.certificates = std::vector<Octets>(3, test::CertificateText().Der());
  const Octets der = text.Der();
  const auto code = [&](const OcspLimits& limits) {
    return test::CodeOf(OcspResponseView::Parse(der, limits));
  };
  EXPECT_EQ(code({der.size(), 3, 3}), ErrorCode::kOk);
  EXPECT_EQ(code({der.size() - 1, 3, 3}), ErrorCode::kTooLarge);
  EXPECT_EQ(code({der.size(), 2, 3}), ErrorCode::kTooMany);
  EXPECT_EQ(code({der.size(), 3, 2}), ErrorCode::kTooMany);
}

}  // namespace
}  // namespace revstat
