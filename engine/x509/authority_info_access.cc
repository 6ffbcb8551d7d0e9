#include "engine/x509/authority_info_access.h"

#include <algorithm>

#include "engine/x509/oid.h"

namespace revstat {
namespace {

bool IsPlainText(Bytes text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](uint8_t c) {
    return c > 0x20 && c < 0x7f;
  });
}

}  // namespace

// AuthorityInfoAccessSyntax ::= SEQUENCE SIZE (1..MAX) OF AccessDescription
// AccessDescription ::= SEQUENCE { accessMethod OBJECT IDENTIFIER,
//                                  accessLocation GeneralName }
std::vector<std::string_view> OcspUrlsOf(const CertificateView& certificate) {
  constexpr uint8_t kUriTag = 6;  // uniformResourceIdentifier [6] IA5String
  std::vector<std::string_view> urls;
  const Bytes value = certificate.authority_info_access();
  der::Trace trace(value);
  der::Cursor cursor(value, &trace);
  cursor.Nested(der::kSequence, "authorityInfoAccess", [&](der::Cursor& list) {
    while (!list.AtEnd()) {
      list.Nested(
          der::kSequence, "AccessDescription", [&](der::Cursor& access) {
            const Bytes method = der::ReadOid(access, "accessMethod");
            const bool is_url = access.Peek() == der::ContextPrimitive(kUriTag);
            const Bytes location = access.ReadAny("accessLocation").value;
            if (access.ok() && is_url && oid::Is(method, oid::kAdOcsp) &&
                IsPlainText(location) && urls.size() < kMaxOcspUrls)
              urls.push_back(TextOf(location));
          });
    }
  });
  if (!trace.ok()) urls.clear();
  return urls;
}

}  // namespace revstat
