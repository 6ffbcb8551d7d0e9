// Every CRL or certificate of the corpora that OpenSSL reads must be read the
// same by the engine, or be refused as exceptions.txt says.
//
//   corpora_test crl|certificate EXCEPTIONS CORPORA
//
// Prints a line for each disagreement, in the form of exceptions.txt where the
// engine refuses what OpenSSL reads. Exit status 77: no corpora.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/buffer.h"
#include "tests/corpora/exceptions.h"
#include "tests/corpora/openssl_fields.h"

namespace revstat::test {
namespace {

namespace fs = std::filesystem;

struct Kind {
  std::string_view name;
  std::vector<const char*> folders;
  Comparison (*compare)(Bytes);
};

const Kind kKinds[] = {
    {"crl",
     {"real-crls", "pkits/crls", "gost/rfc9215", "fuzz/crl/openssl",
      "fuzz/crl/gnutls", "fuzz/crl/boringssl-certificatelist"},
     CompareCrl},
    {"certificate",
     {"pkits/certs", "gost", "fuzz/x509/openssl", "fuzz/x509/gnutls",
      "fuzz/x509/boringssl-cert", "fuzz/x509/boringssl-certificate"},
     CompareCertificate}};

struct Counts {
  int files = 0;
  int read_by_openssl = 0;
  int same = 0;
  int excepted = 0;
  int wrong = 0;
  int read_by_us_alone = 0;
};

// The first line in which the two differ.
std::string Difference(const Lines& ours, const Lines& theirs) {
  for (size_t i = 0; i < std::max(ours.size(), theirs.size()); ++i) {
    const std::string our_line = i < ours.size() ? ours[i] : "(nothing)";
    const std::string their_line = i < theirs.size() ? theirs[i] : "(nothing)";
    if (their_line.ends_with(" " + kUndecoded)) continue;
    if (our_line != their_line)
      return Concat({"ours: ", our_line.substr(0, 300),
                     "\n  OpenSSL's: ", their_line.substr(0, 300)});
  }
  return "";
}

std::vector<std::string> FilesIn(const fs::path& root, const Kind& kind) {
  std::vector<std::string> files;
  for (const char* folder : kind.folders) {
    if (!fs::exists(root / folder)) continue;
    for (const auto& item : fs::recursive_directory_iterator(root / folder)) {
      if (item.is_regular_file())
        files.push_back(item.path().lexically_relative(root).string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

void CheckFile(const fs::path& root, const std::string& path, const Kind& kind,
               Exceptions* exceptions, Counts* counts) {
  const auto buffer = Buffer::ReadFile((root / path).string());
  if (!buffer.ok()) {
    std::cout << path << " cannot be read\n";
    ++counts->wrong;
    return;
  }
  const Comparison result = kind.compare((*buffer)->bytes());
  ++counts->files;
  counts->read_by_us_alone += result.ours.has_value() && !result.theirs;
  if (!result.theirs.has_value()) return;
  ++counts->read_by_openssl;
  const std::string expected = exceptions->CodeOf(path);
  if (result.ours.has_value() && expected.empty()) {
    const std::string difference = Difference(*result.ours, *result.theirs);
    counts->same += difference.empty();
    counts->wrong += !difference.empty();
    if (!difference.empty())
      std::cout << path << " is read differently\n  " << difference << "\n";
  } else if (!result.ours.has_value() && expected == result.our_error) {
    ++counts->excepted;
  } else {
    ++counts->wrong;
    std::cout << kind.name << " " << path << " " << result.our_error << "  # "
              << result.our_message << (expected.empty() ? "" : "; expected: ")
              << expected << "\n";
  }
}

int Run(const Kind& kind, const std::string& exceptions_file,
        const fs::path& root) {
  if (root.empty() || !fs::exists(root)) {
    std::cout << "skipped: no corpora\n";
    return 77;
  }
  auto exceptions = Exceptions::Read(exceptions_file, std::string(kind.name));
  if (!exceptions.has_value()) return 1;
  Counts counts;
  for (const std::string& path : FilesIn(root, kind))
    CheckFile(root, path, kind, &*exceptions, &counts);
  for (const auto& [prefix, code] : exceptions->unseen()) {
    std::cout << "no longer: " << kind.name << " " << prefix << " " << code
              << "\n";
    ++counts.wrong;
  }
  std::cout << counts.files << " files; OpenSSL reads "
            << counts.read_by_openssl << ": " << counts.same << " the same, "
            << counts.excepted << " refused as listed, " << counts.wrong
            << " wrong; " << counts.read_by_us_alone << " read by us alone\n";
  if (counts.read_by_openssl == 0) std::cout << "nothing was compared\n";
  return counts.wrong == 0 && counts.read_by_openssl > 0 ? 0 : 1;
}

}  // namespace
}  // namespace revstat::test

int main(int argc, char** argv) {
  using revstat::test::kKinds;
  const std::string_view name = argc == 4 ? argv[1] : "";
  for (const auto& kind : kKinds) {
    if (kind.name == name) return revstat::test::Run(kind, argv[2], argv[3]);
  }
  std::cout << "corpora_test crl|certificate EXCEPTIONS CORPORA\n";
  return 2;
}
