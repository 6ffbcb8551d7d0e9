// mbedTLS 2.28: mbedtls_x509_crl_parse_der makes a linked list, which
// mbedtls_x509_crt_is_revoked walks. The library verifies the signature of a
// CRL only inside the verification of a chain; here it is done with the same
// calls.
#include <mbedtls/md.h>
#include <mbedtls/pk.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crl.h>
#include <mbedtls/x509_crt.h>

#include "bench/peers/driver.h"

namespace revstat::peers {
namespace {

class Mbedtls : public Peer {
 public:
  Mbedtls() { mbedtls_x509_crl_init(&crl_); }
  ~Mbedtls() override { mbedtls_x509_crl_free(&crl_); }

  Description Describe() const override {
    return {"mbedTLS", MBEDTLS_VERSION_STRING, "linear", "verified"};
  }

  void Load(const Files& files) override {
    {
      const Octets der = ReadFile(files.crl);
      Expect(mbedtls_x509_crl_parse_der(&crl_, der.data(), der.size()) == 0,
             "mbedtls_x509_crl_parse_der fails");
    }
    VerifySignature(ReadFile(files.ca));
  }

  void Prepare(std::span<const Question> questions) override {
    questions_.assign(questions.begin(), questions.end());
  }
  size_t MostQuestions() const override { return kFewQuestions; }

  void Answer(size_t begin, size_t count, uint8_t* listed) override {
    // The function reads nothing of the certificate but its serial.
    mbedtls_x509_crt certificate;
    mbedtls_x509_crt_init(&certificate);
    for (size_t i = 0; i < count; ++i) {
      Question& question = questions_[begin + i];
      certificate.serial.p = question.octets;
      certificate.serial.len = question.size;
      listed[i] = mbedtls_x509_crt_is_revoked(&certificate, &crl_) != 0 ? 1 : 0;
    }
  }

 private:
  void VerifySignature(const Octets& ca_der) {
    mbedtls_x509_crt ca;
    mbedtls_x509_crt_init(&ca);
    Expect(mbedtls_x509_crt_parse_der(&ca, ca_der.data(), ca_der.size()) == 0,
           "mbedtls_x509_crt_parse_der fails");
    uint8_t digest[MBEDTLS_MD_MAX_SIZE];
    const mbedtls_md_info_t* md = mbedtls_md_info_from_type(crl_.sig_md);
    Expect(
        md != nullptr && mbedtls_md(md, crl_.tbs.p, crl_.tbs.len, digest) == 0,
        "mbedtls_md fails");
    Expect(mbedtls_pk_verify_ext(crl_.sig_pk, crl_.sig_opts, &ca.pk,
                                 crl_.sig_md, digest, mbedtls_md_get_size(md),
                                 crl_.sig.p, crl_.sig.len) == 0,
           "mbedtls_pk_verify_ext fails");
    mbedtls_x509_crt_free(&ca);
  }

  mbedtls_x509_crl crl_;
  std::vector<Question> questions_;
};

}  // namespace
}  // namespace revstat::peers

int main(int argc, char** argv) {
  revstat::peers::Mbedtls peer;
  return revstat::peers::RunPeer(argc, argv, peer);
}
