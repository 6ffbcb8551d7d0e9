// SingleResponse: what an OCSP responder says of one certificate (RFC 6960
// 4.2.1), read in place.
#ifndef REVSTAT_ENGINE_X509_OCSP_SINGLE_RESPONSE_H_
#define REVSTAT_ENGINE_X509_OCSP_SINGLE_RESPONSE_H_

#include <cstdint>
#include <optional>

#include "engine/base/bytes.h"
#include "engine/base/time.h"
#include "engine/der/cursor.h"
#include "engine/x509/crl_entry.h"
#include "engine/x509/ocsp_cert_id.h"

namespace revstat {

// CertStatus, in order of strictness.
enum class CertStatus : uint8_t { kRevoked, kUnknown, kGood };

std::string_view NameOf(CertStatus status);  // "revoked"

// id-pkix-ocsp-crl (4.4.2): the CRL that the answer was taken from. Borrowed.
struct CrlIdentifier {
  Bytes url;     // IA5String content; empty: absent
  Bytes number;  // INTEGER content; empty: absent
  std::optional<Time> time;
};

// Borrowed; valid as long as the response's bytes.
struct OcspSingleResponse {
  Bytes tlv;
  CertId cert_id;
  CertStatus status = CertStatus::kUnknown;
  // Of kRevoked; else the epoch and kAbsent. reason is that of RevokedInfo or,
  // where that has none, of the reasonCode extension (4.4.5).
  Time revocation_time;
  ReasonCode reason = ReasonCode::kAbsent;
  Time this_update;
  std::optional<Time> next_update;
  std::optional<Time> archive_cutoff;   // 4.4.4
  std::optional<Time> invalidity_date;  // 4.4.5, RFC 5280 5.3.2
  std::optional<CrlIdentifier> crl;
  // The type of the first critical extension we do not process; or empty.
  Bytes unsupported_critical_extension;
};

// Takes the next element off the cursor and checks all of it. kTimesReversed
// where nextUpdate is before thisUpdate, at nextUpdate.
OcspSingleResponse ReadOcspSingleResponse(der::Cursor& cursor,
                                          const char* field);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_X509_OCSP_SINGLE_RESPONSE_H_
