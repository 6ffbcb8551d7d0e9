#include "tools/revstat/common/ocsp_text.h"

#include "engine/base/json_text.h"
#include "engine/x509/name_text.h"

namespace revstat::tool {
namespace {

// Who signed it is not kept.
std::string CachedSourceJson(const OcspAnswer& answer,
                             std::string_view issuer) {
  std::string json =
      Concat({",\"source\":{\"kind\":\"ocsp\",\"issuer\":", issuer,
              ",\"produced_at\":\"", FormatTime(answer.produced_at),
              "\",\"this_update\":\"", FormatTime(answer.this_update), "\""});
  if (answer.end == OcspAnswer::End::kNextUpdate)
    json += Concat({",\"next_update\":\"", FormatTime(answer.until), "\""});
  return json += Concat({",\"sha256\":\"", ToHex(answer.sha256), "\"}"});
}

}  // namespace

std::string ResponderText(const ResponderId& responder) {
  return responder.by_key.empty() ? FormatName(responder.by_name)
                                  : Concat({"key ", ToHex(responder.by_key)});
}

std::string OcspSourceJson(const OcspEvidence& evidence,
                           std::string_view issuer) {
  if (evidence.cached.has_value())
    return CachedSourceJson(*evidence.cached, issuer);
  const OcspResponseView& response = evidence.source->response;
  std::string json = Concat(
      {",\"source\":{\"kind\":\"ocsp\",\"issuer\":", issuer,
       ",\"responder\":", JsonString(ResponderText(response.responder())),
       ",\"produced_at\":\"", FormatTime(response.produced_at()), "\""});
  if (evidence.single.has_value()) {
    const OcspSingleResponse& single = *evidence.single;
    json +=
        Concat({",\"this_update\":\"", FormatTime(single.this_update), "\""});
    if (single.next_update.has_value()) {
      json += Concat(
          {",\"next_update\":\"", FormatTime(*single.next_update), "\""});
    }
  }
  return json +=
         Concat({",\"sha256\":\"", ToHex(evidence.source->sha256), "\"}"});
}

}  // namespace revstat::tool
