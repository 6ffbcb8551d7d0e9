// inspect: OCSP responses and requests (RFC 6960 4).
#include <string>
#include <utility>

#include "engine/verify/digest.h"
#include "engine/x509/name_text.h"
#include "engine/x509/ocsp_request.h"
#include "engine/x509/ocsp_response.h"
#include "engine/x509/oid.h"
#include "tools/revstat/common/ocsp_text.h"
#include "tools/revstat/common/output.h"
#include "tools/revstat/inspect/objects.h"
#include "tools/revstat/inspect/text.h"

namespace revstat::tool {
namespace {

using Json = InspectSheet::Json;

// More than this are counted, not shown.
constexpr size_t kMaxShown = 100;

std::string_view NameOf(CertIdHash hash) {
  constexpr std::string_view kNames[] = {"SHA-1", "SHA-256", "SHA-384",
                                         "SHA-512", "other"};
  return kNames[static_cast<size_t>(hash)];
}

Json JsonOf(const CertId& id) {
  return {{"serial", id.serial.ToText()},
          {"hash", NameOf(id.hash)},
          {"issuer_name_hash", ToHex(id.issuer_name_hash)},
          {"issuer_key_hash", ToHex(id.issuer_key_hash)}};
}

Json JsonOf(const OcspSingleResponse& single) {
  Json json = JsonOf(single.cert_id);
  json["status"] = NameOf(single.status);
  if (single.status == CertStatus::kRevoked) {
    json["revocation_time"] = FormatTime(single.revocation_time);
    if (single.reason != ReasonCode::kAbsent)
      json["reason"] = NameOf(single.reason);
  }
  json["this_update"] = FormatTime(single.this_update);
  if (single.next_update.has_value())
    json["next_update"] = FormatTime(*single.next_update);
  if (single.archive_cutoff.has_value())
    json["archive_cutoff"] = FormatTime(*single.archive_cutoff);
  if (single.invalidity_date.has_value())
    json["invalidity_time"] = FormatTime(*single.invalidity_date);
  if (!single.unsupported_critical_extension.empty()) {
    json["unsupported_critical_extension"] =
        oid::NameOfExtension(single.unsupported_critical_extension);
  }
  return json;
}

std::string LineOf(const OcspSingleResponse& single) {
  std::string line =
      Concat({single.cert_id.serial.ToText(), "  ", NameOf(single.status)});
  if (single.status == CertStatus::kRevoked) {
    line += Concat({" since ", FormatTime(single.revocation_time)});
    if (single.reason != ReasonCode::kAbsent)
      line += Concat({" (", NameOf(single.reason), ")"});
  }
  line += Concat({", ", FormatTime(single.this_update), " to "});
  return line += single.next_update.has_value()
                     ? FormatTime(*single.next_update)
                     : "no nextUpdate";
}

void AddCommon(Bytes nonce, Bytes unsupported, Bytes der, InspectSheet* sheet) {
  if (!nonce.empty()) sheet->Add("nonce", "nonce", ToHex(nonce));
  if (!unsupported.empty()) {
    sheet->Add("unsupported_critical_extension",
               "unsupported critical extension",
               oid::NameOfExtension(unsupported));
  }
  sheet->Add("bytes", "bytes", der.size(), {WithCommas(der.size())});
  sheet->Add("sha256", "SHA-256", ToHex(Sha256(der)));
}

void AddBasic(const OcspResponseView& response, InspectSheet* sheet) {
  sheet->Add("responder", "responderID", ResponderText(response.responder()));
  sheet->Add("produced_at", "producedAt", FormatTime(response.produced_at()));
  Shown shown{Json::array(), {}};
  response.ForEachResponse([&](const OcspSingleResponse& single) {
    if (shown.lines.size() == kMaxShown) return;
    shown.json.push_back(JsonOf(single));
    shown.lines.push_back(LineOf(single));
  });
  const size_t count = response.response_count();
  sheet->Add("response_count", "responses", count, {WithCommas(count)});
  if (count > 0) AddShown("responses", "answers", std::move(shown), sheet);
  if (response.certificate_count() > 0) {
    sheet->Add("certificates", "certificates", response.certificate_count(),
               {WithCommas(response.certificate_count())});
  }
  sheet->Add("signature_algorithm", "signature algorithm",
             AlgorithmText(response.signature_algorithm_tlv()));
}

}  // namespace

Inspection InspectOcspResponse(Bytes der) {
  const auto response = OcspResponseView::Parse(der);
  if (!response.ok()) return {std::nullopt, response.status()};
  InspectSheet sheet("ocsp_response", "OCSP response");
  sheet.Add("response_status", "responseStatus",
            std::string(NameOf(response->status())));
  if (!response->response_type().empty() && !response->is_basic()) {
    sheet.Add("response_type", "responseType",
              oid::ToDotted(response->response_type()));
  }
  if (response->is_basic()) AddBasic(*response, &sheet);
  AddCommon(response->nonce(), response->unsupported_critical_extension(), der,
            &sheet);
  return {std::move(sheet), absl::OkStatus()};
}

Inspection InspectOcspRequest(Bytes der) {
  const auto request = OcspRequestView::Parse(der);
  if (!request.ok()) return {std::nullopt, request.status()};
  InspectSheet sheet("ocsp_request", "OCSP request");
  Shown shown{Json::array(), {}};
  request->ForEachRequest([&](const OcspSingleRequest& one) {
    if (shown.lines.size() == kMaxShown) return;
    shown.json.push_back(JsonOf(one.cert_id));
    shown.lines.push_back(
        Concat({one.cert_id.serial.ToText(), "  ", NameOf(one.cert_id.hash)}));
  });
  const size_t count = request->request_count();
  sheet.Add("request_count", "requests", count, {WithCommas(count)});
  if (count > 0) AddShown("requests", "asks about", std::move(shown), &sheet);
  if (!request->signature_algorithm_tlv().empty()) {
    sheet.Add("signature_algorithm", "signature algorithm",
              AlgorithmText(request->signature_algorithm_tlv()));
  }
  AddCommon(request->nonce(), request->unsupported_critical_extension(), der,
            &sheet);
  return {std::move(sheet), absl::OkStatus()};
}

}  // namespace revstat::tool
