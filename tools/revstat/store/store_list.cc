#include "tools/revstat/store/store_list.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>

#include "engine/base/json_text.h"
#include "engine/snapshot/scope.h"
#include "engine/x509/name_text.h"
#include "tools/revstat/common/output.h"

namespace revstat::tool {
namespace {

std::string NumberText(const CrlView& crl) {
  return crl.crl_number().has_value() ? ToHex(crl.crl_number()->magnitude())
                                      : "";
}

// "3d4h", "5m", "-2h": how long until, or since.
std::string DurationText(std::chrono::seconds duration) {
  const int64_t seconds = duration.count();
  const int64_t size = seconds < 0 ? -seconds : seconds;
  struct Unit {
    int64_t seconds;
    char name;
  };
  constexpr std::array<Unit, 4> kUnits = {
      {{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}}};
  std::string text = seconds < 0 ? "-" : "";
  for (size_t i = 0; i < kUnits.size(); ++i) {
    const int64_t whole = size / kUnits[i].seconds;
    if (whole == 0 && i + 1 < kUnits.size()) continue;
    text += std::to_string(whole) + kUnits[i].name;
    const int64_t rest = i + 1 < kUnits.size()
                             ? size % kUnits[i].seconds / kUnits[i + 1].seconds
                             : 0;
    if (rest != 0) text += std::to_string(rest) + kUnits[i + 1].name;
    break;
  }
  return text;
}

using Row = std::vector<std::string>;

std::string Table(const std::vector<Row>& rows) {
  std::vector<size_t> widths(rows.front().size());
  for (const Row& row : rows) {
    for (size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], WidthOf(row[i]));
  }
  std::string text;
  for (const Row& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      text += row[i];
      if (i + 1 < row.size())
        text += std::string(widths[i] - WidthOf(row[i]) + 2, ' ');
    }
    text += '\n';
  }
  return text;
}

void AddText(const char* key, std::string_view value, std::string* json) {
  if (value.empty()) return;
  *json += Concat(
      {json->size() > 1 ? "," : "", "\"", key, "\":", JsonString(value)});
}
void AddNumber(const char* key, int64_t value, std::string* json) {
  *json += Concat(
      {json->size() > 1 ? "," : "", "\"", key, "\":", std::to_string(value)});
}

}  // namespace

std::string ScopeText(const CrlView& crl) {
  std::string text =
      crl.is_delta()
          ? Concat({"delta of ", ToHex(crl.base_crl_number()->magnitude())})
          : std::string("complete");
  const auto& point = crl.issuing_distribution_point();
  if (!point.has_value()) return text;
  if (crl.is_indirect()) text += ", indirect";
  switch (point->kinds) {
    case CertificateKinds::kAll:
      break;
    case CertificateKinds::kUser:
      text += ", users";
      break;
    case CertificateKinds::kCa:
      text += ", CAs";
      break;
    case CertificateKinds::kAttribute:
      text += ", attribute certificates";
      break;
  }
  if (point->only_some_reasons.has_value()) text += ", some reasons";
  bool has_name = false;
  ForEachGeneralName(point->name.full_name, [&](const der::Element& name) {
    constexpr uint8_t kUri = der::ContextPrimitive(6);
    if (name.tag != kUri || has_name) return;
    text += Concat({", ", Printable(TextOf(name.value))});
    has_name = true;
  });
  if (!has_name &&
      !(point->name.full_name.empty() && point->name.relative_name.empty())) {
    text += ", a distribution point";
  }
  return text;
}

std::string ListAsTable(const StoreContents& contents, Time at) {
  std::vector<Row> rows = {{"issuer", "scope", "number", "thisUpdate",
                            "nextUpdate", "age", "left", "entries", "bytes",
                            "sha256"}};
  for (const StoredCrl& stored : contents.crls) {
    const CrlView& crl = stored.source->crl();
    const auto next = crl.next_update();
    rows.push_back({Printable(FormatName(crl.issuer())), ScopeText(crl),
                    NumberText(crl), FormatTime(crl.this_update()),
                    next ? FormatTime(*next) : "-",
                    DurationText(at - crl.this_update()),
                    next ? DurationText(*next - at) : "-",
                    WithCommas(stored.segment->statistics().entries),
                    WithCommas(stored.segment->file_bytes()),
                    ToHex(stored.segment->sha256()).substr(0, 16)});
  }
  size_t validated = 0;
  size_t vouched_for = 0;
  for (const ManifestCertificate& certificate :
       contents.manifest.certificates) {
    vouched_for += certificate.trust == ManifestCertificate::Trust::kVouchedFor;
    validated += !certificate.paths.empty();
  }
  return Concat({Table(rows), "\ngeneration ",
                 WithCommas(contents.manifest.generation), " of ",
                 FormatTime(contents.manifest.written_at), ": ",
                 WithCommas(contents.crls.size()), " CRLs, ",
                 WithCommas(contents.manifest.certificates.size()),
                 " certificates (", WithCommas(vouched_for), " trusted, ",
                 WithCommas(validated), " validated)\n"});
}

std::string ListAsJsonLines(const StoreContents& contents, Time at) {
  std::string lines;
  for (const StoredCrl& stored : contents.crls) {
    const CrlView& crl = stored.source->crl();
    const auto next = crl.next_update();
    std::string json = "{";
    AddText("issuer", FormatName(crl.issuer()), &json);
    AddText("scope", ScopeText(crl), &json);
    AddText("crl_number", NumberText(crl), &json);
    if (crl.is_delta()) {
      AddText("base_crl_number", ToHex(crl.base_crl_number()->magnitude()),
              &json);
    }
    AddText("this_update", FormatTime(crl.this_update()), &json);
    if (next) AddText("next_update", FormatTime(*next), &json);
    AddNumber("age_seconds", (at - crl.this_update()).count(), &json);
    if (next) AddNumber("seconds_left", (*next - at).count(), &json);
    AddNumber("entries",
              static_cast<int64_t>(stored.segment->statistics().entries),
              &json);
    AddNumber("der_bytes", static_cast<int64_t>(stored.segment->der().size()),
              &json);
    AddNumber("index_bytes",
              static_cast<int64_t>(stored.segment->index_bytes()), &json);
    AddNumber("file_bytes", static_cast<int64_t>(stored.segment->file_bytes()),
              &json);
    AddText("sha256", ToHex(stored.segment->sha256()), &json);
    AddText("signer_sha256", ToHex(stored.segment->signer_sha256()), &json);
    AddText("taken_at", FormatTime(stored.record.taken_at), &json);
    AddNumber("generation", static_cast<int64_t>(contents.manifest.generation),
              &json);
    lines += json + "}\n";
  }
  return lines;
}

}  // namespace revstat::tool
