// OpenSSL's answer for every serial of generated CRLs, and for as many that
// are not listed, beside ours.
#include <gtest/gtest.h>
#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <random>

#include "tests/snapshot/test_authority.h"

namespace revstat::test {
namespace {

struct Answer {
  bool listed = false;
  int64_t seconds = 0;
  int reason = -1;

  friend bool operator==(const Answer&, const Answer&) = default;
};

int64_t SecondsOf(const ASN1_TIME* time) {
  std::tm parts = {};
  EXPECT_EQ(ASN1_TIME_to_tm(time, &parts), 1);
  return static_cast<int64_t>(timegm(&parts));
}

Answer OpenSslAnswer(X509_CRL* crl, const SerialNumber& serial) {
  const Octets der =
      Tlv(der::kInteger, {serial.content().begin(), serial.content().end()});
  const uint8_t* position = der.data();
  ASN1_INTEGER* integer =
      d2i_ASN1_INTEGER(nullptr, &position, static_cast<long>(der.size()));
  X509_REVOKED* entry = nullptr;
  Answer answer;
  answer.listed = X509_CRL_get0_by_serial(crl, &entry, integer) != 0;
  ASN1_INTEGER_free(integer);
  if (!answer.listed) return answer;
  answer.seconds = SecondsOf(X509_REVOKED_get0_revocationDate(entry));
  auto* reason = static_cast<ASN1_ENUMERATED*>(
      X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, nullptr, nullptr));
  if (reason != nullptr)
    answer.reason = static_cast<int>(ASN1_ENUMERATED_get(reason));
  ASN1_ENUMERATED_free(reason);
  return answer;
}

Answer OurAnswer(const Snapshot& snapshot, const SerialNumber& serial) {
  const Verdict verdict = snapshot.Lookup(At(kDuring), {serial, 0, 0});
  Answer answer;
  answer.listed =
      verdict.status == Status::kRevoked || verdict.status == Status::kOnHold;
  if (!answer.listed) return answer;
  answer.seconds = verdict.revocation_seconds;
  answer.reason = verdict.reason == ReasonCode::kAbsent
                      ? -1
                      : static_cast<int>(verdict.reason);
  return answer;
}

// A random DER INTEGER: positive, negative, zero, of 1 to 21 octets.
Octets RandomSerial(std::mt19937& random) {
  const size_t size = 1 + random() % 20;
  Octets serial(size);
  for (uint8_t& octet : serial) octet = static_cast<uint8_t>(random());
  while (serial.size() > 1 && ((serial[0] == 0 && serial[1] < 0x80) ||
                               (serial[0] == 0xff && serial[1] >= 0x80))) {
    serial.erase(serial.begin());
  }
  if (size == 20 && serial[0] >= 0x80) serial.insert(serial.begin(), 0);
  return serial;
}

TEST(OpenSslOracle, AgreesOnEverySerial) {
  constexpr uint8_t kReasons[] = {0, 1, 2, 3, 4, 5, 6, 9, 10};
  const TestAuthority authority;
  for (uint32_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    CrlText text;
    text.entries.clear();
    std::vector<SerialNumber> serials;
    for (size_t i = 0; i < size_t{1} << seed; ++i) {
      const Octets serial = RandomSerial(random);
      const auto number = SerialNumber::FromContent(serial);
      // OpenSSL answers with one of the entries of a serial, whichever.
      if (std::find(serials.begin(), serials.end(), *number) != serials.end())
        continue;
      serials.push_back(*number);
      std::vector<Octets> extensions;
      if (random() % 3 == 0)
        extensions.push_back(Reason(kReasons[random() % 9]));
      if (random() % 5 == 0)
        extensions.push_back(
            InvalidityDate(GeneralizedTime("20250101000000Z")));
      const Octets date = random() % 4 == 0 ? GeneralizedTime("20260101020304Z")
                                            : UtcTime("251231235959Z");
      text.entries.push_back(
          Entry(Tlv(der::kInteger, serial), date, extensions));
    }
    const auto der = authority.Crl(text);
    const auto snapshot = SnapshotOf(authority, {text});
    const uint8_t* position = der->bytes().data();
    X509_CRL* crl = d2i_X509_CRL(nullptr, &position,
                                 static_cast<long>(der->bytes().size()));
    ASSERT_NE(crl, nullptr);
    for (const SerialNumber& serial : serials) {
      ASSERT_EQ(OurAnswer(*snapshot, serial), OpenSslAnswer(crl, serial))
          << serial.ToText();
    }
    for (size_t i = 0; i < serials.size(); ++i) {
      const auto absent = SerialNumber::FromContent(RandomSerial(random));
      ASSERT_EQ(OurAnswer(*snapshot, *absent), OpenSslAnswer(crl, *absent))
          << absent->ToText();
    }
    X509_CRL_free(crl);
  }
}

}  // namespace
}  // namespace revstat::test
