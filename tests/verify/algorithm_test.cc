// AlgorithmIdentifiers of signatures: RFC 4055, 5758, 8410.
#include <gtest/gtest.h>

#include "engine/verify/signature.h"
#include "tests/support/expect.h"
#include "tests/support/signing_key.h"

namespace revstat {
namespace {

using test::DigestAlgorithm;
using test::Hex;
using test::Integer;
using test::Nest;
using test::Octets;
using test::Oid;
using test::PssAlgorithm;
using test::Seq;

const Octets kNull = test::Tlv(der::kNull, {});

std::string CodeOf(const Octets& algorithm) {
  const test::Exact exact(algorithm);
  return std::string(
      NameOf(test::CodeOf(ParseSignatureAlgorithm(exact.bytes()))));
}

Octets Field(unsigned number, const Octets& value) {
  return Nest(der::ContextConstructed(number), {value});
}
Octets Mgf1(const Octets& digest) {
  return Seq({Oid("1.2.840.113549.1.1.8"), digest});
}

TEST(SignatureAlgorithm, OfEveryFormIsRead) {
  struct Case {
    test::SignatureForm form;
    SignatureScheme scheme;
    std::string_view name;
  };
  const std::vector<Case> cases = {
      {test::Pkcs1("SHA256"), SignatureScheme::kRsaPkcs1,
       "sha256WithRSAEncryption"},
      {test::Pkcs1("SHA512"), SignatureScheme::kRsaPkcs1,
       "sha512WithRSAEncryption"},
      {test::Pkcs1("SHA1"), SignatureScheme::kRsaPkcs1,
       "sha1WithRSAEncryption"},
      {test::Pkcs1("MD5"), SignatureScheme::kRsaPkcs1, "md5WithRSAEncryption"},
      {test::Pss("SHA384", 48), SignatureScheme::kRsaPss, "RSASSA-PSS"},
      {test::Ecdsa("SHA384"), SignatureScheme::kEcdsa, "ecdsa-with-SHA384"},
      {test::Ed25519(), SignatureScheme::kEd25519, "Ed25519"},
      {test::Ed448(), SignatureScheme::kEd448, "Ed448"},
      {test::Gost(256), SignatureScheme::kGost256,
       "id-tc26-signwithdigest-gost3410-12-256"},
      {test::Gost(512), SignatureScheme::kGost512,
       "id-tc26-signwithdigest-gost3410-12-512"}};
  for (const Case& item : cases) {
    const auto algorithm = ParseSignatureAlgorithm(item.form.algorithm);
    ASSERT_TRUE(algorithm.ok()) << algorithm.status();
    EXPECT_EQ(algorithm->scheme, item.scheme);
    EXPECT_EQ(algorithm->name, item.name);
    if (item.form.digest == nullptr) {
      EXPECT_EQ(algorithm->digest, nullptr);
    } else {
      EXPECT_STREQ(algorithm->digest, item.form.digest);
    }
  }
}

TEST(SignatureAlgorithm, OfRsaMayLeaveOutNull) {
  EXPECT_EQ(CodeOf(Seq({Oid("1.2.840.113549.1.1.11")})), "ok");
}

TEST(SignatureAlgorithm, OfGostMayHaveNull) {
  EXPECT_EQ(CodeOf(Seq({Oid("1.2.643.7.1.1.3.2"), kNull})), "ok");
  EXPECT_EQ(CodeOf(Seq({Oid("1.2.643.7.1.1.3.3"), kNull})), "ok");
}

TEST(SignatureAlgorithm, WithWrongParametersIsRefused) {
  const std::vector<std::pair<Octets, const char*>> cases = {
      {Seq({Oid("1.2.840.113549.1.1.11"), Hex("050100")}), "bad_null"},
      {Seq({Oid("1.2.840.113549.1.1.11"), Integer(1)}), "trailing_data"},
      {Seq({Oid("1.2.840.113549.1.1.11"), kNull, kNull}), "trailing_data"},
      {Seq({Oid("1.2.840.10045.4.3.2"), kNull}), "trailing_data"},
      {Seq({Oid("1.3.101.112"), kNull}), "trailing_data"},
      {Seq({Oid("1.2.643.7.1.1.3.2"), Hex("050100")}), "bad_null"},
      {Seq({Oid("1.2.643.7.1.1.3.3"), Seq({})}), "trailing_data"},
      {PssAlgorithm({}), "truncated"},
      {PssAlgorithm(kNull), "unexpected_tag"},
      {Seq({}), "truncated"},
      {Seq({test::Tlv(der::kOid, {})}), "bad_oid"},
      {kNull, "unexpected_tag"},
      {{}, "truncated"}};
  for (const auto& [algorithm, code] : cases)
    EXPECT_EQ(CodeOf(algorithm), code) << ToHex(algorithm);
}

TEST(SignatureAlgorithm, OfAnotherOidIsUnsupportedWhateverItsParameters) {
  for (const Octets& parameters :
       {Octets{}, kNull, Seq({Integer(1), Integer(2)})}) {
    // GOST R 34.10-2001, withdrawn.
    EXPECT_EQ(CodeOf(Seq({Oid("1.2.643.2.2.3"), parameters})),
              "unsupported_algorithm");
    EXPECT_EQ(CodeOf(Seq({Oid("1.2.840.10040.4.3"), parameters})),
              "unsupported_algorithm");
  }
  const auto gost = ParseSignatureAlgorithm(Seq({Oid("1.2.643.2.2.3")}));
  EXPECT_NE(std::string(MessageOf(gost.status())).find("1.2.643.2.2.3"),
            std::string::npos);
}

TEST(PssParameters, HaveTheDefaultsOfRfc4055) {
  const auto algorithm = ParseSignatureAlgorithm(PssAlgorithm(Seq({})));
  ASSERT_TRUE(algorithm.ok()) << algorithm.status();
  EXPECT_STREQ(algorithm->digest, "SHA1");
  EXPECT_STREQ(algorithm->mgf1_digest, "SHA1");
  EXPECT_EQ(algorithm->salt_length, 20);
}

TEST(PssParameters, MayNameTwoDigests) {
  const auto algorithm = ParseSignatureAlgorithm(
      PssAlgorithm(Seq({Field(0, DigestAlgorithm("SHA256")),
                        Field(1, Mgf1(DigestAlgorithm("SHA512"))),
                        Field(2, Integer(0)), Field(3, Integer(1))})));
  ASSERT_TRUE(algorithm.ok()) << algorithm.status();
  EXPECT_STREQ(algorithm->digest, "SHA256");
  EXPECT_STREQ(algorithm->mgf1_digest, "SHA512");
  EXPECT_EQ(algorithm->salt_length, 0);
}

TEST(PssParameters, DigestsMayLeaveOutNull) {
  const Octets sha256 = Seq({Oid("2.16.840.1.101.3.4.2.1")});
  EXPECT_EQ(
      CodeOf(PssAlgorithm(Seq({Field(0, sha256), Field(1, Mgf1(sha256))}))),
      "ok");
}

TEST(PssParameters, ThatAreOddAreRefused) {
  const Octets sha256 = DigestAlgorithm("SHA256");
  const std::vector<std::pair<Octets, const char*>> cases = {
      {Seq({Field(0, Seq({Oid("1.2.3")}))}), "unsupported_algorithm"},
      {Seq({Field(1, Seq({Oid("1.2.3"), sha256}))}), "unsupported_algorithm"},
      {Seq({Field(1, Mgf1(Seq({Oid("1.2.3")})))}), "unsupported_algorithm"},
      {Seq({Field(1, Seq({Oid("1.2.840.113549.1.1.8")}))}), "truncated"},
      {Seq({Field(2, Integer(513))}), "integer_out_of_range"},
      {Seq({Field(2, test::IntegerOf("ff"))}), "integer_out_of_range"},
      {Seq({Field(2, Integer(0xffffffff))}), "integer_out_of_range"},
      {Seq({Field(3, Integer(2))}), "integer_out_of_range"},
      {Seq({Field(3, Integer(0))}), "integer_out_of_range"},
      {Seq({Field(2, Integer(20)), Field(2, Integer(20))}), "trailing_data"},
      {Seq({Field(2, Integer(20)), Field(0, sha256)}), "trailing_data"},
      {Seq({Field(4, Integer(1))}), "trailing_data"},
      {Seq({Field(0, test::Join({sha256, sha256}))}), "trailing_data"},
      {test::Tlv(der::kSet, {}), "unexpected_tag"}};
  for (const auto& [parameters, code] : cases)
    EXPECT_EQ(CodeOf(PssAlgorithm(parameters)), code) << ToHex(parameters);
}

}  // namespace
}  // namespace revstat
