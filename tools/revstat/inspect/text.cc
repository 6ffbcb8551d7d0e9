#include "tools/revstat/inspect/text.h"

#include <arpa/inet.h>

#include <algorithm>
#include <utility>

#include "engine/der/primitives.h"
#include "engine/verify/signature.h"
#include "engine/x509/name_text.h"
#include "engine/x509/oid.h"

namespace revstat::tool {
namespace {

using Json = InspectSheet::Json;

struct NameForm {
  const char* key;
  const char* label;
};

// GeneralName ::= CHOICE, by its context tag [0] to [8].
constexpr NameForm kNameForms[] = {
    {"other_name", "otherName"},
    {"rfc822_name", "rfc822Name"},
    {"dns_name", "dNSName"},
    {"x400_address", "x400Address"},
    {"directory_name", "directoryName"},
    {"edi_party_name", "ediPartyName"},
    {"uri", "URI"},
    {"ip_address", "iPAddress"},
    {"registered_id", "registeredID"},
};

constexpr const char* kReasonFlags[] = {
    "unused",          "keyCompromise",
    "cACompromise",    "affiliationChanged",
    "superseded",      "cessationOfOperation",
    "certificateHold", "privilegeWithdrawn",
    "aACompromise"};

constexpr const char* kKeyUsages[] = {
    "digitalSignature", "nonRepudiation", "keyEncipherment",
    "dataEncipherment", "keyAgreement",   "keyCertSign",
    "cRLSign",          "encipherOnly",   "decipherOnly"};

// Values that have no text of their own; long ones are cut for people's sake.
std::string Octets(Bytes value) {
  constexpr size_t kMost = 256;
  const Bytes shown = value.first(std::min(value.size(), kMost));
  return Concat({"#", ToHex(shown), shown.size() < value.size() ? "..." : ""});
}

std::string DirectoryName(Bytes tlv) {
  der::Trace trace(tlv);
  der::Cursor cursor(tlv, &trace);
  const NameView name = NameView::Read(cursor, "directoryName");
  return trace.ok() ? FormatName(name) : Octets(tlv);
}

std::string Address(Bytes value) {
  char text[INET6_ADDRSTRLEN];
  const int family = value.size() == 4 ? AF_INET : AF_INET6;
  if ((value.size() != 4 && value.size() != 16) ||
      inet_ntop(family, value.data(), text, sizeof(text)) == nullptr) {
    return Octets(value);
  }
  return text;
}

std::string ValueOf(unsigned form, const der::Element& name) {
  switch (form) {
    case 1:
    case 2:
    case 6:
      return EscapeControls(TextOf(name.value));  // IA5String
    case 4:
      return DirectoryName(name.value);
    case 7:
      return Address(name.value);
    case 8:
      return oid::ToDotted(name.value);
    default:
      return Octets(name.value);
  }
}

// nameRelativeToCRLIssuer as text: made into a Name of one RDN.
std::string RelativeName(Bytes rdn_content) {
  const auto wrap = [](der::Tag tag, Bytes content) {
    std::vector<uint8_t> tlv = {tag, 0x84};
    for (int shift = 24; shift >= 0; shift -= 8) {
      tlv.push_back(static_cast<uint8_t>(content.size() >> shift));
    }
    // Shortest form, as the cursor wants it.
    size_t zeros = 0;
    while (zeros < 3 && tlv[2 + zeros] == 0) ++zeros;
    tlv.erase(tlv.begin() + 2, tlv.begin() + 2 + static_cast<long>(zeros));
    tlv[1] = static_cast<uint8_t>(0x84 - zeros);
    if (zeros == 3 && tlv[2] < 0x80) tlv.erase(tlv.begin() + 1);
    tlv.insert(tlv.end(), content.begin(), content.end());
    return tlv;
  };
  const auto name = wrap(der::kSequence, wrap(der::kSet, rdn_content));
  return DirectoryName(name);
}

template <size_t n>
Shown ShowBits(uint32_t bits, const char* const (&names)[n]) {
  Shown shown{Json::array(), {}};
  std::string line;
  for (size_t i = 0; i < 32; ++i) {
    if ((bits >> i & 1) == 0) continue;
    const std::string name =
        i < n ? names[i] : Concat({"bit ", std::to_string(i)});
    shown.json.push_back(name);
    line += Concat({line.empty() ? "" : ", ", name});
  }
  shown.lines.push_back(line.empty() ? "none" : line);
  return shown;
}

void Append(std::string_view label, const Shown& part, Shown* whole) {
  for (const std::string& line : part.lines) {
    whole->lines.push_back(Concat({label, line}));
  }
}

}  // namespace

void AddShown(const char* key, std::string_view label, Shown shown,
              InspectSheet* sheet) {
  sheet->Add(key, label, std::move(shown.json), std::move(shown.lines));
}

Shown ShowGeneralNames(Bytes content) {
  Shown shown{Json::array(), {}};
  ForEachGeneralName(content, [&](const der::Element& name) {
    const unsigned form = name.tag & 0x1f;
    if (form >= std::size(kNameForms)) return;
    std::string value = ValueOf(form, name);
    shown.lines.push_back(Concat({kNameForms[form].label, " ", value}));
    shown.json.push_back({{kNameForms[form].key, std::move(value)}});
  });
  return shown;
}

Shown ShowPointName(const DistributionPointName& name) {
  Shown shown{Json::object(), {}};
  if (!name.full_name.empty()) {
    Shown names = ShowGeneralNames(name.full_name);
    shown.json["full_name"] = std::move(names.json);
    shown.lines = std::move(names.lines);
  } else if (!name.relative_name.empty()) {
    std::string text = RelativeName(name.relative_name);
    shown.lines.push_back(Concat({"nameRelativeToCRLIssuer ", text}));
    shown.json["relative_name"] = std::move(text);
  }
  return shown;
}

Shown ShowReasons(ReasonMask reasons) {
  return ShowBits(reasons, kReasonFlags);
}

Shown ShowKeyUsage(uint32_t bits) { return ShowBits(bits, kKeyUsages); }

Shown ShowDistributionPoints(Bytes points) {
  Shown shown{Json::array(), {}};
  der::Trace trace(points);
  der::Cursor cursor(points, &trace);
  while (!cursor.AtEnd()) {
    const DistributionPoint point = ReadDistributionPoint(cursor);
    if (!cursor.ok()) break;
    Shown one = ShowPointName(point.name);
    if (point.reasons.has_value()) {
      const Shown reasons = ShowReasons(*point.reasons);
      one.json["reasons"] = reasons.json;
      Append("  reasons ", reasons, &one);
    }
    if (!point.crl_issuer.empty()) {
      const Shown issuer = ShowGeneralNames(point.crl_issuer);
      one.json["crl_issuer"] = issuer.json;
      Append("  cRLIssuer ", issuer, &one);
    }
    shown.json.push_back(std::move(one.json));
    Append("", one, &shown);
  }
  return shown;
}

bool IsPresent(const AuthorityKeyIdentifier& identifier) {
  return !identifier.key_identifier.empty() ||
         !identifier.authority_cert_issuer.empty() ||
         !identifier.authority_cert_serial.empty();
}

Shown ShowAuthorityKeyIdentifier(const AuthorityKeyIdentifier& identifier) {
  Shown shown{Json::object(), {}};
  if (!identifier.key_identifier.empty()) {
    const std::string hex = ToHex(identifier.key_identifier);
    shown.json["key_identifier"] = hex;
    shown.lines.push_back(hex);
  }
  if (!identifier.authority_cert_issuer.empty()) {
    const Shown issuer = ShowGeneralNames(identifier.authority_cert_issuer);
    shown.json["issuer"] = issuer.json;
    Append("authorityCertIssuer ", issuer, &shown);
  }
  if (!identifier.authority_cert_serial.empty()) {
    const std::string hex = ToHex(identifier.authority_cert_serial);
    shown.json["serial"] = hex;
    shown.lines.push_back(Concat({"authorityCertSerialNumber ", hex}));
  }
  return shown;
}

std::string AlgorithmText(Bytes algorithm_tlv) {
  if (const auto known = ParseSignatureAlgorithm(algorithm_tlv); known.ok()) {
    return std::string(known->name);
  }
  der::Trace trace(algorithm_tlv);
  der::Cursor cursor(algorithm_tlv, &trace);
  std::string dotted;
  cursor.Nested(der::kSequence, "AlgorithmIdentifier", [&](der::Cursor& body) {
    dotted = oid::ToDotted(der::ReadOid(body, "algorithm"));
  });
  return dotted.empty() ? "unreadable" : dotted;
}

}  // namespace revstat::tool
