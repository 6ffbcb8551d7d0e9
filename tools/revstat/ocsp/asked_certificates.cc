#include "tools/revstat/ocsp/asked_certificates.h"

#include <algorithm>
#include <deque>
#include <filesystem>

#include "engine/x509/authority_info_access.h"
#include "tools/revstat/check/list_reader.h"
#include "tools/revstat/common/input_files.h"

namespace revstat::tool {
namespace {

constexpr size_t kHeadBytes = 1 << 16;

bool IsKnown(const LookupKey& key) {
  return key.issuer != kUnknownIssuer && key.issuer != kAmbiguousIssuer;
}

void ForEachRow(std::string_view text, IssuerResolver& resolver,
                const VisitAsked& visit) {
  const auto columns = ListColumns::FromHeader(text);
  if (!columns.ok()) return;
  std::string last_issuer;
  LookupKey key;
  std::deque<std::string> unquoted;
  size_t position = std::min(text.find('\n'), text.size());
  while (position < text.size()) {
    const size_t begin = position + 1;
    position = std::min(text.find('\n', begin), text.size());
    if (begin >= text.size()) break;
    std::string_view line = text.substr(begin, position - begin);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    unquoted.clear();
    const ListRow row = columns->ReadRow(line, &unquoted);
    const auto serial = SerialNumber::FromText(row.serial);
    if (row.problem != nullptr || !serial.ok()) continue;
    if (row.issuer != last_issuer) {
      const auto issuer = resolver.IssuerNamed(row.issuer);
      key.issuer = issuer.ok() ? *issuer : kUnknownIssuer;
      last_issuer = row.issuer;
    }
    key.serial = *serial;
    if (IsKnown(key)) visit(key, {}, position);
  }
}

void ForEachCertificate(Bytes file, IssuerResolver& resolver,
                        const VisitAsked& visit) {
  ForEachObject(
      file,
      [&](const Object& object) {
        if (object.kind != ObjectKind::kCertificate) return;
        const auto certificate = CertificateView::Parse(object.der);
        if (!certificate.ok()) return;
        const LookupKey key{certificate->serial(),
                            resolver.IssuerOf(*certificate)};
        if (!IsKnown(key)) return;
        std::vector<std::string> urls;
        for (std::string_view url : OcspUrlsOf(*certificate))
          urls.emplace_back(url);
        visit(key, std::move(urls), object.offset);
      },
      [](uint64_t, const absl::Status&) {});
}

}  // namespace

void ForEachAsked(const std::string& input, IssuerResolver& resolver,
                  const VisitAsked& visit) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (fs::is_directory(input, error)) {
    fs::recursive_directory_iterator walk(
        input, fs::directory_options::skip_permission_denied, error);
    for (; !error && walk != fs::recursive_directory_iterator();
         walk.increment(error)) {
      std::error_code ignored;
      if (walk->is_regular_file(ignored))
        ForEachAsked(walk->path().string(), resolver, visit);
    }
    return;
  }
  const auto file = Buffer::ReadFile(input);
  if (!file.ok()) return;
  const Bytes bytes = (*file)->bytes();
  if (DetectContent(bytes.first(std::min(bytes.size(), kHeadBytes))) ==
      ContentKind::kList) {
    ForEachRow(TextOf(bytes), resolver, visit);
  } else {
    ForEachCertificate(bytes, resolver, visit);
  }
}

}  // namespace revstat::tool
