#include "engine/x509/ocsp_single_response.h"

#include "engine/der/primitives.h"
#include "engine/x509/extension.h"
#include "engine/x509/oid.h"

namespace revstat {
namespace {

// [number] IMPLICIT NULL
void ReadImplicitNull(der::Cursor& cursor, unsigned number) {
  const auto null = cursor.Read(der::ContextPrimitive(number), "certStatus");
  if (cursor.ok() && !null.value.empty())
    cursor.FailAt(null.tlv, ErrorCode::kBadNull, "certStatus");
}

// RevokedInfo ::= SEQUENCE { revocationTime GeneralizedTime,
//   revocationReason [0] EXPLICIT CRLReason OPTIONAL }
void ReadRevokedInfo(der::Cursor& cursor, OcspSingleResponse* single) {
  cursor.Nested(
      der::ContextConstructed(1), "certStatus", [&](der::Cursor& info) {
        single->revocation_time =
            der::ReadGeneralizedTime(info, "revocationTime");
        info.NestedOptional(der::ContextConstructed(0), "revocationReason",
                            [&](der::Cursor& reason) {
                              single->reason = ReadReasonCode(reason);
                            });
      });
}

// CertStatus ::= CHOICE { good [0] IMPLICIT NULL,
//   revoked [1] IMPLICIT RevokedInfo, unknown [2] IMPLICIT UnknownInfo }
// UnknownInfo ::= NULL
void ReadCertStatus(der::Cursor& cursor, OcspSingleResponse* single) {
  switch (cursor.Peek()) {
    case der::ContextPrimitive(0):
      single->status = CertStatus::kGood;
      return ReadImplicitNull(cursor, 0);
    case der::ContextConstructed(1):
      single->status = CertStatus::kRevoked;
      return ReadRevokedInfo(cursor, single);
    default:
      single->status = CertStatus::kUnknown;
      return ReadImplicitNull(cursor, 2);
  }
}

// CrlID ::= SEQUENCE { crlUrl [0] EXPLICIT IA5String OPTIONAL,
//   crlNum [1] EXPLICIT INTEGER OPTIONAL,
//   crlTime [2] EXPLICIT GeneralizedTime OPTIONAL }
CrlIdentifier ReadCrlIdentifier(der::Cursor& cursor) {
  CrlIdentifier crl;
  cursor.Nested(der::kSequence, "CrlID", [&](der::Cursor& body) {
    body.NestedOptional(der::ContextConstructed(0), "crlUrl",
                        [&](der::Cursor& url) {
                          crl.url = url.Read(der::kIa5String, "crlUrl").value;
                        });
    body.NestedOptional(der::ContextConstructed(1), "crlNum",
                        [&](der::Cursor& number) {
                          crl.number = der::ReadInteger(number, "crlNum");
                        });
    body.NestedOptional(der::ContextConstructed(2), "crlTime",
                        [&](der::Cursor& time) {
                          crl.time = der::ReadGeneralizedTime(time, "crlTime");
                        });
  });
  return crl;
}

void ReadSingleExtension(const Extension& extension, der::Cursor& value,
                         OcspSingleResponse* single) {
  if (oid::Is(extension.oid, oid::kOcspCrl)) {
    single->crl = ReadCrlIdentifier(value);
  } else if (oid::Is(extension.oid, oid::kOcspArchiveCutoff)) {
    single->archive_cutoff = der::ReadGeneralizedTime(value, "ArchiveCutoff");
  } else if (oid::Is(extension.oid, oid::kInvalidityDate)) {
    single->invalidity_date = der::ReadGeneralizedTime(value, "invalidityDate");
  } else if (oid::Is(extension.oid, oid::kReasonCode)) {
    const ReasonCode reason = ReadReasonCode(value);
    if (single->reason == ReasonCode::kAbsent &&
        single->status == CertStatus::kRevoked) {
      single->reason = reason;
    }
  } else {
    if (extension.critical() && single->unsupported_critical_extension.empty())
      single->unsupported_critical_extension = extension.oid;
    value = der::Cursor({}, value.trace());
  }
}

}  // namespace

std::string_view NameOf(CertStatus status) {
  switch (status) {
    case CertStatus::kRevoked:
      return "revoked";
    case CertStatus::kUnknown:
      return "unknown";
    case CertStatus::kGood:
      return "good";
  }
  return "";
}

// SingleResponse ::= SEQUENCE { certID CertID, certStatus CertStatus,
//   thisUpdate GeneralizedTime, nextUpdate [0] EXPLICIT GeneralizedTime
//   OPTIONAL, singleExtensions [1] EXPLICIT Extensions OPTIONAL }
OcspSingleResponse ReadOcspSingleResponse(der::Cursor& cursor,
                                          const char* field) {
  OcspSingleResponse single;
  const auto read_next_update = [&](der::Cursor& time) {
    const Bytes start = time.rest();
    single.next_update = der::ReadGeneralizedTime(time, "nextUpdate");
    if (time.ok() && *single.next_update < single.this_update)
      time.FailAt(start, ErrorCode::kTimesReversed, "nextUpdate");
  };
  const auto read_extensions = [&](der::Cursor& extensions) {
    ReadExtensions(extensions, "singleExtensions",
                   [&](const Extension& extension) {
                     extensions.Consume(
                         extension.value, "extnValue", [&](der::Cursor& value) {
                           ReadSingleExtension(extension, value, &single);
                         });
                   });
  };
  single.tlv =
      cursor
          .Nested(der::kSequence, field,
                  [&](der::Cursor& body) {
                    single.cert_id = ReadCertId(body, "certID");
                    ReadCertStatus(body, &single);
                    single.this_update =
                        der::ReadGeneralizedTime(body, "thisUpdate");
                    body.NestedOptional(der::ContextConstructed(0),
                                        "nextUpdate", read_next_update);
                    body.NestedOptional(der::ContextConstructed(1),
                                        "singleExtensions", read_extensions);
                  })
          .tlv;
  return single;
}

}  // namespace revstat
