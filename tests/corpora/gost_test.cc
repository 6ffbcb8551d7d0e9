// GOST R 34.10-2012 signatures of the corpora, by the signatures' verifier and
// by the path builder.
//
//   gost_test CORPORA
//
// Exit status 77: no corpora, or no GOST module.
#include "engine/verify/gost.h"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/base/buffer.h"
#include "engine/base/error.h"
#include "engine/verify/crl_verifier.h"
#include "engine/verify/path_builder.h"
#include "engine/x509/name_text.h"

namespace revstat::test {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

int failures = 0;

void Expect(bool holds, const std::string& what) {
  if (holds) return;
  ++failures;
  std::cout << "FAILED: " << what << "\n";
}

std::shared_ptr<const Buffer> Read(const fs::path& file) {
  auto buffer = Buffer::ReadFile(file.string());
  if (buffer.ok()) return *std::move(buffer);
  std::cout << "cannot read " << file << "\n";
  std::exit(1);
}

// The files of gost/russian-ca, and which of them could have issued which.
struct Corpus {
  struct Item {
    std::string file;
    std::shared_ptr<const Buffer> der;
    std::vector<std::string> issuer_candidates;
    bool self_issued = false;
  };
  std::vector<Item> items;
  std::map<std::string, const Item*> by_file;

  explicit Corpus(const fs::path& folder) {
    const Json index = Json::parse(std::ifstream(folder / "index.json"));
    for (const Json& row : index.at("certs")) {
      items.push_back({row.at("file"), Read(folder / row.at("file")),
                       row.at("issuer_candidates"), row.at("self_issued")});
    }
    for (const Item& item : items) by_file[item.file] = &item;
  }
};

// Did one of the candidates sign what these octets are?
bool IsSigned(Bytes der, const Corpus::Item& item, const Corpus& corpus) {
  const auto certificate = CertificateView::Parse(der);
  if (!certificate.ok()) return false;
  for (const std::string& file : item.issuer_candidates) {
    const auto issuer =
        CertificateView::Parse(corpus.by_file.at(file)->der->bytes());
    if (issuer.ok() && VerifyIssuedBy(*certificate, *issuer, {}).ok())
      return true;
  }
  return false;
}

// Names in Cyrillic, with INN and OGRN, are read from the text they make.
void CheckNames(const Corpus& corpus) {
  for (const Corpus::Item& item : corpus.items) {
    const auto certificate = CertificateView::Parse(item.der->bytes());
    if (!certificate.ok()) {
      Expect(false, item.file + " is read");
      continue;
    }
    for (const NameView& name :
         {certificate->subject(), certificate->issuer()}) {
      const std::string text = FormatName(name);
      const auto read = CanonicalNameOfText(text);
      Expect(read.ok() && *read == CanonicalName(name),
             item.file + ": " + text);
    }
  }
}

void CheckSignatures(const Corpus& corpus) {
  int with_issuer = 0;
  for (const Corpus::Item& item : corpus.items) {
    if (item.issuer_candidates.empty()) continue;
    ++with_issuer;
    const Bytes der = item.der->bytes();
    Expect(IsSigned(der, item, corpus), item.file + " is signed");
    // The signature is what the certificate ends with.
    std::vector<uint8_t> changed(der.begin(), der.end());
    changed.back() ^= 1;
    Expect(!IsSigned(changed, item, corpus), item.file + " with a bit flipped");
  }
  std::cout << with_issuer << " certificates with an issuer\n";
  Expect(with_issuer == 1129, "1,129 certificates have an issuer");
}

// Paths to the self-signed certificates, each on the first day of its target.
void CheckPaths(const Corpus& corpus) {
  int found = 0;
  for (const Corpus::Item& item : corpus.items) {
    const auto view = CertificateView::Parse(item.der->bytes());
    if (!view.ok() || item.self_issued) continue;
    PathBuilder builder({.at = view->not_before()});
    for (const Corpus::Item& other : corpus.items) {
      if (!other.self_issued) continue;
      Expect(builder.AddAnchor(other.der->bytes()).ok(), other.file);
    }
    for (const std::string& file : item.issuer_candidates) {
      Expect(builder.AddUntrusted(corpus.by_file.at(file)->der->bytes()).ok(),
             file);
    }
    const auto path = builder.Build(item.der->bytes());
    Expect(path.ok(), item.file + ": " + path.status().ToString());
    ++found;
  }
  std::cout << found << " certificates with a path\n";
  Expect(found == 1129, "1,129 certificates are not self-signed");
}

// The worked examples: each certificate signed itself and the CRL beside it.
void CheckExamples(const fs::path& folder) {
  const Json manifest = Json::parse(std::ifstream(folder / "manifest.json"));
  for (const Json& row : manifest.at("tests")) {
    const std::string id = row.at("id");
    const auto certificate_der = Read(folder / row.at("issuer_cert"));
    const auto crl_der = Read(folder / row.at("crl"));
    const auto certificate = CertificateView::Parse(certificate_der->bytes());
    const auto crl = CrlView::Parse(crl_der->bytes());
    if (!certificate.ok() || !crl.ok()) {
      Expect(false, id + " is read");
      continue;
    }
    const absl::Status own = VerifyIssuedBy(*certificate, *certificate, {});
    Expect(own.ok(), id + ": certificate: " + own.ToString());
    const auto verified = VerifyCrl(*crl, {&*certificate, 1}, {});
    Expect(verified.ok(), id + ": CRL: " + verified.status().ToString());
    PathBuilder builder({.at = crl->this_update()});
    Expect(builder.AddAnchor(certificate_der->bytes()).ok(), id + ": anchor");
    Expect(builder.Build(certificate_der->bytes()).ok(), id + ": path");
  }
}

int Run(const fs::path& gost) {
  if (!fs::exists(gost)) {
    std::cout << "skipped: no corpora\n";
    return 77;
  }
  const Corpus corpus(gost / "russian-ca");
  CheckNames(corpus);
  const absl::Status loaded = RequireGost(GostSupport::kWhereInstalled);
  if (!loaded.ok() && failures == 0) {
    std::cout << "skipped: " << MessageOf(loaded) << "\n";
    return 77;
  }
  CheckExamples(gost / "rfc9215");
  CheckSignatures(corpus);
  CheckPaths(corpus);
  return failures == 0 ? 0 : 1;
}

}  // namespace
}  // namespace revstat::test

int main(int argc, char** argv) {
  if (argc == 2)
    return revstat::test::Run(std::filesystem::path(argv[1]) / "gost");
  std::cout << "gost_test CORPORA\n";
  return 2;
}
