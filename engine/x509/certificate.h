// A certificate (RFC 5280 4.1), read in place.
#ifndef REVSTAT_ENGINE_X509_CERTIFICATE_H_
#define REVSTAT_ENGINE_X509_CERTIFICATE_H_

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "engine/base/bytes.h"
#include "engine/base/serial_number.h"
#include "engine/base/time.h"
#include "engine/x509/extension.h"
#include "engine/x509/key_identifier.h"
#include "engine/x509/name.h"

namespace revstat {

// KeyUsage named bits (RFC 5280 4.2.1.3).
inline constexpr uint32_t kKeyCertSign = 1u << 5;
inline constexpr uint32_t kCrlSign = 1u << 6;

// The fields that revocation needs, checked and borrowed; the rest of the
// certificate is passed over (path validation is OpenSSL's). Immutable and
// trivially copyable; valid as long as the bytes it was parsed from.
class CertificateView {
 public:
  // Parses one DER certificate that fills `der`. Cost: linear, no allocation
  // unless it fails. Errors name the octet offset in `der` and the RFC's field.
  static absl::StatusOr<CertificateView> Parse(Bytes der);
  // An owning argument would die before the view.
  static absl::StatusOr<CertificateView> Parse(std::vector<uint8_t>&&) = delete;
  // The same without a Status, for long inputs and fuzzers.
  static CertificateView Parse(Bytes der, der::Trace* trace);

  Bytes der() const { return der_; }
  Bytes tbs_tlv() const { return tbs_tlv_; }
  const SerialNumber& serial() const { return serial_; }
  Bytes signature_algorithm_tlv() const { return signature_algorithm_tlv_; }
  Bytes signature() const { return signature_; }
  NameView issuer() const { return issuer_; }
  NameView subject() const { return subject_; }
  Time not_before() const { return not_before_; }
  Time not_after() const { return not_after_; }
  Bytes subject_public_key_info_tlv() const { return spki_tlv_; }

  // Extensions; an absent one is empty.
  const AuthorityKeyIdentifier& authority_key_identifier() const {
    return authority_key_;
  }
  Bytes subject_key_identifier() const { return subject_key_identifier_; }
  std::optional<uint32_t> key_usage() const { return key_usage_; }
  enum class Kind : uint8_t { kUser, kCa };
  Kind kind() const { return kind_; }
  Bytes crl_distribution_points() const { return crl_distribution_points_; }
  Bytes freshest_crl() const { return freshest_crl_; }
  // The extension's value, unchecked: see OcspUrlsOf.
  Bytes authority_info_access() const { return authority_info_access_; }
  // noRevAvail, RFC 9608: its issuer publishes no revocation information.
  enum class RevocationInfo : uint8_t { kExpected, kNotAvailable };
  RevocationInfo revocation_info() const { return revocation_info_; }
  // extKeyUsage names this purpose itself (RFC 5280 4.2.1.12); one that is
  // malformed names none, and anyExtendedKeyUsage stands for no other.
  bool HasKeyPurpose(Bytes oid) const;
  // id-pkix-ocsp-nocheck, RFC 6960 4.2.2.2.1: an OCSP responder whose own
  // status need not be asked.
  enum class OcspCheck : uint8_t { kExpected, kNotNeeded };
  OcspCheck ocsp_check() const { return ocsp_check_; }
  // status_request in tlsFeature, RFC 7633 4.2.3.1 ("must staple"): its server
  // has promised to send an OCSP response along.
  enum class Stapling : uint8_t { kOptional, kRequired };
  Stapling stapling() const { return stapling_; }
  // The type of the first critical extension that no part of this engine
  // processes; path validation has its own list.
  Bytes unsupported_critical_extension() const { return unsupported_critical_; }

 private:
  void ReadTbs(der::Cursor& tbs, Bytes* inner_algorithm);
  void ReadExtensionsField(der::Cursor& tbs);
  void NoteOther(const Extension& extension);

  Bytes der_;
  Bytes tbs_tlv_;
  SerialNumber serial_;
  Bytes signature_algorithm_tlv_;
  Bytes signature_;
  NameView issuer_;
  NameView subject_;
  Time not_before_;
  Time not_after_;
  Bytes spki_tlv_;
  AuthorityKeyIdentifier authority_key_;
  Bytes subject_key_identifier_;
  std::optional<uint32_t> key_usage_;
  Kind kind_ = Kind::kUser;
  Bytes crl_distribution_points_;
  Bytes freshest_crl_;
  RevocationInfo revocation_info_ = RevocationInfo::kExpected;
  Bytes authority_info_access_;
  Bytes ext_key_usage_;  // the extension's value, unchecked
  OcspCheck ocsp_check_ = OcspCheck::kExpected;
  Stapling stapling_ = Stapling::kOptional;
  Bytes unsupported_critical_;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_X509_CERTIFICATE_H_
