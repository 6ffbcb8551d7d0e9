// wolfSSL: a certificate manager that knows the CA verifies the signature while
// it loads the CRL into a linked list. It is asked with a whole certificate in
// DER, which it parses each time, and walks the list.
#include <wolfssl/options.h>
// Behind the options, which its other headers read.
#include <wolfssl/error-ssl.h>
#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/error-crypt.h>

#include <memory>

#include "bench/peers/driver.h"

namespace revstat::peers {
namespace {

struct FreeManager {
  void operator()(WOLFSSL_CERT_MANAGER* manager) const {
    wolfSSL_CertManagerFree(manager);
  }
};

class Wolfssl : public Peer {
 public:
  Description Describe() const override {
    return {"wolfSSL", wolfSSL_lib_version(), "linear", "verified"};
  }

  void Load(const Files& files) override {
    leaf_ = ReadFile(files.leaf);
    Expect(wolfSSL_Init() == WOLFSSL_SUCCESS, "wolfSSL_Init fails");
    manager_.reset(wolfSSL_CertManagerNew());
    Expect(manager_ != nullptr, "wolfSSL_CertManagerNew fails");
    const Octets ca = ReadFile(files.ca);
    Expect(wolfSSL_CertManagerLoadCABuffer(
               manager_.get(), ca.data(), static_cast<long>(ca.size()),
               WOLFSSL_FILETYPE_ASN1) == WOLFSSL_SUCCESS,
           "wolfSSL_CertManagerLoadCABuffer fails");
    Expect(wolfSSL_CertManagerEnableCRL(manager_.get(), WOLFSSL_CRL_CHECK) ==
               WOLFSSL_SUCCESS,
           "wolfSSL_CertManagerEnableCRL fails");
    const Octets crl = ReadFile(files.crl);
    Expect(wolfSSL_CertManagerLoadCRLBuffer(
               manager_.get(), crl.data(), static_cast<long>(crl.size()),
               WOLFSSL_FILETYPE_ASN1) == WOLFSSL_SUCCESS,
           "wolfSSL_CertManagerLoadCRLBuffer fails");
  }

  void Prepare(std::span<const Question> questions) override {
    certificates_.clear();
    for (const Question& question : questions)
      certificates_.push_back(WithSerial(leaf_, question));
  }
  size_t MostQuestions() const override { return kFewQuestions; }

  void Answer(size_t begin, size_t count, uint8_t* listed) override {
    for (size_t i = 0; i < count; ++i) {
      Octets& certificate = certificates_[begin + i];
      const int answer =
          wolfSSL_CertManagerCheckCRL(manager_.get(), certificate.data(),
                                      static_cast<int>(certificate.size()));
      Expect(answer == WOLFSSL_SUCCESS || answer == CRL_CERT_REVOKED,
             "wolfSSL_CertManagerCheckCRL fails");
      listed[i] = answer == CRL_CERT_REVOKED ? 1 : 0;
    }
  }

 private:
  Octets leaf_;
  std::unique_ptr<WOLFSSL_CERT_MANAGER, FreeManager> manager_;
  std::vector<Octets> certificates_;
};

}  // namespace
}  // namespace revstat::peers

int main(int argc, char** argv) {
  revstat::peers::Wolfssl peer;
  return revstat::peers::RunPeer(argc, argv, peer);
}
