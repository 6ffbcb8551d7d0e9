// An OCSP response (RFC 6960 4.2.1), read in place.
#ifndef REVSTAT_ENGINE_X509_OCSP_RESPONSE_H_
#define REVSTAT_ENGINE_X509_OCSP_RESPONSE_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/bytes.h"
#include "engine/base/time.h"
#include "engine/der/cursor.h"
#include "engine/x509/name.h"
#include "engine/x509/ocsp_single_response.h"

namespace revstat {

// OCSPResponseStatus; 4 is not used.
enum class OcspResponseStatus : uint8_t {
  kSuccessful = 0,
  kMalformedRequest = 1,
  kInternalError = 2,
  kTryLater = 3,
  kSigRequired = 5,
  kUnauthorized = 6,
};

std::string_view NameOf(OcspResponseStatus status);  // "tryLater"

// What a stranger may send: kTooLarge and kTooMany above.
struct OcspLimits {
  size_t max_bytes = size_t{1} << 20;
  size_t max_responses = 4096;  // SingleResponses, or Requests of a request
  size_t max_certificates = 16;
};

// RFC 9654 2.1: Nonce ::= OCTET STRING (SIZE (1..128)).
inline constexpr size_t kMaxOcspNonce = 128;
// The value of a nonce extension, as the next element; kBadNonce for a length
// outside these bounds.
Bytes ReadOcspNonce(der::Cursor& value);

// Who signed: exactly one of the two is there.
struct ResponderId {
  NameView by_name;  // its tlv is empty where the key names the responder
  Bytes by_key;      // SHA-1 of the key, 20 octets
};

// Everything of a response, checked and borrowed, but for the insides of the
// certificates that came along. Immutable and trivially copyable; valid as long
// as the bytes it was parsed from.
class OcspResponseView {
 public:
  // Parses one DER OCSPResponse that fills `der`. Cost: linear, no allocation
  // unless it fails. Errors name offset and field. Of a responseType other than
  // id-pkix-ocsp-basic the inside is not looked at.
  static absl::StatusOr<OcspResponseView> Parse(Bytes der,
                                                const OcspLimits& limits = {});
  // An owning argument would die before the view.
  static absl::StatusOr<OcspResponseView> Parse(
      std::vector<uint8_t>&&, const OcspLimits& = {}) = delete;
  static OcspResponseView Parse(Bytes der, der::Trace* trace,
                                const OcspLimits& limits = {});
  // The parts alone, for tests and fuzzers: a ResponseData that fills `der`.
  static OcspResponseView ParseResponseData(Bytes der, der::Trace* trace,
                                            const OcspLimits& limits = {});

  Bytes der() const { return der_; }
  OcspResponseStatus status() const { return status_; }
  // The content of responseType; empty where there are no responseBytes.
  Bytes response_type() const { return response_type_; }
  // Whether what follows was there to be read.
  bool is_basic() const { return is_basic_; }

  Bytes tbs_tlv() const { return tbs_tlv_; }  // tbsResponseData
  Bytes signature_algorithm_tlv() const { return signature_algorithm_tlv_; }
  Bytes signature() const { return signature_; }
  const ResponderId& responder() const { return responder_; }
  Time produced_at() const { return produced_at_; }
  // Extensions; an absent one is empty.
  Bytes nonce() const { return nonce_; }
  // 4.4.8: `revoked` is said of certificates that were never issued, too.
  enum class Revoked : uint8_t { kIssuedOnly, kAlsoNotIssued };
  Revoked revoked() const { return revoked_; }
  // The type of the first critical extension we do not process.
  Bytes unsupported_critical_extension() const { return unsupported_critical_; }

  size_t response_count() const { return response_count_; }
  size_t certificate_count() const { return certificate_count_; }

  // visit(const OcspSingleResponse&) for each, in order.
  template <class Visit>
  void ForEachResponse(Visit&& visit) const {
    der::Trace trace(responses_);
    der::Cursor cursor(responses_, &trace);
    while (!cursor.AtEnd()) {
      const auto single = ReadOcspSingleResponse(cursor, "SingleResponse");
      if (cursor.ok()) visit(single);
    }
  }

  // visit(Bytes der) for each certificate that came along. What these hold is
  // not checked.
  template <class Visit>
  void ForEachCertificate(Visit&& visit) const {
    der::Trace trace(certificates_);
    der::Cursor cursor(certificates_, &trace);
    while (!cursor.AtEnd()) {
      const der::Element element = cursor.Read(der::kSequence, "certs");
      if (cursor.ok()) visit(element.tlv);
    }
  }

 private:
  void ReadResponseBytes(der::Cursor& cursor, const OcspLimits& limits);
  void ReadBasic(der::Cursor& cursor, const OcspLimits& limits);
  void ReadResponseData(der::Cursor& cursor, const OcspLimits& limits);
  void ReadExtensionsField(der::Cursor& tbs);

  Bytes der_;
  OcspResponseStatus status_ = OcspResponseStatus::kInternalError;
  bool is_basic_ = false;
  Revoked revoked_ = Revoked::kIssuedOnly;
  Bytes response_type_;
  Bytes tbs_tlv_;
  Bytes signature_algorithm_tlv_;
  Bytes signature_;
  ResponderId responder_;
  Time produced_at_;
  Bytes responses_;     // content
  Bytes certificates_;  // content
  Bytes nonce_;
  Bytes unsupported_critical_;
  size_t response_count_ = 0;
  size_t certificate_count_ = 0;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_X509_OCSP_RESPONSE_H_
