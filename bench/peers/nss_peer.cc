// NSS: CERT_CacheCRL takes the CRL, and the first question decodes it into a
// hash table and verifies its signature, which counts as loading. No function
// that looks up a serial is exported: CERT_VerifyCertificate asks as a part of
// verifying a chain, here without the signature of the leaf.
#include <cert.h>
#include <nss.h>
#include <prerror.h>
#include <secerr.h>

#include <memory>

#include "bench/peers/driver.h"

namespace revstat::peers {
namespace {

struct FreeCertificate {
  void operator()(CERTCertificate* certificate) const {
    CERT_DestroyCertificate(certificate);
  }
};
using Certificate = std::unique_ptr<CERTCertificate, FreeCertificate>;

[[noreturn]] void FailWithCode(const char* what) {
  Fail(std::string(what) + " fails: error " + std::to_string(PR_GetError()));
}

Certificate ToCertificate(Octets der) {
  SECItem item = {siDERCertBuffer, der.data(),
                  static_cast<unsigned>(der.size())};
  Certificate certificate(CERT_NewTempCertificate(
      CERT_GetDefaultCertDB(), &item, /*nickname=*/nullptr,
      /*isperm=*/PR_FALSE, /*copyDER=*/PR_TRUE));
  if (certificate == nullptr) FailWithCode("CERT_NewTempCertificate");
  return certificate;
}

bool IsRevoked(CERTCertificate* certificate) {
  if (CERT_VerifyCertificate(CERT_GetDefaultCertDB(), certificate,
                             /*checkSig=*/PR_FALSE, certificateUsageSSLServer,
                             PR_Now(), /*wincx=*/nullptr, /*log=*/nullptr,
                             /*returnedUsages=*/nullptr) == SECSuccess) {
    return false;
  }
  if (PR_GetError() != SEC_ERROR_REVOKED_CERTIFICATE)
    FailWithCode("CERT_VerifyCertificate");
  return true;
}

class Nss : public Peer {
 public:
  Description Describe() const override {
    return {"NSS", NSS_GetVersion(), "hashed, in a chain's verification",
            "verified"};
  }

  void Load(const Files& files) override {
    leaf_ = ReadFile(files.leaf);
    if (NSS_NoDB_Init(nullptr) != SECSuccess) FailWithCode("NSS_NoDB_Init");
    ca_ = ToCertificate(ReadFile(files.ca));
    CERTCertTrust trust = {};
    if (CERT_DecodeTrustString(&trust, "CT,C,C") != SECSuccess ||
        CERT_ChangeCertTrust(CERT_GetDefaultCertDB(), ca_.get(), &trust) !=
            SECSuccess) {
      FailWithCode("CERT_ChangeCertTrust");
    }
    crl_ = ReadFile(files.crl);
    SECItem item = {siBuffer, crl_.data(), static_cast<unsigned>(crl_.size())};
    if (CERT_CacheCRL(CERT_GetDefaultCertDB(), &item) != SECSuccess)
      FailWithCode("CERT_CacheCRL");
    IsRevoked(ToCertificate(leaf_).get());
  }

  void Prepare(std::span<const Question> questions) override {
    asked_.clear();
    for (const Question& question : questions)
      asked_.push_back(WithSerial(leaf_, question));
  }
  size_t MostQuestions() const override { return 4 * kFewQuestions; }

  // Each certificate is made where it is asked about, and goes again: all that
  // live stand in one list for their subject, through which each new one walks.
  void Answer(size_t begin, size_t count, uint8_t* listed) override {
    for (size_t i = 0; i < count; ++i)
      listed[i] = IsRevoked(ToCertificate(asked_[begin + i]).get()) ? 1 : 0;
  }

 private:
  Octets leaf_;
  Octets crl_;
  Certificate ca_;
  std::vector<Octets> asked_;
};

}  // namespace
}  // namespace revstat::peers

int main(int argc, char** argv) {
  revstat::peers::Nss peer;
  return revstat::peers::RunPeer(argc, argv, peer);
}
