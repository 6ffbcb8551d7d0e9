#include "tools/revstat-gen/crl_extensions.h"

#include <algorithm>
#include <utility>

#include "tools/revstat-gen/names.h"

namespace revstat::gen {
namespace {

constexpr std::array<std::pair<ReasonCode, std::string_view>, 10> kReasonNames =
    {{
        {ReasonCode::kUnspecified, "unspecified"},
        {ReasonCode::kKeyCompromise, "keyCompromise"},
        {ReasonCode::kCaCompromise, "cACompromise"},
        {ReasonCode::kAffiliationChanged, "affiliationChanged"},
        {ReasonCode::kSuperseded, "superseded"},
        {ReasonCode::kCessationOfOperation, "cessationOfOperation"},
        {ReasonCode::kCertificateHold, "certificateHold"},
        {ReasonCode::kRemoveFromCrl, "removeFromCRL"},
        {ReasonCode::kPrivilegeWithdrawn, "privilegeWithdrawn"},
        {ReasonCode::kAaCompromise, "aACompromise"},
    }};

// ReasonFlags (4.2.1.13) numbers the reasons 1 to 6 like ReasonCode, then
// privilegeWithdrawn (7) and aACompromise (8). Bit 0 is unused.
uint32_t ReasonFlag(ReasonCode reason) {
  switch (reason) {
    case ReasonCode::kPrivilegeWithdrawn:
      return 1u << 7;
    case ReasonCode::kAaCompromise:
      return 1u << 8;
    default:
      return 1u << static_cast<unsigned>(reason);
  }
}

// DistributionPointName ::= CHOICE {
//   fullName [0] GeneralNames, nameRelativeToCRLIssuer [1]
//   RelativeDistinguishedName }
Octets DistributionPointName(const IssuingDistributionPointFields& fields) {
  if (!fields.full_name.empty())
    return der::Constructed(0, UriNames(fields.full_name));
  if (!fields.relative_name.empty()) {
    return der::Constructed(1, CommonNameAttribute(fields.relative_name));
  }
  return {};
}

}  // namespace

std::string_view NameOf(ReasonCode reason) {
  for (const auto& [code, name] : kReasonNames) {
    if (code == reason) return name;
  }
  return "";
}

std::optional<ReasonCode> ReasonFromName(std::string_view text) {
  for (const auto& [code, name] : kReasonNames) {
    if (name == text) return code;
  }
  return std::nullopt;
}

Octets CrlNumber(Bytes number) {
  return Extension("2.5.29.20", Criticality::kNonCritical,
                   der::Unsigned(number));
}

Octets DeltaCrlIndicator(Bytes base_number) {
  return Extension("2.5.29.27", Criticality::kCritical,
                   der::Unsigned(base_number));
}

// IssuingDistributionPoint ::= SEQUENCE {
//   distributionPoint          [0] DistributionPointName OPTIONAL,
//   onlyContainsUserCerts      [1] BOOLEAN DEFAULT FALSE,
//   onlyContainsCACerts        [2] BOOLEAN DEFAULT FALSE,
//   onlySomeReasons            [3] ReasonFlags OPTIONAL,
//   indirectCRL                [4] BOOLEAN DEFAULT FALSE,
//   onlyContainsAttributeCerts [5] BOOLEAN DEFAULT FALSE }
Octets IssuingDistributionPoint(const IssuingDistributionPointFields& fields) {
  std::vector<Octets> content;
  const Octets name = DistributionPointName(fields);
  if (!name.empty()) content.push_back(der::Constructed(0, name));
  const Octets yes = {0xFF};
  if (fields.only_user_certs) content.push_back(der::Primitive(1, yes));
  if (fields.only_ca_certs) content.push_back(der::Primitive(2, yes));
  if (!fields.only_some_reasons.empty()) {
    uint32_t flags = 0;
    for (ReasonCode reason : fields.only_some_reasons)
      flags |= ReasonFlag(reason);
    content.push_back(der::Primitive(3, der::NamedBitsContent(flags)));
  }
  if (fields.indirect_crl) content.push_back(der::Primitive(4, yes));
  if (fields.only_attribute_certs) content.push_back(der::Primitive(5, yes));
  return Extension("2.5.29.28", Criticality::kCritical,
                   der::Tlv(der::kSequence, der::JoinAll(content)));
}

Octets ExpiredCertsOnCrl(Time since) {
  return Extension("2.5.29.60", Criticality::kNonCritical,
                   der::GeneralizedTime(since));
}

// reasonCode EXTENSION: id-ce 21, CRLReason ::= ENUMERATED, not critical
uint8_t* PutReason(ReasonCode reason, uint8_t* out) {
  constexpr std::array<uint8_t, kReasonSize - 1> kHead = {
      0x30, 0x0A, 0x06, 0x03, 0x55, 0x1D, 0x15, 0x04, 0x03, 0x0A, 0x01};
  out = std::copy(kHead.begin(), kHead.end(), out);
  *out++ = static_cast<uint8_t>(reason);
  return out;
}

// invalidityDate EXTENSION: id-ce 24, GeneralizedTime, not critical
uint8_t* PutInvalidityDate(Time time, uint8_t* out) {
  constexpr std::array<uint8_t, kInvalidityDateSize - 15> kHead = {
      0x30, 0x18, 0x06, 0x03, 0x55, 0x1D, 0x18, 0x04, 0x11, 0x18, 0x0F};
  out = std::copy(kHead.begin(), kHead.end(), out);
  return der::PutGeneralizedTimeContent(time, out);
}

// certificateIssuer EXTENSION: id-ce 29, GeneralNames, critical
Octets CertificateIssuer(Bytes name) {
  return Extension("2.5.29.29", Criticality::kCritical,
                   der::Tlv(der::kSequence, DirectoryNames(name)));
}

}  // namespace revstat::gen
