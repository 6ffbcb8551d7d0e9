#include "engine/x509/ocsp_request.h"

#include "engine/base/error.h"
#include "engine/der/primitives.h"
#include "engine/x509/der_writer.h"
#include "engine/x509/extension.h"
#include "engine/x509/oid.h"

namespace revstat {

// Request ::= SEQUENCE { reqCert CertID,
//   singleRequestExtensions [0] EXPLICIT Extensions OPTIONAL }
OcspSingleRequest ReadOcspSingleRequest(der::Cursor& cursor,
                                        const char* field) {
  OcspSingleRequest request;
  const auto read_extensions = [&](der::Cursor& list) {
    ReadExtensions(list, "singleRequestExtensions", [&](const Extension& item) {
      if (item.critical() && request.unsupported_critical_extension.empty())
        request.unsupported_critical_extension = item.oid;
    });
  };
  cursor.Nested(der::kSequence, field, [&](der::Cursor& body) {
    request.cert_id = ReadCertId(body, "reqCert");
    body.NestedOptional(der::ContextConstructed(0), "singleRequestExtensions",
                        read_extensions);
  });
  return request;
}

// OCSPRequest ::= SEQUENCE { tbsRequest TBSRequest,
//   optionalSignature [0] EXPLICIT Signature OPTIONAL }
OcspRequestView OcspRequestView::Parse(Bytes der, der::Trace* trace,
                                       const OcspLimits& limits) {
  OcspRequestView view;
  der::Cursor outer(der, trace);
  if (der.size() > limits.max_bytes)
    outer.Fail(ErrorCode::kTooLarge, "OCSPRequest");
  const auto whole =
      outer.Nested(der::kSequence, "OCSPRequest", [&](der::Cursor& request) {
        request.Nested(der::kSequence, "tbsRequest",
                       [&](der::Cursor& tbs) { view.ReadTbs(tbs, limits); });
        request.NestedOptional(
            der::ContextConstructed(0), "optionalSignature",
            [&](der::Cursor& field) { view.ReadSignature(field, limits); });
      });
  view.der_ = whole.tlv;
  outer.ExpectEnd("OCSPRequest");
  return view;
}

absl::StatusOr<OcspRequestView> OcspRequestView::Parse(
    Bytes der, const OcspLimits& limits) {
  der::Trace trace(der);
  const OcspRequestView view = Parse(der, &trace, limits);
  if (!trace.ok()) return ToStatus(trace.error());
  return view;
}

// TBSRequest ::= SEQUENCE { version [0] EXPLICIT Version DEFAULT v1,
//   requestorName [1] EXPLICIT GeneralName OPTIONAL,
//   requestList SEQUENCE OF Request,
//   requestExtensions [2] EXPLICIT Extensions OPTIONAL }
void OcspRequestView::ReadTbs(der::Cursor& tbs, const OcspLimits& limits) {
  // As in responses: v1 spelled out is read.
  tbs.NestedOptional(
      der::ContextConstructed(0), "version",
      [](der::Cursor& version) { der::ReadUnsigned(version, 0, "version"); });
  tbs.NestedOptional(der::ContextConstructed(1), "requestorName",
                     [&](der::Cursor& name) {
                       requestor_name_tlv_ = name.ReadAny("requestorName").tlv;
                     });
  const auto read_requests = [&](der::Cursor& list) {
    while (!list.AtEnd()) {
      const Bytes start = list.rest();
      ReadOcspSingleRequest(list, "Request");
      if (request_count_++ == limits.max_responses)
        return list.FailAt(start, ErrorCode::kTooMany, "requestList");
    }
  };
  requests_ = tbs.Nested(der::kSequence, "requestList", read_requests).value;
  if (tbs.Peek() == der::ContextConstructed(2)) ReadExtensionsField(tbs);
}

void OcspRequestView::ReadExtensionsField(der::Cursor& tbs) {
  const auto read = [this](const Extension& extension, der::Cursor& value) {
    if (oid::Is(extension.oid, oid::kOcspNonce)) {
      nonce_ = ReadOcspNonce(value);
    } else if (oid::Is(extension.oid, oid::kOcspPrefSigAlgs)) {
      // PreferredSignatureAlgorithms ::= SEQUENCE OF SEQUENCE {
      //   sigIdentifier AlgorithmIdentifier,
      //   certIdentifier AlgorithmIdentifier OPTIONAL }
      static constexpr char kField[] = "PreferredSignatureAlgorithms";
      preferred_ =
          value
              .Nested(der::kSequence, kField,
                      [](der::Cursor& list) {
                        while (!list.AtEnd()) {
                          list.Nested(
                              der::kSequence, kField, [](der::Cursor& item) {
                                item.Read(der::kSequence, "sigIdentifier");
                                item.ReadOptional(der::kSequence,
                                                  "certIdentifier");
                              });
                        }
                      })
              .tlv;
    } else {
      // Of id-pkix-ocsp-response (4.4.3) nothing follows: basic is all there
      // is.
      if (extension.critical() && unsupported_critical_.empty() &&
          !oid::Is(extension.oid, oid::kOcspResponse))
        unsupported_critical_ = extension.oid;
      value = der::Cursor({}, value.trace());
    }
  };
  tbs.Nested(
      der::ContextConstructed(2), "requestExtensions", [&](der::Cursor& list) {
        ReadExtensions(list, "requestExtensions", [&](const Extension& item) {
          list.Consume(item.value, "extnValue",
                       [&](der::Cursor& value) { read(item, value); });
        });
      });
}

// Signature ::= SEQUENCE { signatureAlgorithm AlgorithmIdentifier,
//   signature BIT STRING, certs [0] EXPLICIT SEQUENCE OF Certificate OPTIONAL }
void OcspRequestView::ReadSignature(der::Cursor& field,
                                    const OcspLimits& limits) {
  const auto read_certificates = [&](der::Cursor& certs) {
    certs.Nested(der::kSequence, "certs", [&](der::Cursor& list) {
      for (size_t count = 0; !list.AtEnd(); ++count) {
        const auto element = list.Read(der::kSequence, "certs");
        if (count == limits.max_certificates)
          list.FailAt(element.tlv, ErrorCode::kTooMany, "certs");
      }
    });
  };
  field.Nested(der::kSequence, "optionalSignature",
               [&](der::Cursor& signature) {
                 signature_algorithm_tlv_ =
                     signature.Read(der::kSequence, "signatureAlgorithm").tlv;
                 der::ReadBitStringOctets(signature, "signature");
                 signature.NestedOptional(der::ContextConstructed(0), "certs",
                                          read_certificates);
               });
}

absl::StatusOr<std::vector<uint8_t>> EncodeOcspRequest(
    std::span<const std::vector<uint8_t>> cert_ids, Bytes nonce) {
  if (cert_ids.empty())
    return MakeError(ErrorCode::kEmptySequence, "requestList");
  if (nonce.size() > kMaxOcspNonce)
    return MakeError(ErrorCode::kBadNonce, "nonce");
  std::vector<uint8_t> list;
  for (const std::vector<uint8_t>& cert_id : cert_ids) {
    const auto request = EncodeSequence({cert_id});
    list.insert(list.end(), request.begin(), request.end());
  }
  std::vector<uint8_t> extensions;
  if (!nonce.empty()) {
    // Not critical, as RFC 9654 has it.
    const auto value = EncodeTlv(der::kOctetString, nonce);
    const auto extension =
        EncodeSequence({EncodeTlv(der::kOid, oid::kOcspNonce),
                        EncodeTlv(der::kOctetString, value)});
    extensions =
        EncodeTlv(der::ContextConstructed(2), EncodeSequence({extension}));
  }
  return EncodeSequence(
      {EncodeSequence({EncodeTlv(der::kSequence, list), extensions})});
}

}  // namespace revstat
