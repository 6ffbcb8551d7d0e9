// inspect: a CRL (RFC 5280 5).
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "engine/base/parallel.h"
#include "engine/index/crl_index.h"
#include "engine/verify/digest.h"
#include "engine/x509/extension.h"
#include "engine/x509/name_text.h"
#include "engine/x509/oid.h"
#include "tools/revstat/common/output.h"
#include "tools/revstat/inspect/limits.h"
#include "tools/revstat/inspect/objects.h"
#include "tools/revstat/inspect/text.h"

namespace revstat::tool {
namespace {

using Json = InspectSheet::Json;

// "0x01f4 (500)"; the decimal form only where it fits 64 bits.
void AddNumber(const char* key, std::string_view label, const CrlNumber& number,
               InspectSheet* sheet) {
  const std::string hex = ToHex(number.magnitude());
  std::string line = Concat({"0x", hex});
  if (number.magnitude().size() <= 8) {
    uint64_t value = 0;
    for (uint8_t octet : number.magnitude()) value = value << 8 | octet;
    line += Concat({" (", std::to_string(value), ")"});
  }
  sheet->Add(key, label, hex, {line});
}

Shown ShowIssuingDistributionPoint(const IssuingDistributionPoint& point) {
  Shown shown = ShowPointName(point.name);
  const auto only = [&](const char* value, const char* line) {
    shown.json["only_contains"] = value;
    shown.lines.push_back(line);
  };
  switch (point.kinds) {
    case CertificateKinds::kAll:
      break;
    case CertificateKinds::kUser:
      only("user_certs", "onlyContainsUserCerts");
      break;
    case CertificateKinds::kCa:
      only("ca_certs", "onlyContainsCACerts");
      break;
    case CertificateKinds::kAttribute:
      only("attribute_certs", "onlyContainsAttributeCerts");
      break;
  }
  if (point.only_some_reasons.has_value()) {
    const Shown reasons = ShowReasons(*point.only_some_reasons);
    shown.json["only_some_reasons"] = reasons.json;
    shown.lines.push_back(Concat({"onlySomeReasons ", reasons.lines.front()}));
  }
  const bool indirect = point.issuance == CrlIssuance::kIndirect;
  shown.json["indirect_crl"] = indirect;
  if (indirect) shown.lines.push_back("indirectCRL");
  if (shown.lines.empty()) shown.lines.push_back("empty");
  return shown;
}

Shown ShowExtensions(Bytes extensions) {
  Shown shown{Json::array(), {}};
  if (extensions.empty()) return shown;
  der::Trace trace(extensions);
  der::Cursor cursor(extensions, &trace);
  ReadExtensions(cursor, "crlExtensions", [&](const Extension& extension) {
    const std::string name = oid::NameOfExtension(extension.oid);
    shown.json.push_back({{"name", name},
                          {"oid", oid::ToDotted(extension.oid)},
                          {"critical", extension.critical()}});
    shown.lines.push_back(
        Concat({name, extension.critical() ? " (critical)" : ""}));
  });
  return shown;
}

void AddHead(const CrlView& crl, InspectSheet* sheet) {
  sheet->Add("issuer", "issuer", FormatName(crl.issuer()));
  sheet->Add("version", "version", crl.version(),
             {std::to_string(crl.version())});
  sheet->Add("this_update", "thisUpdate", FormatTime(crl.this_update()));
  if (crl.next_update().has_value())
    sheet->Add("next_update", "nextUpdate", FormatTime(*crl.next_update()));
  if (crl.crl_number().has_value())
    AddNumber("crl_number", "cRLNumber", *crl.crl_number(), sheet);
  if (crl.base_crl_number().has_value()) {
    AddNumber("base_crl_number", "delta to CRL number", *crl.base_crl_number(),
              sheet);
  }
  if (IsPresent(crl.authority_key_identifier())) {
    AddShown("authority_key_identifier", "authorityKeyIdentifier",
             ShowAuthorityKeyIdentifier(crl.authority_key_identifier()), sheet);
  }
  if (const auto& point = crl.issuing_distribution_point()) {
    AddShown("issuing_distribution_point", "issuingDistributionPoint",
             ShowIssuingDistributionPoint(*point), sheet);
  }
  if (!crl.freshest_crl().empty()) {
    AddShown("freshest_crl", "freshestCRL",
             ShowDistributionPoints(crl.freshest_crl()), sheet);
  }
  if (crl.expired_certs_on_crl().has_value()) {
    sheet->Add("expired_certs_on_crl", "expiredCertsOnCRL",
               FormatTime(*crl.expired_certs_on_crl()));
  }
  AddShown("extensions", "extensions", ShowExtensions(crl.extensions()), sheet);
}

// 5.3.3: entries by the name in certificateIssuer, as encoded; those before the
// first one belong to the CRL's issuer.
Shown ShowCertificateIssuers(const CrlView& crl) {
  constexpr size_t kMostLines = 20;
  struct Count {
    std::string name;
    uint64_t entries = 0;
  };
  std::vector<Count> counts = {{FormatName(crl.issuer())}};
  std::unordered_map<std::string_view, size_t> positions;
  size_t current = 0;
  CrlEntryReader reader(crl);
  while (reader.Next()) {
    const Bytes issuer = reader.entry().certificate_issuer;
    if (!issuer.empty()) {
      const auto [found, is_new] =
          positions.try_emplace(TextOf(issuer), counts.size());
      if (is_new) {
        Shown names = ShowGeneralNames(issuer);
        std::string name;
        for (const Json& one : names.json) {
          if (name.empty()) name = one.value("directory_name", "");
        }
        counts.push_back({std::move(name)});
      }
      current = found->second;
    }
    ++counts[current].entries;
  }
  if (counts.front().entries == 0) counts.erase(counts.begin());
  Shown shown{Json::array(), {}};
  for (const Count& count : counts) {
    shown.json.push_back({{"name", count.name}, {"entries", count.entries}});
    if (shown.lines.size() < kMostLines) {
      shown.lines.push_back(
          Concat({count.name, ": ", WithCommas(count.entries)}));
    }
  }
  if (counts.size() > kMostLines) {
    shown.lines.push_back(
        Concat({"and ", WithCommas(counts.size() - kMostLines), " more"}));
  }
  return shown;
}

void AddReasons(const CrlStatistics& statistics, InspectSheet* sheet) {
  Shown shown{Json::object(), {}};
  const auto add = [&](std::string_view key, std::string_view label,
                       uint64_t count) {
    if (count == 0) return;
    shown.json[std::string(key)] = count;
    shown.lines.push_back(Concat({label, ": ", WithCommas(count)}));
  };
  for (size_t i = 0; i < statistics.by_reason.size(); ++i) {
    const std::string_view name = NameOf(static_cast<ReasonCode>(i));
    add(name, name, statistics.by_reason[i]);
  }
  add("absent", "no reason given", statistics.without_reason);
  AddShown("entries_by_reason", "by reason", std::move(shown), sheet);
}

void AddStatistics(const CrlView& crl, const CrlStatistics& statistics,
                   InspectSheet* sheet) {
  sheet->Add("entries", "entries", statistics.entries,
             {WithCommas(statistics.entries)});
  AddReasons(statistics, sheet);
  sheet->Add("duplicates", "duplicates", statistics.duplicates,
             {WithCommas(statistics.duplicates)});
  if (statistics.oldest_revocation.has_value()) {
    sheet->Add("oldest_revocation", "oldest revocation",
               FormatTime(*statistics.oldest_revocation));
    sheet->Add("newest_revocation", "newest revocation",
               FormatTime(*statistics.newest_revocation));
  }
  if (crl.is_indirect()) {
    AddShown("certificate_issuers", "certificate issuers",
             ShowCertificateIssuers(crl), sheet);
  }
}

void AddPerEntry(const char* key, std::string_view label, uint64_t bytes,
                 uint64_t entries, InspectSheet* sheet) {
  const double value =
      static_cast<double>(bytes) / static_cast<double>(entries);
  char text[32];
  std::snprintf(text, sizeof(text), "%.2f", value);
  sheet->Add(key, label, std::round(value * 100) / 100, {text});
}

void AddSizes(const CrlView& crl, const CrlIndex& index, InspectSheet* sheet) {
  uint64_t index_bytes = 0;
  for (const IssuerIndex& issuer : index.issuers)
    index_bytes += issuer.index.size();
  sheet->Add("index_bytes", "index bytes", index_bytes,
             {WithCommas(index_bytes)});
  if (index.statistics.entries == 0) return;
  AddPerEntry("bytes_per_entry", "bytes an entry", crl.der().size(),
              index.statistics.entries, sheet);
  AddPerEntry("index_bytes_per_entry", "index bytes an entry", index_bytes,
              index.statistics.entries, sheet);
}

struct UseNames {
  const char* json;
  const char* text;
};
UseNames NamesOf(CrlUse use) {
  switch (use) {
    case CrlUse::kAnyAnswer:
      return {"any", "any answer"};
    case CrlUse::kActive:
      return {"active", "proving a certificate active"};
    case CrlUse::kBareActive:
      return {"bare_active", "proving a bare serial active"};
  }
  return {"", ""};
}

void AddLimits(const CrlView& crl, const absl::StatusOr<CrlIndex>& index,
               InspectSheet* sheet) {
  Shown shown{Json::array(), {}};
  for (const CrlLimit& limit : LimitsOf(crl, index)) {
    const auto [use, words] = NamesOf(limit.use);
    Json one = {{"use", use}};
    if (!limit.unless.empty()) one["unless"] = limit.unless;
    one["cause"] = NameOf(limit.cause);
    one["why"] = limit.why;
    shown.json.push_back(std::move(one));
    shown.lines.push_back(
        Concat({words, limit.unless.empty() ? "" : ", without ", limit.unless,
                ": ", limit.why, " [", NameOf(limit.cause), "]"}));
  }
  AddShown("not_used_for", "not used for", std::move(shown), sheet);
}

}  // namespace

Inspection InspectCrl(Bytes der) {
  const auto crl = CrlView::Parse(der);
  if (!crl.ok()) return {std::nullopt, crl.status()};
  constexpr size_t kLarge = 1 << 20;
  absl::StatusOr<CrlIndex> index = CrlIndex();
  Sha256Digest digest = {};
  RunBeside(
      der.size() < kLarge ? Threads::kOne : Threads::kTwo,
      [&] { index = IndexCrl(*crl, HashKey::Random(), IndexLimits()); },
      [&] { digest = Sha256(der); });

  InspectSheet sheet("crl", "CRL");
  AddHead(*crl, &sheet);
  if (index.ok()) AddStatistics(*crl, index->statistics, &sheet);
  sheet.Add("bytes", "bytes", der.size(), {WithCommas(der.size())});
  if (index.ok()) AddSizes(*crl, *index, &sheet);
  sheet.Add("signature_algorithm", "signature algorithm",
            AlgorithmText(crl->signature_algorithm_tlv()));
  sheet.Add("sha256", "SHA-256", ToHex(digest));
  AddLimits(*crl, index, &sheet);
  return {std::move(sheet), index.status()};
}

}  // namespace revstat::tool
