// Every PKITS test by the way that `revstat verify` goes, and the class of what
// comes out beside the class that the manifest gives.
//
//   pkits_test EXCEPTIONS CORPORA
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/base/error.h"
#include "engine/check/path_checker.h"
#include "tools/revstat/common/evidence.h"
#include "tools/revstat/common/input_files.h"

namespace {

using namespace revstat;
using Json = nlohmann::json;

constexpr int kSkipped = 77;
constexpr size_t kTests = 123;

std::map<std::string, std::string> ReadExceptions(const char* path) {
  std::map<std::string, std::string> exceptions;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::string id;
    std::string result;
    if (line.starts_with('#') || !(std::istringstream(line) >> id >> result))
      continue;
    exceptions[id] = result;
  }
  return exceptions;
}

std::vector<std::string> Paths(const std::string& root, const Json& names) {
  std::vector<std::string> paths;
  for (const Json& name : names)
    paths.push_back(root + name.get<std::string>());
  return paths;
}

std::string ClassOf(const CheckedPath& path) {
  if (path.result == PathResult::kValid) return "valid";
  if (path.error.find("[no_path]") != std::string::npos) return "path_error";
  std::string found = "undetermined";
  for (const CheckedCertificate& checked : path.certificates) {
    if (checked.verdict.status == Status::kRevoked) return "revoked";
    if (checked.verdict.status == Status::kOnHold) found = "on_hold";
  }
  return found;
}

std::string Run(const std::string& root, const Json& test) {
  tool::EvidenceFiles files;
  files.trust = {root + test["trust_anchor"].get<std::string>()};
  files.untrusted = Paths(root, test["chain"]);
  for (const std::string& path : Paths(root, test["extra_certs"]))
    files.untrusted.push_back(path);
  files.crls = Paths(root, test["crls"]);
  EvidencePolicy policy;
  policy.lookup.at = *ParseTime(test["time"].get<std::string>());
  policy.anchor_kind = AnchorKind::kSelfSigned;
  const tool::LoadedEvidence evidence = tool::LoadEvidence(files, policy);
  const auto target =
      tool::ReadObjects(root + test["target"].get<std::string>(),
                        tool::ObjectKind::kCertificate, 1 << 20);
  // A certificate that is refused when it is read has no valid path.
  if (!target.ok()) return "path_error";
  IssuerResolver resolver(evidence.snapshot());
  const auto path = CheckPath(*evidence.built.paths, evidence.snapshot(),
                              {policy.lookup}, target->front(), &resolver);
  return path.ok() ? ClassOf(*path) : "path_error";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const std::string root = std::string(argv[2]) + "/pkits/";
  if (!std::filesystem::exists(root + "manifest.json")) {
    std::cout << "skipped: no corpora\n";
    return kSkipped;
  }
  auto exceptions = ReadExceptions(argv[1]);
  std::ifstream file(root + "manifest.json");
  const Json manifest = Json::parse(file);
  size_t count = 0;
  size_t wrong = 0;
  for (const Json& test : manifest["tests"]) {
    ++count;
    const std::string id = test["id"];
    const std::string wanted = test["outcome_class"];
    const std::string got = Run(root, test);
    const auto exception = exceptions.find(id);
    const bool is_exception = exception != exceptions.end();
    if (got == (is_exception ? exception->second : wanted) &&
        (!is_exception || got != wanted)) {
      continue;
    }
    ++wrong;
    std::cout << id << " " << test["name"].get<std::string>() << ": NIST says "
              << wanted << ", we say " << got << "\n";
  }
  std::cout << count << " tests, " << wrong << " wrong, " << exceptions.size()
            << " exceptions\n";
  return wrong == 0 && count == kTests ? 0 : 1;
}
