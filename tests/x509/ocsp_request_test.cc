// OCSP requests: read, and written so that they and OpenSSL read them back.
#include "engine/x509/ocsp_request.h"

#include <gtest/gtest.h>
#include <openssl/ocsp.h>

#include "tests/support/expect.h"
#include "tests/support/ocsp_text.h"

namespace revstat {
namespace {

using test::Failure;
using test::Octets;
using test::OffsetOf;
using test::RequestText;

Failure FailureOf(const RequestText& text) {
  return test::FailureOf<OcspRequestView>(text.Der());
}

TEST(OcspRequest, ReadsEveryField) {
  RequestText text;
  text.version = test::Nest(der::ContextConstructed(0), {test::Integer(0)});
  const Octets name =
      test::Tlv(der::ContextConstructed(4), test::CommonName("Asker"));
  text.requestor_name = test::Tlv(der::ContextConstructed(1), name);
  text.extensions = {
      test::NonceExtension(Octets(16, 5)),
      test::MakeExtension("1.3.6.1.5.5.7.48.1.8",
                          test::Seq({test::Seq({test::Ed25519Algorithm()})})),
      test::MakeExtension("1.3.6.1.5.5.7.48.1.4", test::Seq({}),
                          Criticality::kCritical)};
  text.signature = test::Nest(
      der::ContextConstructed(0),
      {test::Seq({test::Ed25519Algorithm(), test::BitString(Octets(64, 1)),
                  test::Nest(der::ContextConstructed(0),
                             {test::Seq({test::CertificateText().Der()})})})});
  const Octets der = text.Der();
  const auto request = OcspRequestView::Parse(der);
  ASSERT_TRUE(request.ok()) << request.status();
  EXPECT_EQ(request->request_count(), 1u);
  EXPECT_TRUE(Equal(request->requestor_name_tlv(), name));
  EXPECT_TRUE(Equal(request->nonce(), Octets(16, 5)));
  EXPECT_FALSE(request->preferred_signature_algorithms().empty());
  EXPECT_TRUE(request->unsupported_critical_extension().empty());
  EXPECT_TRUE(
      Equal(request->signature_algorithm_tlv(), test::Ed25519Algorithm()));
  request->ForEachRequest([](const OcspSingleRequest& one) {
    EXPECT_EQ(one.cert_id.serial.ToText(), "0123");
  });
}

TEST(OcspRequest, IsRefusedWhereItIsMalformed) {
  RequestText text;
  text.version = test::Nest(der::ContextConstructed(0), {test::Integer(1)});
  EXPECT_EQ(FailureOf(text).field, "version");
  text = {};
  text.extensions = {test::NonceExtension({})};
  EXPECT_EQ(FailureOf(text).code, ErrorCode::kBadNonce);
  text = {};
  text.requests = {test::Seq({test::Integer(1)})};
  EXPECT_EQ(FailureOf(text),
            (Failure{ErrorCode::kUnexpectedTag,
                     OffsetOf(test::Integer(1), text.Der()), "reqCert"}));
  text = {};
  text.requests = {
      test::Seq({test::CertIdText().Der(),
                 test::Nest(der::ContextConstructed(0), {test::Seq({})})})};
  EXPECT_EQ(FailureOf(text).code, ErrorCode::kEmptySequence);
  text = {};
  text.signature = test::Nest(der::ContextConstructed(0), {test::Seq({})});
  EXPECT_EQ(FailureOf(text).field, "signatureAlgorithm");
  const Octets der = RequestText().Der();
  for (size_t size = 0; size < der.size(); ++size)
    EXPECT_EQ(test::FailureOf<OcspRequestView>(Bytes(der).first(size)),
              (Failure{ErrorCode::kTruncated, 0, "OCSPRequest"}));
}

TEST(OcspRequest, LimitsAreKept) {
  RequestText text;
  text.requests = std::vector<Octets>(3, text.requests[0]);
  const Octets der = text.Der();
  const auto code = [&](const OcspLimits& limits) {
    return test::CodeOf(OcspRequestView::Parse(der, limits));
  };
  EXPECT_EQ(code({der.size(), 3, 0}), ErrorCode::kOk);
  EXPECT_EQ(code({der.size() - 1, 3, 0}), ErrorCode::kTooLarge);
  EXPECT_EQ(code({der.size(), 2, 0}), ErrorCode::kTooMany);
}

TEST(OcspRequest, WrittenIsReadBackByUsAndByOpenSsl) {
  const auto serial = *SerialNumber::FromText("00f00d");
  const std::vector<std::vector<uint8_t>> ids = {
      EncodeCertId(CertIdHash::kSha1, Octets(20, 1), Octets(20, 2), serial),
      EncodeCertId(CertIdHash::kSha256, Octets(32, 3), Octets(32, 4), serial),
      EncodeCertId(CertIdHash::kSha512, Octets(64, 5), Octets(64, 6), serial)};
  for (size_t nonce_size : {0u, 1u, 32u, 128u}) {
    const Octets nonce(nonce_size, 9);
    const auto der = EncodeOcspRequest(ids, nonce);
    ASSERT_TRUE(der.ok()) << der.status();
    const auto request = OcspRequestView::Parse(*der);
    ASSERT_TRUE(request.ok()) << request.status();
    EXPECT_EQ(request->request_count(), 3u);
    EXPECT_TRUE(Equal(request->nonce(), nonce));
    size_t i = 0;
    request->ForEachRequest([&](const OcspSingleRequest& one) {
      EXPECT_TRUE(Equal(one.cert_id.tlv, ids[i++]));
      EXPECT_EQ(one.cert_id.serial, serial);
    });
    const uint8_t* position = der->data();
    const std::unique_ptr<OCSP_REQUEST, decltype(&OCSP_REQUEST_free)> theirs(
        d2i_OCSP_REQUEST(nullptr, &position, static_cast<long>(der->size())),
        OCSP_REQUEST_free);
    ASSERT_NE(theirs, nullptr);
    EXPECT_EQ(OCSP_request_onereq_count(theirs.get()), 3);
    EXPECT_EQ(OCSP_REQUEST_get_ext_by_NID(theirs.get(), NID_id_pkix_OCSP_Nonce,
                                          -1) >= 0,
              nonce_size > 0);
  }
}

TEST(OcspRequest, WithoutCertIdOrWithALongNonceIsNotWritten) {
  EXPECT_EQ(test::CodeOf(EncodeOcspRequest({}, {})), ErrorCode::kEmptySequence);
  const std::vector<std::vector<uint8_t>> ids(1);
  EXPECT_EQ(test::CodeOf(EncodeOcspRequest(ids, Octets(129, 1))),
            ErrorCode::kBadNonce);
}

}  // namespace
}  // namespace revstat
