#include "engine/x509/crl.h"

#include <algorithm>

#include "engine/der/primitives.h"
#include "engine/x509/extension.h"
#include "engine/x509/oid.h"

namespace revstat {
namespace {

CrlNumber ReadCrlNumber(der::Cursor& cursor, const char* field) {
  const Bytes start = cursor.rest();
  const Bytes content = der::ReadInteger(cursor, field);
  if (!cursor.ok()) return {};
  // INTEGER (0..MAX)
  if (content[0] >= 0x80)
    cursor.FailAt(start, ErrorCode::kIntegerOutOfRange, field);
  return CrlNumber(content);
}

}  // namespace

std::strong_ordering operator<=>(const CrlNumber& a, const CrlNumber& b) {
  if (a.magnitude_.size() != b.magnitude_.size()) {
    return a.magnitude_.size() <=> b.magnitude_.size();
  }
  return std::lexicographical_compare_three_way(
      a.magnitude_.begin(), a.magnitude_.end(), b.magnitude_.begin(),
      b.magnitude_.end());
}

// CertificateList ::= SEQUENCE { tbsCertList, signatureAlgorithm,
// signatureValue }
CrlView CrlView::Parse(Bytes der, der::Trace* trace) {
  CrlView view;
  Bytes inner_algorithm;
  der::Cursor outer(der, trace);
  if (der.size() > kMaxBytes)
    outer.Fail(ErrorCode::kTooLarge, "CertificateList");
  const auto whole =
      outer.Nested(der::kSequence, "CertificateList", [&](der::Cursor& list) {
        view.tbs_tlv_ = list.Nested(der::kSequence, "tbsCertList",
                                    [&](der::Cursor& tbs) {
                                      view.ReadTbs(tbs, &inner_algorithm);
                                    })
                            .tlv;
        view.signature_algorithm_tlv_ =
            list.Read(der::kSequence, "signatureAlgorithm").tlv;
        view.signature_ = der::ReadBitStringOctets(list, "signatureValue");
        // RFC 5280 5.1.1.2: both must be the same algorithm identifier.
        if (list.ok() &&
            !Equal(inner_algorithm, view.signature_algorithm_tlv_)) {
          list.FailAt(view.signature_algorithm_tlv_,
                      ErrorCode::kAlgorithmMismatch, "signatureAlgorithm");
        }
      });
  view.der_ = whole.tlv;
  outer.ExpectEnd("CertificateList");
  return view;
}

absl::StatusOr<CrlView> CrlView::Parse(Bytes der) {
  der::Trace trace(der);
  const CrlView view = Parse(der, &trace);
  if (!trace.ok()) return ToStatus(trace.error());
  return view;
}

// TBSCertList ::= SEQUENCE { version INTEGER OPTIONAL -- if present, v2,
//   signature, issuer, thisUpdate, nextUpdate OPTIONAL,
//   revokedCertificates SEQUENCE OF SEQUENCE {...} OPTIONAL,
//   crlExtensions [0] EXPLICIT OPTIONAL }
void CrlView::ReadTbs(der::Cursor& tbs, Bytes* inner_algorithm) {
  if (tbs.Peek() == der::kInteger) {
    const Bytes start = tbs.rest();
    if (der::ReadUnsigned(tbs, 1, "version") != 1) {
      tbs.FailAt(start, ErrorCode::kBadVersion, "version");
    }
    version_ = 2;
  }
  *inner_algorithm = tbs.Read(der::kSequence, "signature").tlv;
  issuer_ = NameView::Read(tbs, "issuer");
  this_update_ = der::ReadTime(tbs, "thisUpdate");
  const Bytes next_update_start = tbs.rest();
  if (tbs.Peek() == der::kUtcTime || tbs.Peek() == der::kGeneralizedTime) {
    next_update_ = der::ReadTime(tbs, "nextUpdate");
    if (tbs.ok() && *next_update_ < this_update_) {
      tbs.FailAt(next_update_start, ErrorCode::kTimesReversed, "nextUpdate");
    }
  }
  // RFC 5280 5.1.2.6 wants the field left out when nothing is revoked. CAs that
  // write an empty SEQUENCE exist, and its meaning is not in doubt.
  entries_ = tbs.ReadOptional(der::kSequence, "revokedCertificates").value;
  if (tbs.Peek() != der::ContextConstructed(0)) return;
  if (version_ != 2) return tbs.Fail(ErrorCode::kBadVersion, "crlExtensions");
  ReadExtensionsField(tbs);
}

void CrlView::ReadExtensionsField(der::Cursor& tbs) {
  const auto read = [this](const Extension& extension, der::Cursor& value) {
    if (oid::Is(extension.oid, oid::kAuthorityKeyIdentifier)) {
      authority_key_ = ReadAuthorityKeyIdentifier(value);
    } else if (oid::Is(extension.oid, oid::kCrlNumber)) {
      crl_number_ = ReadCrlNumber(value, "cRLNumber");
    } else if (oid::Is(extension.oid, oid::kDeltaCrlIndicator)) {
      base_crl_number_ = ReadCrlNumber(value, "BaseCRLNumber");
    } else if (oid::Is(extension.oid, oid::kIssuingDistributionPoint)) {
      issuing_distribution_point_ = ReadIssuingDistributionPoint(value);
    } else if (oid::Is(extension.oid, oid::kFreshestCrl)) {
      freshest_crl_ = ReadDistributionPoints(value, "freshestCRL");
    } else if (oid::Is(extension.oid, oid::kExpiredCertsOnCrl)) {
      // X.509 9.5.2.8: GeneralizedTime. UTCTime is read too: the CRLs of
      // ChamberSign France have it, and its meaning is not in doubt.
      expired_certs_on_crl_ = der::ReadTime(value, "expiredCertsOnCRL");
    } else {
      if (extension.critical() && unsupported_critical_.empty()) {
        unsupported_critical_ = extension.oid;
      }
      value = der::Cursor({}, value.trace());
    }
  };
  const auto field = tbs.Nested(
      der::ContextConstructed(0), "crlExtensions", [&](der::Cursor& wrapper) {
        ReadExtensions(
            wrapper, "crlExtensions", [&](const Extension& extension) {
              wrapper.Consume(
                  extension.value, "extnValue",
                  [&](der::Cursor& value) { read(extension, value); });
            });
      });
  extensions_ = field.value;
}

}  // namespace revstat
