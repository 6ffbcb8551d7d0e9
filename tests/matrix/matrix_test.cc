// The engine's answer for every drawn case beside OpenSSL's. Where they differ,
// a rule in the file of differences says who is right, and why; a rule that no
// case needs, and a difference without a rule, fail the run.
//
//   matrix_test DIFFERENCES FIRST_SEED COUNT
#include <openssl/crypto.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <stdexcept>

#include "engine/base/error.h"
#include "engine/check/evidence_builder.h"
#include "engine/check/issuer_resolver.h"
#include "tests/matrix/openssl_answer.h"

namespace revstat::test {
namespace {

std::shared_ptr<const Buffer> AsBuffer(const Octets& der) {
  return Buffer::FromVector(der);
}

std::string EngineAnswer(const MatrixCase& drawn) {
  EvidencePolicy policy;
  policy.lookup.at = FromUnix(kMatrixTime);
  policy.ingest.threads = Threads::kOne;
  EvidenceBuilder builder(policy);
  (void)builder.AddTrusted(AsBuffer(drawn.anchor));
  // Trusted, so that nothing is asked about the status of a CRL's signer, as
  // OpenSSL asks nothing unless it asks about the whole chain.
  for (const Octets& der : drawn.untrusted)
    (void)builder.AddTrusted(AsBuffer(der));
  for (const Octets& crl : drawn.crls) (void)builder.IngestCrl(AsBuffer(crl));
  const BuiltEvidence built = std::move(builder).Build();
  const auto certificate = CertificateView::Parse(drawn.certificate);
  if (!certificate.ok()) return std::string(MessageOf(certificate.status()));
  IssuerResolver resolver(*built.snapshot);
  const Verdict verdict =
      Check(*built.snapshot, policy.lookup, resolver.QuestionOf(*certificate));
  switch (verdict.status) {
    case Status::kActive:
      return "active";
    case Status::kRevoked:
    case Status::kOnHold:
      return "revoked";
    default:
      return "undetermined";
  }
}

// "openssl engine feature feature ...": holds for a case with all the features.
struct Rule {
  std::string openssl;
  std::string engine;
  std::vector<std::string> features;
  std::string line;
  uint64_t used = 0;

  bool Holds(const std::string& openssl_says, const std::string& engine_says,
             const std::string& drawn) const {
    if (openssl != openssl_says || engine != engine_says) return false;
    const std::string words = " " + drawn + " ";
    for (const std::string& feature : features) {
      if (words.find(" " + feature + " ") == std::string::npos) return false;
    }
    return true;
  }
};

// "before=3.0.22" or "since=3.0.22": whether the word speaks of the libcrypto
// that is loaded. OpenSSL mends its faults in patch
// releases, and the tests run beside whichever of them is installed.
bool IsOfThisOpenSsl(const std::string& word) {
  const bool is_before = word.starts_with("before=");
  unsigned version[3] = {};
  if (std::sscanf(word.c_str() + word.find('=') + 1, "%u.%u.%u", &version[0],
                  &version[1], &version[2]) != 3) {
    throw std::runtime_error("no version: " + word);
  }
  const std::array<unsigned, 3> loaded = {OPENSSL_version_major(),
                                          OPENSSL_version_minor(),
                                          OPENSSL_version_patch()};
  const bool is_older =
      loaded < std::array<unsigned, 3>{version[0], version[1], version[2]};
  return is_older == is_before;
}

std::vector<Rule> ReadRules(const char* path) {
  std::vector<Rule> rules;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    Rule rule;
    rule.line = line;
    std::istringstream words(line);
    words >> rule.openssl >> rule.engine;
    bool is_ours = true;
    for (std::string word; words >> word;) {
      if (word.starts_with("before=") || word.starts_with("since=")) {
        is_ours = is_ours && IsOfThisOpenSsl(word);
      } else {
        rule.features.push_back(word);
      }
    }
    if (is_ours) rules.push_back(std::move(rule));
  }
  return rules;
}

int Run(const char* differences, uint32_t first, uint32_t count) {
  std::vector<Rule> rules = ReadRules(differences);
  std::map<std::string, uint64_t> answers;
  uint64_t unexplained = 0;
  for (uint32_t seed = first; seed < first + count; ++seed) {
    const MatrixCase drawn = DrawCase(seed);
    const std::string openssl = OpenSslAnswer(drawn);
    const std::string engine = EngineAnswer(drawn);
    ++answers[engine];
    if (openssl == engine) continue;
    bool is_explained = false;
    for (Rule& rule : rules) {
      if (is_explained || !rule.Holds(openssl, engine, drawn.features))
        continue;
      ++rule.used;
      is_explained = true;
    }
    if (is_explained) continue;
    ++unexplained;
    if (unexplained <= 20)
      std::cout << "seed " << seed << ": OpenSSL says " << openssl
                << ", the engine " << engine << ": " << drawn.features << "\n";
  }
  for (const auto& [answer, number] : answers)
    std::cout << number << " " << answer << ", ";
  uint64_t unused = 0;
  uint64_t explained = 0;
  for (const Rule& rule : rules) {
    explained += rule.used;
    if (rule.used == 0) std::cout << "\nno case needs: " << rule.line;
    unused += rule.used == 0 ? 1 : 0;
  }
  std::cout << explained << " differences explained, " << unexplained
            << " not\n";
  return unexplained == 0 && unused == 0 ? 0 : 1;
}

}  // namespace
}  // namespace revstat::test

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  return revstat::test::Run(argv[1], static_cast<uint32_t>(std::stoul(argv[2])),
                            static_cast<uint32_t>(std::stoul(argv[3])));
}
