#include "engine/refresh/source_files.h"

#include <filesystem>

#include "engine/base/error.h"
#include "engine/refresh/certificate_files.h"
#include "engine/refresh/libcurl.h"

namespace revstat {
namespace {

constexpr uint64_t kMaxSourcesBytes = uint64_t{16} << 20;
constexpr uint64_t kMaxCertificateBytes = uint64_t{64} << 20;

using Certificates = std::vector<std::shared_ptr<const Buffer>>;

Certificates ReadAll(const std::vector<std::string>& files,
                     const std::string& place, std::string* problems) {
  Certificates certificates;
  for (const std::string& file : files) {
    const auto read = ReadCertificates(file, kMaxCertificateBytes);
    if (read.ok()) {
      certificates.insert(certificates.end(), read->begin(), read->end());
    } else {
      *problems += Concat({place, MessageOf(read.status()), "\n"});
    }
  }
  return certificates;
}

}  // namespace

LoadedSources LoadSources(const std::string& path) {
  LoadedSources loaded;
  const auto file = Buffer::ReadFile(path, kMaxSourcesBytes);
  if (!file.ok()) {
    loaded.problems = Concat({MessageOf(file.status()), "\n"});
    return loaded;
  }
  ParsedSources parsed =
      ParseSources(TextOf((*file)->bytes()),
                   std::filesystem::path(path).parent_path().string());
  loaded.problems = Describe(parsed.problems, path);
  // Said once, and not of each URL.
  if (const absl::Status status = LoadLibcurl(); !status.ok())
    loaded.problems += Concat({MessageOf(status), "\n"});
  for (IssuerSource& issuer : parsed.issuers) {
    const std::string place =
        Concat({path, ":", std::to_string(issuer.line), ":1: "});
    issuer.trusted = ReadAll(issuer.trust_files, place, &loaded.problems);
    issuer.untrusted = ReadAll(issuer.untrusted_files, place, &loaded.problems);
    issuer.certificates =
        ReadAll(issuer.certificate_files, place, &loaded.problems);
  }
  loaded.issuers = std::move(parsed.issuers);
  return loaded;
}

}  // namespace revstat
