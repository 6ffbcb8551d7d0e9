#include "bench/ocsp_contenders.h"

#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <utility>
#include <vector>

#include "bench/program.h"
#include "engine/verify/ocsp_verifier.h"
#include "tools/revstat/bench/timing.h"

namespace revstat::bench {
namespace {

// A signature takes some 20 microseconds.
constexpr size_t kSignaturesARun = 64;

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

}  // namespace

// One issuer and one response by it, or by a delegate of it.
struct OcspSubject::Parts {
  Parts(const std::string& type, bool is_delegated) {
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

OcspSubject::OcspSubject(const std::string& key_type, OcspSignedBy signed_by)
    : parts_(std::make_unique<Parts>(key_type,
                                     signed_by == OcspSignedBy::kDelegate)) {}
OcspSubject::~OcspSubject() = default;

namespace {

[[noreturn]] void DoesNotVerify() {
  Require(absl::InternalError("a response does not verify"));
  std::abort();
}

class Engine : public Contender {
 public:
  explicit Engine(const OcspSubject::Parts& parts) : parts_(parts) {}

  uint64_t Run(unsigned thread, size_t most) override {
    const size_t count = std::min(most, kSignaturesARun);
    for (size_t i = 0; i < count; ++i) {
      const auto response = OcspResponseView::Parse(parts_.response);
      const auto answer = verifiers_[thread].Verify(
          *response, *parts_.issuer, parts_.question, parts_.policy);
      if (!answer.ok() || answer->status() != OcspStatus::kGood)
        DoesNotVerify();
    }
    return count;
  }

 private:
  const OcspSubject::Parts& parts_;
  std::array<OcspVerifier, kMaxThreads> verifiers_;
};

class Raw : public Contender {
 public:
  explicit Raw(const OcspSubject::Parts& parts) {
    const auto response = *OcspResponseView::Parse(parts.response);
    digest_ = Sha256(response.tbs_tlv());
    signature_ = response.signature();
    for (auto& context : contexts_) {
      context.reset(
          EVP_PKEY_CTX_new_from_pkey(nullptr, parts.signer(), nullptr));
      EVP_PKEY_verify_init(context.get());
      if (EVP_PKEY_get_base_id(parts.signer()) == EVP_PKEY_RSA)
        EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING);
      EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256());
    }
  }

  uint64_t Run(unsigned thread, size_t most) override {
    const size_t count = std::min(most, kSignaturesARun);
    for (size_t i = 0; i < count; ++i) {
      if (EVP_PKEY_verify(contexts_[thread].get(), signature_.data(),
                          signature_.size(), digest_.data(),
                          digest_.size()) != 1) {
        DoesNotVerify();
      }
    }
    return count;
  }

 private:
  Sha256Digest digest_;
  Bytes signature_;
  std::array<std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>,
             kMaxThreads>
      contexts_;
};

class DigestVerify : public Contender {
 public:
  explicit DigestVerify(const OcspSubject::Parts& parts) : parts_(parts) {}

  uint64_t Run(unsigned, size_t most) override {
    const auto response = *OcspResponseView::Parse(parts_.response);
    const Bytes message = response.tbs_tlv();
    const Bytes signature = response.signature();
    const size_t count = std::min(most, kSignaturesARun);
    for (size_t i = 0; i < count; ++i) {
      const std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>> context(
          EVP_MD_CTX_new());
      EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr,
                           parts_.signer());
      if (EVP_DigestVerify(context.get(), signature.data(), signature.size(),
                           message.data(), message.size()) != 1) {
        DoesNotVerify();
      }
    }
    return count;
  }

 private:
  const OcspSubject::Parts& parts_;
};

}  // namespace

std::unique_ptr<Contender> MakeOcspEngine(const OcspSubject& subject) {
  return std::make_unique<Engine>(subject.parts());
}
std::unique_ptr<Contender> MakeRawSignature(const OcspSubject& subject) {
  return std::make_unique<Raw>(subject.parts());
}
std::unique_ptr<Contender> MakeDigestVerify(const OcspSubject& subject) {
  return std::make_unique<DigestVerify>(subject.parts());
}

}  // namespace revstat::bench
