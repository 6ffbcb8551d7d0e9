// A CA, its OCSP delegate and what they sign, for the tests of OCSP.
#ifndef REVSTAT_TESTS_VERIFY_OCSP_WORLD_H_
#define REVSTAT_TESTS_VERIFY_OCSP_WORLD_H_

#include <memory>

#include "engine/verify/ocsp_verifier.h"
#include "tests/support/ocsp_text.h"

namespace revstat::test {

inline std::shared_ptr<const Buffer> BufferOf(const Octets& octets) {
  return Buffer::FromVector(octets);
}

// extKeyUsage with these purposes.
inline Octets KeyPurposes(const std::vector<std::string_view>& purposes) {
  std::vector<Octets> oids;
  for (std::string_view purpose : purposes) oids.push_back(Oid(purpose));
  return MakeExtension("2.5.29.37", Seq(oids));
}
inline constexpr std::string_view kOcspSigningOid = "1.3.6.1.5.5.7.3.9";
inline Octets NoCheck() {
  return MakeExtension("1.3.6.1.5.5.7.48.1.5", Tlv(der::kNull, {}));
}

// A key with the form it signs in.
struct OcspKey {
  const SigningKey& key;
  SignatureForm form;
};

// The CA "Test CA" and certificate 0123 of it, asked about at kWorldTime.
struct OcspWorld {
  OcspKey ca{SigningKey::Ec("P-256"), Ecdsa("SHA256")};
  OcspKey delegate{SigningKey::Rsa(2048), Pkcs1("SHA256")};

  CertificateText CaText() const {
    CertificateText text;
    text.subject = CommonName("Test CA");
    text.public_key = ca.key.Spki();
    return text;
  }
  Octets CaCertificate() const { return ca.key.Signed(CaText(), ca.form); }
  OcspIssuer Issuer() const {
    return *OcspIssuer::Create(BufferOf(CaCertificate()));
  }

  CertificateText DelegateText() const {
    CertificateText text;
    text.serial = IntegerOf("0d");
    text.subject = CommonName("Responder");
    text.public_key = delegate.key.Spki();
    text.extensions = {KeyPurposes({kOcspSigningOid}), NoCheck()};
    return text;
  }

  SingleText Single(const Octets& status = Good(),
                    const char* digest = "SHA1") const {
    SingleText single;
    single.cert_id =
        CertIdFor(digest, CommonName("Test CA"), ca.key.Spki()).Der();
    single.status = status;
    return single;
  }
  ResponseText Response(const Octets& status = Good()) const {
    ResponseText text;
    text.responses = {Single(status).Der()};
    return text;
  }
  static Octets Signed(ResponseText text, const OcspKey& by) {
    text.algorithm = by.form.algorithm;
    text.signature = BitString(by.key.Sign(text.Tbs(), by.form));
    return text.Der();
  }
  // By the CA itself.
  Octets ByCa(const ResponseText& text) const { return Signed(text, ca); }
  // By a delegate with this certificate, which the CA signs.
  Octets ByDelegate(ResponseText text,
                    const CertificateText& certificate) const {
    text.responder = ByName(certificate.subject);
    text.certificates = {ca.key.Signed(certificate, ca.form)};
    return Signed(text, delegate);
  }
  Octets ByDelegate(const ResponseText& text) const {
    return ByDelegate(text, DelegateText());
  }
};

inline const Time kWorldTime = *ParseTime("2026-01-15T00:00:00Z");
inline OcspPolicy AtWorldTime() {
  OcspPolicy policy;
  policy.at = kWorldTime;
  return policy;
}
inline OcspQuestion WorldQuestion() {
  return {*SerialNumber::FromText("0123"), {}};
}

// What the verifier says of a response; the VerifiedOcsp borrows `der`.
inline absl::StatusOr<VerifiedOcsp> Verify(
    const Octets& der, const OcspPolicy& policy = AtWorldTime(),
    OcspVerifierOptions options = {}) {
  OcspVerifier verifier(std::move(options));
  const auto response = OcspResponseView::Parse(der);
  if (!response.ok()) return response.status();
  return verifier.Verify(*response, OcspWorld().Issuer(), WorldQuestion(),
                         policy);
}

}  // namespace revstat::test

#endif  // REVSTAT_TESTS_VERIFY_OCSP_WORLD_H_
