// Thousands of responses of every arrangement, with OpenSSL as the oracle, and
// who is right where we differ.
//
// OCSP_check_validity knows no time but the clock's, so the responses are made
// around it, with days between what is current and what is not.
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include <chrono>
#include <map>

#include "engine/base/error.h"
#include "tests/verify/ocsp_world.h"

namespace revstat::test {
namespace {

// What OpenSSL says, what the engine says, and the features of the cases.
struct Difference {
  const char* openssl;
  const char* engine;
  const char* feature;
  const char* who_is_right;
};

constexpr Difference kDifferences[] = {
    {"undetermined", "revoked", "window=stale",
     "The status model of the project: an authentic revocation is believed "
     "when "
     "its source is old, and flagged as stale."},
    {"undetermined", "revoked", "window=future",
     "The same of a response from after the time asked about, as for CRLs: the "
     "revocation itself is from before it."},
    {"active", "undetermined", "window=no_next",
     "RFC 6960 2.4: without nextUpdate newer information is always available. "
     "The engine wants a limit on the age then; OpenSSL takes any age."},
    {"active", "undetermined", "critical=response",
     "RFC 5280 4.2 on critical extensions, which RFC 6960 4.4 refers to: one "
     "that is not processed refuses the whole. OpenSSL passes over them."},
    {"revoked", "undetermined", "critical=response", "The same."},
    {"active", "undetermined", "critical=single", "The same."},
    {"revoked", "undetermined", "critical=single", "The same."},
    {"active", "undetermined", "signer=ca_sha1",
     "SHA-1 no longer binds a signature; OpenSSL checks OCSP signatures at no "
     "security level. --allow-sha1 makes us agree."},
    {"revoked", "undetermined", "signer=ca_sha1", "The same."},
};

using Features = std::map<std::string, std::string>;

std::string AsText(const Features& features) {
  std::string text;
  for (const auto& [name, value] : features)
    text += Concat({text.empty() ? "" : " ", name, "=", value});
  return text;
}

class Cases {
 public:
  Cases()
      : now_(std::chrono::floor<std::chrono::days>(
            std::chrono::system_clock::now())) {
    CertificateText ca = world_.CaText();
    ca.extensions = {
        MakeExtension("2.5.29.19", Seq({True()}), Criticality::kCritical)};
    ca.not_after = GeneralizedTime("20991231235959Z");
    ca_ = world_.ca.key.Signed(ca, world_.ca.form);
  }

  const Octets& ca() const { return ca_; }
  Time now() const { return now_; }

  Octets In(int days) const {
    std::string text = FormatTime(now_ + std::chrono::days(days));
    std::erase_if(text,
                  [](char c) { return c == '-' || c == ':' || c == 'T'; });
    return GeneralizedTime(text);
  }

  Octets Make(const Features& features) const {
    ResponseText text;
    text.responses = {Single(features).Der()};
    text.produced_at = In(-1);
    if (features.at("critical") == "response") text.extensions = {kUnknown};
    return Sign(text, features.at("signer"));
  }

 private:
  SingleText Single(const Features& features) const {
    const std::string id = features.at("id");
    const std::string status = features.at("status");
    const std::string window = features.at("window");
    SingleText single;
    single.cert_id =
        CertIdFor(id == "sha256" ? "SHA256" : "SHA1",
                  CommonName(id == "other_issuer" ? "Other" : "Test CA"),
                  world_.ca.key.Spki(),
                  IntegerOf(id == "other_serial" ? "0124" : "0123"))
            .Der();
    single.status = status == "good"      ? Good()
                    : status == "unknown" ? Unknown()
                    : status == "hold"    ? Revoked("20250102030405Z", 6)
                                          : Revoked("20250102030405Z", 1);
    single.this_update = In(window == "future"  ? 3
                            : window == "stale" ? -9
                                                : -2);
    single.next_update = In(window == "stale"    ? -3
                            : window == "future" ? 9
                                                 : 3);
    if (window == "no_next") single.next_update = {};
    if (window == "reversed") single.next_update = In(-4);
    if (features.at("critical") == "single") single.extensions = {kUnknown};
    return single;
  }

  Octets Sign(ResponseText text, const std::string& signer) const {
    if (signer == "ca_name") return world_.ByCa(text);
    if (signer == "ca_sha1")
      return OcspWorld::Signed(text, {world_.ca.key, Ecdsa("SHA1")});
    if (signer == "ca_key") {
      text.responder = ByKey(KeyHash(world_.ca.key.Spki()));
      return world_.ByCa(text);
    }
    if (signer == "forged") {
      return OcspWorld::Signed(text,
                               {SigningKey::Ec("P-384"), Ecdsa("SHA256")});
    }
    if (signer == "stranger") {
      text.responder = ByName(CommonName("Stranger"));
      return world_.ByCa(text);
    }
    CertificateText certificate = world_.DelegateText();
    certificate.public_key = SigningKey::Edwards("ED25519").Spki();
    certificate.not_before = In(-30);
    certificate.not_after = In(signer == "delegate_expired" ? -5 : 30);
    if (signer == "delegate_future") certificate.not_before = In(5);
    if (signer == "delegate_no_purpose") certificate.extensions = {NoCheck()};
    if (signer == "delegate_any_purpose")
      certificate.extensions = {KeyPurposes({"2.5.29.37.0"})};
    if (signer == "delegate_critical") {
      certificate.extensions.push_back(
          MakeExtension("1.2.3", Hex("0500"), Criticality::kCritical));
    }
    const bool is_other = signer == "delegate_of_another";
    text.responder = signer == "delegate_key"
                         ? ByKey(KeyHash(certificate.public_key))
                         : ByName(certificate.subject);
    text.certificates = {(is_other ? SigningKey::Ec("P-384") : world_.ca.key)
                             .Signed(certificate, world_.ca.form)};
    return OcspWorld::Signed(text, {SigningKey::Edwards("ED25519"), Ed25519()});
  }

  inline static const Octets kUnknown =
      MakeExtension("1.2.3", Hex("0500"), Criticality::kCritical);

  const OcspWorld world_;
  const Time now_;
  Octets ca_;
};

std::string EngineAnswer(const Cases& cases, const Octets& der) {
  const auto response = OcspResponseView::Parse(der);
  if (!response.ok()) return "undetermined";
  OcspVerifier verifier;
  OcspPolicy policy;
  policy.at = cases.now();
  const auto issuer = *OcspIssuer::Create(BufferOf(cases.ca()));
  const auto answer =
      verifier.Verify(*response, issuer, WorldQuestion(), policy);
  if (!answer.ok() || answer->status() == OcspStatus::kUnknown)
    return "undetermined";
  return answer->status() == OcspStatus::kGood ? "active" : "revoked";
}

template <class T, auto Free>
using Owned = std::unique_ptr<T, decltype([](T* object) { Free(object); })>;

std::string OpenSslAnswer(const Cases& cases, const Octets& der,
                          const std::string& digest) {
  const uint8_t* position = cases.ca().data();
  const Owned<X509, X509_free> ca(
      d2i_X509(nullptr, &position, static_cast<long>(cases.ca().size())));
  const Owned<X509_STORE, X509_STORE_free> store(X509_STORE_new());
  X509_STORE_add_cert(store.get(), ca.get());
  X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store.get()),
                             ToUnix(cases.now()));
  STACK_OF(X509)* known = sk_X509_new_null();
  sk_X509_push(known, ca.get());
  const Owned<STACK_OF(X509),
              [](STACK_OF(X509) * stack) { sk_X509_free(stack); }>
      owner(known);
  position = der.data();
  const Owned<OCSP_RESPONSE, OCSP_RESPONSE_free> response(
      d2i_OCSP_RESPONSE(nullptr, &position, static_cast<long>(der.size())));
  const Owned<OCSP_BASICRESP, OCSP_BASICRESP_free> basic(
      response == nullptr ? nullptr : OCSP_response_get1_basic(response.get()));
  if (basic == nullptr ||
      OCSP_basic_verify(basic.get(), known, store.get(), 0) != 1) {
    ERR_clear_error();
    return "undetermined";
  }
  const Owned<ASN1_INTEGER, ASN1_INTEGER_free> serial(ASN1_INTEGER_new());
  ASN1_INTEGER_set(serial.get(), 0x123);
  const Owned<OCSP_CERTID, OCSP_CERTID_free> id(OCSP_cert_id_new(
      EVP_get_digestbyname(digest.c_str()), X509_get_subject_name(ca.get()),
      X509_get0_pubkey_bitstr(ca.get()), serial.get()));
  int status = 0;
  int reason = 0;
  ASN1_GENERALIZEDTIME *revoked, *this_update, *next_update;
  if (OCSP_resp_find_status(basic.get(), id.get(), &status, &reason, &revoked,
                            &this_update, &next_update) != 1 ||
      OCSP_check_validity(this_update, next_update, 0, -1) != 1 ||
      status == V_OCSP_CERTSTATUS_UNKNOWN) {
    ERR_clear_error();
    return "undetermined";
  }
  return status == V_OCSP_CERTSTATUS_GOOD ? "active" : "revoked";
}

TEST(OcspOpenSsl, AgreesButWhereTheTableSaysWhy) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> choices =
      {{"signer",
        {"ca_name", "ca_key", "ca_sha1", "forged", "stranger", "delegate_name",
         "delegate_key", "delegate_expired", "delegate_future",
         "delegate_no_purpose", "delegate_any_purpose", "delegate_critical",
         "delegate_of_another"}},
       {"status", {"good", "revoked", "hold", "unknown"}},
       {"window", {"current", "no_next", "stale", "future", "reversed"}},
       {"id", {"sha1", "sha256", "other_serial", "other_issuer"}},
       {"critical", {"none", "response", "single"}}};
  size_t total = 1;
  for (const auto& [name, values] : choices) total *= values.size();
  const Cases cases;
  std::map<const Difference*, int> used;
  std::map<std::string, int> answers;
  for (size_t i = 0; i < total; ++i) {
    Features features;
    size_t rest = i;
    for (const auto& [name, values] : choices) {
      features[name] = values[rest % values.size()];
      rest /= values.size();
    }
    const Octets der = cases.Make(features);
    const std::string engine = EngineAnswer(cases, der);
    const std::string openssl = OpenSslAnswer(
        cases, der, features["id"] == "sha256" ? "SHA256" : "SHA1");
    ++answers[engine];
    if (engine == openssl) continue;
    const std::string drawn = AsText(features);
    bool is_explained = false;
    for (const Difference& difference : kDifferences) {
      if (openssl != difference.openssl || engine != difference.engine ||
          drawn.find(difference.feature) == std::string::npos)
        continue;
      ++used[&difference];
      is_explained = true;
      break;
    }
    EXPECT_TRUE(is_explained) << "OpenSSL says " << openssl << ", the engine "
                              << engine << ": " << drawn;
  }
  for (const Difference& difference : kDifferences)
    EXPECT_GT(used[&difference], 0)
        << difference.openssl << " " << difference.feature << " is not needed";
  EXPECT_GT(answers["active"], 0);
  EXPECT_GT(answers["revoked"], 0);
}

}  // namespace
}  // namespace revstat::test
