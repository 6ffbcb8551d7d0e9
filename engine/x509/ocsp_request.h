// An OCSP request (RFC 6960 4.1.1), read in place and written.
#ifndef REVSTAT_ENGINE_X509_OCSP_REQUEST_H_
#define REVSTAT_ENGINE_X509_OCSP_REQUEST_H_

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/bytes.h"
#include "engine/x509/ocsp_cert_id.h"
#include "engine/x509/ocsp_response.h"

namespace revstat {

// One Request. Borrowed.
struct OcspSingleRequest {
  CertId cert_id;
  // The type of the first critical extension of it; none is processed.
  Bytes unsupported_critical_extension;
};
OcspSingleRequest ReadOcspSingleRequest(der::Cursor& cursor, const char* field);

// Everything of a request, checked and borrowed, but for the requestor's name
// and the certificates of its signature, whose insides are passed over.
// Immutable and trivially copyable; valid as long as the bytes it was parsed
// from. Signatures of requests are not verified by this engine.
class OcspRequestView {
 public:
  // Parses one DER OCSPRequest that fills `der`. Cost: linear, no allocation
  // unless it fails. Errors name offset and field.
  static absl::StatusOr<OcspRequestView> Parse(Bytes der,
                                               const OcspLimits& limits = {});
  // An owning argument would die before the view.
  static absl::StatusOr<OcspRequestView> Parse(std::vector<uint8_t>&&,
                                               const OcspLimits& = {}) = delete;
  static OcspRequestView Parse(Bytes der, der::Trace* trace,
                               const OcspLimits& limits = {});

  Bytes der() const { return der_; }
  size_t request_count() const { return request_count_; }
  // requestorName, a GeneralName; empty where absent.
  Bytes requestor_name_tlv() const { return requestor_name_tlv_; }
  // Extensions; an absent one is empty.
  Bytes nonce() const { return nonce_; }
  // 4.4.7: SEQUENCE OF PreferredSignatureAlgorithm, as encoded.
  Bytes preferred_signature_algorithms() const { return preferred_; }
  Bytes unsupported_critical_extension() const { return unsupported_critical_; }
  // The algorithm of the request's own signature; empty where it is unsigned.
  Bytes signature_algorithm_tlv() const { return signature_algorithm_tlv_; }

  // visit(const OcspSingleRequest&) for each, in order.
  template <class Visit>
  void ForEachRequest(Visit&& visit) const {
    der::Trace trace(requests_);
    der::Cursor cursor(requests_, &trace);
    while (!cursor.AtEnd()) {
      const auto request = ReadOcspSingleRequest(cursor, "Request");
      if (cursor.ok()) visit(request);
    }
  }

 private:
  void ReadTbs(der::Cursor& tbs, const OcspLimits& limits);
  void ReadExtensionsField(der::Cursor& tbs);
  void ReadSignature(der::Cursor& field, const OcspLimits& limits);

  Bytes der_;
  Bytes requests_;  // content of requestList
  size_t request_count_ = 0;
  Bytes requestor_name_tlv_;
  Bytes nonce_;
  Bytes preferred_;
  Bytes unsupported_critical_;
  Bytes signature_algorithm_tlv_;
};

// The DER of an unsigned request for these certificates, each of them the DER
// of a CertID (EncodeCertId, OcspIssuer::CertIdOf), with a nonce unless it is
// empty. RFC 9919 3.1.1: one CertID and no nonce, for responses that may come
// out of a cache. kEmptySequence without a CertID, kBadNonce above 128 octets
// (RFC 9654: at least 32 are to be sent).
absl::StatusOr<std::vector<uint8_t>> EncodeOcspRequest(
    std::span<const std::vector<uint8_t>> cert_ids, Bytes nonce);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_X509_OCSP_REQUEST_H_
