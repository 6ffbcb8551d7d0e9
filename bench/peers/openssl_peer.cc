// OpenSSL: d2i_X509_CRL makes objects, X509_CRL_verify checks the signature,
// and the first X509_CRL_get0_by_serial sorts, which counts as loading; later
// ones are binary searches.
#include <openssl/crypto.h>
#include <openssl/x509.h>

#include <memory>

#include "bench/peers/driver.h"

namespace revstat::peers {
namespace {

template <class T, void (*kFree)(T*)>
struct Free {
  void operator()(T* object) const { kFree(object); }
};
using Certificate = std::unique_ptr<X509, Free<X509, X509_free>>;
using Crl = std::unique_ptr<X509_CRL, Free<X509_CRL, X509_CRL_free>>;
using Integer =
    std::unique_ptr<ASN1_INTEGER, Free<ASN1_INTEGER, ASN1_INTEGER_free>>;

Integer ToInteger(std::span<const uint8_t> content) {
  Octets tlv = {V_ASN1_INTEGER, static_cast<uint8_t>(content.size())};
  tlv.insert(tlv.end(), content.begin(), content.end());
  const uint8_t* position = tlv.data();
  Integer integer(
      d2i_ASN1_INTEGER(nullptr, &position, static_cast<long>(tlv.size())));
  Expect(integer != nullptr, "d2i_ASN1_INTEGER fails");
  return integer;
}

class Openssl : public Peer {
 public:
  Description Describe() const override {
    return {"OpenSSL", OpenSSL_version(OPENSSL_VERSION_STRING),
            "sorted, binary search", "verified"};
  }

  void Load(const Files& files) override {
    {
      const Octets der = ReadFile(files.crl);
      const uint8_t* position = der.data();
      crl_.reset(
          d2i_X509_CRL(nullptr, &position, static_cast<long>(der.size())));
      Expect(crl_ != nullptr, "d2i_X509_CRL fails");
    }
    const Octets ca_der = ReadFile(files.ca);
    const uint8_t* position = ca_der.data();
    const Certificate ca(
        d2i_X509(nullptr, &position, static_cast<long>(ca_der.size())));
    Expect(ca != nullptr, "d2i_X509 fails");
    Expect(X509_CRL_verify(crl_.get(), X509_get0_pubkey(ca.get())) == 1,
           "X509_CRL_verify fails");
    const Integer zero(ASN1_INTEGER_new());
    Finds(zero);
  }

  void Prepare(std::span<const Question> questions) override {
    serials_.clear();
    for (const Question& question : questions)
      serials_.push_back(ToInteger(question.content()));
  }

  void Answer(size_t begin, size_t count, uint8_t* listed) override {
    for (size_t i = 0; i < count; ++i)
      listed[i] = Finds(serials_[begin + i]) ? 1 : 0;
  }

 private:
  bool Finds(const Integer& serial) const {
    X509_REVOKED* entry = nullptr;
    return X509_CRL_get0_by_serial(crl_.get(), &entry, serial.get()) != 0;
  }

  Crl crl_;
  std::vector<Integer> serials_;
};

}  // namespace
}  // namespace revstat::peers

int main(int argc, char** argv) {
  revstat::peers::Openssl peer;
  return revstat::peers::RunPeer(argc, argv, peer);
}
