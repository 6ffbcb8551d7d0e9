#include "engine/x509/ocsp_response.h"

#include "engine/der/primitives.h"
#include "engine/x509/extension.h"
#include "engine/x509/oid.h"

namespace revstat {
namespace {

OcspResponseStatus ReadStatus(der::Cursor& cursor) {
  const Bytes start = cursor.rest();
  const uint32_t status =
      der::ReadUnsigned(cursor, 6, "responseStatus", der::kEnumerated);
  if (status == 4)
    cursor.FailAt(start, ErrorCode::kBadEnumerated, "responseStatus");
  return static_cast<OcspResponseStatus>(status);
}

// ResponderID ::= CHOICE { byName [1] EXPLICIT Name, byKey [2] EXPLICIT KeyHash
// } KeyHash ::= OCTET STRING -- SHA-1 of the value of the BIT STRING
// subjectPublicKey
ResponderId ReadResponderId(der::Cursor& cursor) {
  ResponderId id;
  if (cursor.Peek() == der::ContextConstructed(1)) {
    cursor.Nested(der::ContextConstructed(1), "responderID",
                  [&](der::Cursor& by_name) {
                    id.by_name = NameView::Read(by_name, "byName");
                  });
    return id;
  }
  cursor.Nested(
      der::ContextConstructed(2), "responderID", [&](der::Cursor& by_key) {
        const der::Element hash = by_key.Read(der::kOctetString, "byKey");
        id.by_key = hash.value;
        if (by_key.ok() && hash.value.size() != SizeOf(CertIdHash::kSha1))
          by_key.FailAt(hash.tlv, ErrorCode::kBadHashLength, "byKey");
      });
  return id;
}

}  // namespace

std::string_view NameOf(OcspResponseStatus status) {
  switch (status) {
    case OcspResponseStatus::kSuccessful:
      return "successful";
    case OcspResponseStatus::kMalformedRequest:
      return "malformedRequest";
    case OcspResponseStatus::kInternalError:
      return "internalError";
    case OcspResponseStatus::kTryLater:
      return "tryLater";
    case OcspResponseStatus::kSigRequired:
      return "sigRequired";
    case OcspResponseStatus::kUnauthorized:
      return "unauthorized";
  }
  return "";
}

Bytes ReadOcspNonce(der::Cursor& value) {
  const der::Element nonce = value.Read(der::kOctetString, "nonce");
  if (value.ok() && (nonce.value.empty() || nonce.value.size() > kMaxOcspNonce))
    value.FailAt(nonce.tlv, ErrorCode::kBadNonce, "nonce");
  return nonce.value;
}

// OCSPResponse ::= SEQUENCE { responseStatus OCSPResponseStatus,
//   responseBytes [0] EXPLICIT ResponseBytes OPTIONAL }
OcspResponseView OcspResponseView::Parse(Bytes der, der::Trace* trace,
                                         const OcspLimits& limits) {
  OcspResponseView view;
  der::Cursor outer(der, trace);
  if (der.size() > limits.max_bytes)
    outer.Fail(ErrorCode::kTooLarge, "OCSPResponse");
  const auto whole =
      outer.Nested(der::kSequence, "OCSPResponse", [&](der::Cursor& response) {
        view.status_ = ReadStatus(response);
        // 4.2.1: of an error responseBytes are not set; what stands there all
        // the same is read, but nothing follows from it.
        if (response.Peek() == der::ContextConstructed(0)) {
          view.ReadResponseBytes(response, limits);
        } else if (view.status_ == OcspResponseStatus::kSuccessful) {
          response.Fail(ErrorCode::kMissingField, "responseBytes");
        }
      });
  view.der_ = whole.tlv;
  outer.ExpectEnd("OCSPResponse");
  return view;
}

absl::StatusOr<OcspResponseView> OcspResponseView::Parse(
    Bytes der, const OcspLimits& limits) {
  der::Trace trace(der);
  const OcspResponseView view = Parse(der, &trace, limits);
  if (!trace.ok()) return ToStatus(trace.error());
  return view;
}

OcspResponseView OcspResponseView::ParseResponseData(Bytes der,
                                                     der::Trace* trace,
                                                     const OcspLimits& limits) {
  OcspResponseView view;
  der::Cursor cursor(der, trace);
  view.ReadResponseData(cursor, limits);
  cursor.ExpectEnd("ResponseData");
  view.der_ = der;
  return view;
}

// ResponseBytes ::= SEQUENCE { responseType OBJECT IDENTIFIER,
//   response OCTET STRING }
void OcspResponseView::ReadResponseBytes(der::Cursor& cursor,
                                         const OcspLimits& limits) {
  cursor.Nested(
      der::ContextConstructed(0), "responseBytes", [&](der::Cursor& field) {
        field.Nested(der::kSequence, "responseBytes", [&](der::Cursor& bytes) {
          response_type_ = der::ReadOid(bytes, "responseType");
          const Bytes response =
              bytes.Read(der::kOctetString, "response").value;
          if (!bytes.ok() || !oid::Is(response_type_, oid::kOcspBasic)) return;
          is_basic_ = true;
          bytes.Consume(response, "response",
                        [&](der::Cursor& basic) { ReadBasic(basic, limits); });
        });
      });
}

// BasicOCSPResponse ::= SEQUENCE { tbsResponseData ResponseData,
//   signatureAlgorithm AlgorithmIdentifier, signature BIT STRING,
//   certs [0] EXPLICIT SEQUENCE OF Certificate OPTIONAL }
void OcspResponseView::ReadBasic(der::Cursor& cursor,
                                 const OcspLimits& limits) {
  const auto read_certificates = [&](der::Cursor& field) {
    const auto list =
        field.Nested(der::kSequence, "certs", [&](der::Cursor& certificates) {
          while (!certificates.AtEnd()) {
            const auto element = certificates.Read(der::kSequence, "certs");
            if (certificate_count_++ == limits.max_certificates)
              certificates.FailAt(element.tlv, ErrorCode::kTooMany, "certs");
          }
        });
    certificates_ = list.value;
  };
  cursor.Nested(der::kSequence, "BasicOCSPResponse",
                [&](der::Cursor& response) {
                  ReadResponseData(response, limits);
                  signature_algorithm_tlv_ =
                      response.Read(der::kSequence, "signatureAlgorithm").tlv;
                  signature_ = der::ReadBitStringOctets(response, "signature");
                  response.NestedOptional(der::ContextConstructed(0), "certs",
                                          read_certificates);
                });
}

// ResponseData ::= SEQUENCE { version [0] EXPLICIT Version DEFAULT v1,
//   responderID ResponderID, producedAt GeneralizedTime,
//   responses SEQUENCE OF SingleResponse,
//   responseExtensions [1] EXPLICIT Extensions OPTIONAL }
void OcspResponseView::ReadResponseData(der::Cursor& cursor,
                                        const OcspLimits& limits) {
  const auto read_responses = [&](der::Cursor& responses) {
    while (!responses.AtEnd()) {
      const Bytes start = responses.rest();
      ReadOcspSingleResponse(responses, "SingleResponse");
      if (response_count_++ == limits.max_responses)
        return responses.FailAt(start, ErrorCode::kTooMany, "responses");
    }
  };
  const auto read = [&](der::Cursor& tbs) {
    // v1 is the only version. DER leaves it out; we read it all the same,
    // because OpenSSL does and its meaning is not in doubt.
    tbs.NestedOptional(
        der::ContextConstructed(0), "version",
        [](der::Cursor& version) { der::ReadUnsigned(version, 0, "version"); });
    responder_ = ReadResponderId(tbs);
    produced_at_ = der::ReadGeneralizedTime(tbs, "producedAt");
    responses_ = tbs.Nested(der::kSequence, "responses", read_responses).value;
    if (tbs.Peek() == der::ContextConstructed(1)) ReadExtensionsField(tbs);
  };
  tbs_tlv_ = cursor.Nested(der::kSequence, "tbsResponseData", read).tlv;
}

void OcspResponseView::ReadExtensionsField(der::Cursor& tbs) {
  const auto read = [this](const Extension& extension, der::Cursor& value) {
    if (oid::Is(extension.oid, oid::kOcspNonce)) {
      nonce_ = ReadOcspNonce(value);
    } else if (oid::Is(extension.oid, oid::kOcspExtendedRevoke)) {
      // 4.4.8: the value is NULL.
      const auto null = value.Read(der::kNull, "extended-revoke");
      if (value.ok() && !null.value.empty())
        value.FailAt(null.tlv, ErrorCode::kBadNull, "extended-revoke");
      revoked_ = Revoked::kAlsoNotIssued;
    } else {
      if (extension.critical() && unsupported_critical_.empty())
        unsupported_critical_ = extension.oid;
      value = der::Cursor({}, value.trace());
    }
  };
  tbs.Nested(
      der::ContextConstructed(1), "responseExtensions", [&](der::Cursor& list) {
        ReadExtensions(list, "responseExtensions", [&](const Extension& item) {
          list.Consume(item.value, "extnValue",
                       [&](der::Cursor& value) { read(item, value); });
        });
      });
}

}  // namespace revstat
