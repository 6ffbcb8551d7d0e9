// OCSP responses read and verified, beside the bare signature check of the same
// response by libcrypto: with a context made once (raw), and as a caller would
// do it who has the key and the signed octets (digest_verify).
#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/benchmarks.h"
#include "bench/program.h"
#include "engine/verify/ocsp_verifier.h"

namespace revstat::bench {
namespace {

constexpr int64_t kNow = 1768435200;  // 2026-01-15T00:00:00Z

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;

void Must(bool holds) {
  if (!holds) Require(absl::InternalError("libcrypto made no test data"));
}

Key NewKey(const std::string& type) {
  Key key(type == "P-256"
              ? EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")
              : EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", size_t{2048}));
  Must(key != nullptr);
  return key;
}

void AddExtension(X509* certificate, int type, const char* value) {
  X509_EXTENSION* extension =
      X509V3_EXT_conf_nid(nullptr, nullptr, type, value);
  Must(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

Certificate NewCertificate(const char* name, EVP_PKEY* key, X509* issuer,
                           EVP_PKEY* issuer_key) {
  Certificate certificate(X509_new());
  X509* const raw = certificate.get();
  X509_set_version(raw, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(raw), issuer == nullptr ? 1 : 2);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(raw), "CN", MBSTRING_ASC,
                             reinterpret_cast<const uint8_t*>(name), -1, -1, 0);
  X509_set_issuer_name(raw, X509_get_subject_name(issuer ? issuer : raw));
  ASN1_TIME_set(X509_getm_notBefore(raw), kNow - 86400);
  ASN1_TIME_set(X509_getm_notAfter(raw), kNow + 20 * 365 * 86400L);
  X509_set_pubkey(raw, key);
  if (issuer != nullptr) AddExtension(raw, NID_ext_key_usage, "OCSPSigning");
  Must(X509_sign(raw, issuer_key, EVP_sha256()) > 0);
  return certificate;
}

template <class T>
std::vector<uint8_t> DerOf(T* object, int (*encode)(const T*, uint8_t**)) {
  uint8_t* der = nullptr;
  const int size = encode(object, &der);
  Must(size > 0);
  std::vector<uint8_t> octets(der, der + size);
  OPENSSL_free(der);
  return octets;
}

// One issuer and one response by it, or by a delegate of it.
struct Field {
  Field(const std::string& type, bool is_delegated) {
    issuer_key = NewKey(type);
    const auto ca =
        NewCertificate("Bench CA", issuer_key.get(), nullptr, issuer_key.get());
    if (is_delegated) delegate_key = NewKey(type);
    const auto delegate = is_delegated
                              ? NewCertificate("Responder", delegate_key.get(),
                                               ca.get(), issuer_key.get())
                              : Certificate();
    OCSP_BASICRESP* basic = OCSP_BASICRESP_new();
    ASN1_INTEGER* serial = ASN1_INTEGER_new();
    ASN1_INTEGER_set(serial, 0x1234567);
    OCSP_CERTID* id =
        OCSP_cert_id_new(EVP_sha1(), X509_get_subject_name(ca.get()),
                         X509_get0_pubkey_bitstr(ca.get()), serial);
    ASN1_TIME* from = ASN1_GENERALIZEDTIME_set(nullptr, kNow - 3600);
    ASN1_TIME* to = ASN1_GENERALIZEDTIME_set(nullptr, kNow + 3600);
    Must(OCSP_basic_add1_status(basic, id, V_OCSP_CERTSTATUS_GOOD, 0, nullptr,
                                from, to) != nullptr);
    Must(OCSP_basic_sign(basic, is_delegated ? delegate.get() : ca.get(),
                         signer(), EVP_sha256(), nullptr,
                         is_delegated ? 0 : OCSP_NOCERTS) == 1);
    OCSP_RESPONSE* whole = OCSP_response_create(0, basic);
    response = DerOf(whole, i2d_OCSP_RESPONSE);
    issuer = *OcspIssuer::Create(Buffer::FromVector(DerOf(ca.get(), i2d_X509)));
    OCSP_RESPONSE_free(whole);
    ASN1_TIME_free(from);
    ASN1_TIME_free(to);
    OCSP_CERTID_free(id);
    ASN1_INTEGER_free(serial);
    OCSP_BASICRESP_free(basic);
    question.serial = *SerialNumber::FromText("01234567");
    policy.at = OcspResponseView::Parse(response)->produced_at();
    policy.next_update = OcspNextUpdate::kIgnored;
  }

  EVP_PKEY* signer() const {
    return delegate_key != nullptr ? delegate_key.get() : issuer_key.get();
  }

  Key issuer_key;
  Key delegate_key;
  std::vector<uint8_t> response;
  std::optional<OcspIssuer> issuer;
  OcspQuestion question;
  OcspPolicy policy;
};

void RunEngine(benchmark::State& state, const Field& field) {
  OcspVerifier verifier;
  for (auto _ : state) {
    const auto response = OcspResponseView::Parse(field.response);
    const auto answer =
        verifier.Verify(*response, *field.issuer, field.question, field.policy);
    if (!answer.ok() || answer->status() != OcspStatus::kGood)
      return state.SkipWithError(
          std::string(MessageOf(answer.status())).c_str());
  }
  state.SetItemsProcessed(state.iterations());
}

void RunRaw(benchmark::State& state, const Field& field) {
  const auto response = *OcspResponseView::Parse(field.response);
  const Sha256Digest digest = Sha256(response.tbs_tlv());
  EVP_PKEY_CTX* context =
      EVP_PKEY_CTX_new_from_pkey(nullptr, field.signer(), nullptr);
  EVP_PKEY_verify_init(context);
  if (EVP_PKEY_get_base_id(field.signer()) == EVP_PKEY_RSA)
    EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING);
  EVP_PKEY_CTX_set_signature_md(context, EVP_sha256());
  const Bytes signature = response.signature();
  for (auto _ : state) {
    if (EVP_PKEY_verify(context, signature.data(), signature.size(),
                        digest.data(), digest.size()) != 1)
      return state.SkipWithError("does not verify");
  }
  EVP_PKEY_CTX_free(context);
  state.SetItemsProcessed(state.iterations());
}

void RunDigestVerify(benchmark::State& state, const Field& field) {
  const auto response = *OcspResponseView::Parse(field.response);
  const Bytes message = response.tbs_tlv();
  const Bytes signature = response.signature();
  for (auto _ : state) {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr,
                         field.signer());
    const int result =
        EVP_DigestVerify(context, signature.data(), signature.size(),
                         message.data(), message.size());
    EVP_MD_CTX_free(context);
    if (result != 1) return state.SkipWithError("does not verify");
  }
  state.SetItemsProcessed(state.iterations());
}

void RegisterAll() {
  for (const char* type : {"RSA-2048", "P-256"}) {
    for (const bool is_delegated : {false, true}) {
      const Field& field = *new Field(type, is_delegated);
      const std::string name =
          Concat({type, is_delegated ? "/delegate" : "/issuer"});
      const auto add = [&](const char* what, auto run) {
        benchmark::RegisterBenchmark(
            Concat({name, "/", what}).c_str(),
            [&field, run](benchmark::State& state) { run(state, field); });
      };
      add("raw", RunRaw);
      add("digest_verify", RunDigestVerify);
      add("engine", RunEngine);
    }
  }
}

}  // namespace
}  // namespace revstat::bench

int main(int argc, char** argv) {
  using namespace revstat::bench;
  CLI::App app("Measures the verification of OCSP responses.");
  return RunBenchmarks(&app, argc, argv, [] { RegisterAll(); });
}
