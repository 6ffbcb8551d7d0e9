// Botan: X509_CRL makes objects, check_signature checks it, and is_revoked asks
// with a certificate and walks the list.
#include <botan/pk_keys.h>
#include <botan/version.h>
#include <botan/x509_crl.h>
#include <botan/x509cert.h>

#include <exception>
#include <memory>

#include "bench/peers/driver.h"

namespace revstat::peers {
namespace {

class Botan2 : public Peer {
 public:
  Description Describe() const override {
    return {"Botan", Botan::short_version_string(), "linear", "verified"};
  }

  void Load(const Files& files) override {
    leaf_ = ReadFile(files.leaf);
    crl_ = std::make_unique<Botan::X509_CRL>(ReadFile(files.crl));
    const Botan::X509_Certificate ca(ReadFile(files.ca));
    const std::unique_ptr<Botan::Public_Key> key(ca.load_subject_public_key());
    Expect(crl_->check_signature(*key), "check_signature fails");
  }

  void Prepare(std::span<const Question> questions) override {
    certificates_.clear();
    for (const Question& question : questions)
      certificates_.emplace_back(WithSerial(leaf_, question));
  }
  size_t MostQuestions() const override { return kFewQuestions; }

  void Answer(size_t begin, size_t count, uint8_t* listed) override {
    for (size_t i = 0; i < count; ++i)
      listed[i] = crl_->is_revoked(certificates_[begin + i]) ? 1 : 0;
  }

 private:
  Octets leaf_;
  std::unique_ptr<Botan::X509_CRL> crl_;
  std::vector<Botan::X509_Certificate> certificates_;
};

}  // namespace
}  // namespace revstat::peers

int main(int argc, char** argv) {
  try {
    revstat::peers::Botan2 peer;
    return revstat::peers::RunPeer(argc, argv, peer);
  } catch (const std::exception& error) {
    revstat::peers::Fail(error.what());
  }
}
