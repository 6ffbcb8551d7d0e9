#include "engine/x509/certificate.h"

#include "engine/der/primitives.h"
#include "engine/x509/distribution_point.h"
#include "engine/x509/extension.h"
#include "engine/x509/oid.h"

namespace revstat {
namespace {

// Features ::= SEQUENCE OF INTEGER; the numbers are TLS extensions (RFC 7633
// 4).
bool NamesStatusRequest(Bytes value) {
  constexpr uint8_t kStatusRequest[] = {5};     // RFC 6066 8
  constexpr uint8_t kStatusRequestV2[] = {17};  // RFC 6961 2.2
  der::Trace trace(value);
  der::Cursor cursor(value, &trace);
  bool is_named = false;
  cursor.Nested(der::kSequence, "tlsFeature", [&](der::Cursor& features) {
    while (!features.AtEnd()) {
      const Bytes feature = der::ReadInteger(features, "tlsFeature");
      is_named |=
          Equal(feature, kStatusRequest) || Equal(feature, kStatusRequestV2);
    }
  });
  return trace.ok() && is_named;
}

// Those of RFC 5280 4.2.1 that bind paths and names, and are not read here.
bool IsForPathValidation(Bytes oid) {
  return oid::Is(oid, oid::kIdCe<17>) || oid::Is(oid, oid::kIssuerAltName) ||
         oid::Is(oid, oid::kIdCe<30>) || oid::Is(oid, oid::kIdCe<32>) ||
         oid::Is(oid, oid::kIdCe<33>) || oid::Is(oid, oid::kIdCe<36>) ||
         oid::Is(oid, oid::kIdCe<54>);
}

}  // namespace

// Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue
// }
CertificateView CertificateView::Parse(Bytes der, der::Trace* trace) {
  CertificateView view;
  Bytes inner_algorithm;
  der::Cursor outer(der, trace);
  const auto whole = outer.Nested(
      der::kSequence, "Certificate", [&](der::Cursor& certificate) {
        view.tbs_tlv_ = certificate
                            .Nested(der::kSequence, "tbsCertificate",
                                    [&](der::Cursor& tbs) {
                                      view.ReadTbs(tbs, &inner_algorithm);
                                    })
                            .tlv;
        view.signature_algorithm_tlv_ =
            certificate.Read(der::kSequence, "signatureAlgorithm").tlv;
        view.signature_ =
            der::ReadBitStringOctets(certificate, "signatureValue");
        // RFC 5280 4.1.1.2: both must be the same algorithm identifier.
        if (certificate.ok() &&
            !Equal(inner_algorithm, view.signature_algorithm_tlv_)) {
          certificate.FailAt(view.signature_algorithm_tlv_,
                             ErrorCode::kAlgorithmMismatch,
                             "signatureAlgorithm");
        }
      });
  view.der_ = whole.tlv;
  outer.ExpectEnd("Certificate");
  return view;
}

absl::StatusOr<CertificateView> CertificateView::Parse(Bytes der) {
  der::Trace trace(der);
  const CertificateView view = Parse(der, &trace);
  if (!trace.ok()) return ToStatus(trace.error());
  return view;
}

// TBSCertificate ::= SEQUENCE { version [0] EXPLICIT INTEGER DEFAULT v1,
//   serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo,
//   issuerUniqueID [1] OPTIONAL, subjectUniqueID [2] OPTIONAL,
//   extensions [3] EXPLICIT OPTIONAL }
void CertificateView::ReadTbs(der::Cursor& tbs, Bytes* inner_algorithm) {
  uint32_t version = 0;
  tbs.NestedOptional(der::ContextConstructed(0), "version",
                     [&](der::Cursor& explicit_version) {
                       version =
                           der::ReadUnsigned(explicit_version, 2, "version");
                     });
  serial_ = der::ReadSerialNumber(tbs, "serialNumber");
  *inner_algorithm = tbs.Read(der::kSequence, "signature").tlv;
  issuer_ = NameView::Read(tbs, "issuer");
  tbs.Nested(der::kSequence, "validity", [&](der::Cursor& validity) {
    not_before_ = der::ReadTime(validity, "notBefore");
    not_after_ = der::ReadTime(validity, "notAfter");
  });
  subject_ = NameView::Read(tbs, "subject");
  spki_tlv_ = tbs.Read(der::kSequence, "subjectPublicKeyInfo").tlv;
  tbs.ReadOptional(der::ContextPrimitive(1), "issuerUniqueID");
  tbs.ReadOptional(der::ContextPrimitive(2), "subjectUniqueID");
  const Bytes extensions_start = tbs.rest();
  if (tbs.Peek() != der::ContextConstructed(3)) return;
  if (version != 2)
    return tbs.FailAt(extensions_start, ErrorCode::kBadVersion, "extensions");
  ReadExtensionsField(tbs);
}

void CertificateView::ReadExtensionsField(der::Cursor& tbs) {
  const auto read = [this](const Extension& extension, der::Cursor& value) {
    if (oid::Is(extension.oid, oid::kAuthorityKeyIdentifier)) {
      authority_key_ = ReadAuthorityKeyIdentifier(value);
    } else if (oid::Is(extension.oid, oid::kSubjectKeyIdentifier)) {
      subject_key_identifier_ =
          value.Read(der::kOctetString, "subjectKeyIdentifier").value;
    } else if (oid::Is(extension.oid, oid::kKeyUsage)) {
      key_usage_ = der::ReadNamedBits(value, "keyUsage");
    } else if (oid::Is(extension.oid, oid::kBasicConstraints)) {
      value.Nested(der::kSequence, "basicConstraints",
                   [this](der::Cursor& body) {
                     if (der::ReadFlag(body, "cA") == der::Flag::kTrue)
                       kind_ = Kind::kCa;
                     body.ReadOptional(der::kInteger, "pathLenConstraint");
                   });
    } else if (oid::Is(extension.oid, oid::kCrlDistributionPoints)) {
      crl_distribution_points_ =
          ReadDistributionPoints(value, "cRLDistributionPoints");
    } else if (oid::Is(extension.oid, oid::kFreshestCrl)) {
      freshest_crl_ = ReadDistributionPoints(value, "freshestCRL");
    } else {
      NoteOther(extension);
      // Not ours to check; whether a critical one matters is path validation's.
      value = der::Cursor({}, value.trace());
    }
  };
  tbs.Nested(der::ContextConstructed(3), "extensions", [&](der::Cursor& field) {
    ReadExtensions(field, "extensions", [&](const Extension& extension) {
      field.Consume(extension.value, "extnValue",
                    [&](der::Cursor& value) { read(extension, value); });
    });
  });
}

// Read without being checked: a certificate is not refused for what these hold,
// they only say nothing where they are malformed.
void CertificateView::NoteOther(const Extension& extension) {
  constexpr uint8_t kNullValue[] = {der::kNull, 0};
  if (oid::Is(extension.oid, oid::kNoRevAvail)) {
    revocation_info_ = RevocationInfo::kNotAvailable;
  } else if (oid::Is(extension.oid, oid::kAuthorityInfoAccess)) {
    authority_info_access_ = extension.value;
  } else if (oid::Is(extension.oid, oid::kExtKeyUsage)) {
    ext_key_usage_ = extension.value;
  } else if (oid::Is(extension.oid, oid::kOcspNoCheck)) {
    if (Equal(extension.value, kNullValue)) ocsp_check_ = OcspCheck::kNotNeeded;
  } else if (oid::Is(extension.oid, oid::kTlsFeature)) {
    if (NamesStatusRequest(extension.value)) stapling_ = Stapling::kRequired;
  } else if (extension.critical() && unsupported_critical_.empty() &&
             !IsForPathValidation(extension.oid)) {
    unsupported_critical_ = extension.oid;
  }
}

// ExtKeyUsageSyntax ::= SEQUENCE SIZE (1..MAX) OF KeyPurposeId
bool CertificateView::HasKeyPurpose(Bytes oid) const {
  der::Trace trace(ext_key_usage_);
  der::Cursor cursor(ext_key_usage_, &trace);
  bool is_named = false;
  cursor.Nested(der::kSequence, "extKeyUsage", [&](der::Cursor& purposes) {
    while (!purposes.AtEnd())
      is_named |= Equal(der::ReadOid(purposes, "KeyPurposeId"), oid);
  });
  cursor.ExpectEnd("extKeyUsage");
  return trace.ok() && is_named;
}

}  // namespace revstat
