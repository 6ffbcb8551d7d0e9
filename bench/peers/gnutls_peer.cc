// GnuTLS: gnutls_x509_crl_import decodes into a tree of libtasn1,
// gnutls_x509_crl_verify checks the signature, and
// gnutls_x509_crt_check_revocation asks with a certificate. For each entry of
// the list it goes through the tree from its start, so that a lookup grows with
// the square of the list.
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <memory>
#include <type_traits>

#include "bench/peers/driver.h"

namespace revstat::peers {
namespace {

template <class T, void (*kFree)(T)>
struct Free {
  void operator()(T object) const { kFree(object); }
};
using Certificate =
    std::unique_ptr<std::remove_pointer_t<gnutls_x509_crt_t>,
                    Free<gnutls_x509_crt_t, gnutls_x509_crt_deinit>>;
using Crl = std::unique_ptr<std::remove_pointer_t<gnutls_x509_crl_t>,
                            Free<gnutls_x509_crl_t, gnutls_x509_crl_deinit>>;

gnutls_datum_t ToDatum(Octets& octets) {
  return {octets.data(), static_cast<unsigned>(octets.size())};
}

Certificate ToCertificate(Octets der) {
  gnutls_x509_crt_t made = nullptr;
  Expect(gnutls_x509_crt_init(&made) == 0, "gnutls_x509_crt_init fails");
  Certificate certificate(made);
  const gnutls_datum_t datum = ToDatum(der);
  Expect(gnutls_x509_crt_import(made, &datum, GNUTLS_X509_FMT_DER) == 0,
         "gnutls_x509_crt_import fails");
  return certificate;
}

class Gnutls : public Peer {
 public:
  Description Describe() const override {
    return {"GnuTLS", gnutls_check_version(nullptr), "linear, from the start",
            "verified"};
  }

  void Load(const Files& files) override {
    leaf_ = ReadFile(files.leaf);
    gnutls_x509_crl_t made = nullptr;
    Expect(gnutls_x509_crl_init(&made) == 0, "gnutls_x509_crl_init fails");
    crl_.reset(made);
    {
      Octets der = ReadFile(files.crl);
      const gnutls_datum_t datum = ToDatum(der);
      Expect(gnutls_x509_crl_import(made, &datum, GNUTLS_X509_FMT_DER) == 0,
             "gnutls_x509_crl_import fails");
    }
    const Certificate ca = ToCertificate(ReadFile(files.ca));
    const gnutls_x509_crt_t issuer = ca.get();
    unsigned problems = 0;
    Expect(gnutls_x509_crl_verify(made, &issuer, 1, 0, &problems) == 0 &&
               problems == 0,
           "gnutls_x509_crl_verify fails");
  }

  void Prepare(std::span<const Question> questions) override {
    certificates_.clear();
    for (const Question& question : questions)
      certificates_.push_back(ToCertificate(WithSerial(leaf_, question)));
  }
  size_t MostQuestions() const override { return 1000; }

  void Answer(size_t begin, size_t count, uint8_t* listed) override {
    const gnutls_x509_crl_t crl = crl_.get();
    for (size_t i = 0; i < count; ++i) {
      const int found = gnutls_x509_crt_check_revocation(
          certificates_[begin + i].get(), &crl, 1);
      Expect(found >= 0, "gnutls_x509_crt_check_revocation fails");
      listed[i] = static_cast<uint8_t>(found);
    }
  }

 private:
  Octets leaf_;
  Crl crl_;
  std::vector<Certificate> certificates_;
};

}  // namespace
}  // namespace revstat::peers

int main(int argc, char** argv) {
  revstat::peers::Gnutls peer;
  return revstat::peers::RunPeer(argc, argv, peer);
}
