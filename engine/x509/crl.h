// A certificate revocation list (RFC 5280 5), read in place.
#ifndef REVSTAT_ENGINE_X509_CRL_H_
#define REVSTAT_ENGINE_X509_CRL_H_

#include <compare>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/bytes.h"
#include "engine/base/time.h"
#include "engine/x509/distribution_point.h"
#include "engine/x509/key_identifier.h"
#include "engine/x509/name.h"

namespace revstat {

// CRLNumber ::= INTEGER (0..MAX), of any length, in numeric order. Borrowed.
class CrlNumber {
 public:
  CrlNumber() = default;
  // From the content of a minimal, non-negative DER INTEGER.
  explicit CrlNumber(Bytes content)
      : magnitude_(content.size() > 1 && content[0] == 0 ? content.subspan(1)
                                                         : content) {}

  Bytes magnitude() const { return magnitude_; }

  friend bool operator==(const CrlNumber& a, const CrlNumber& b) {
    return Equal(a.magnitude_, b.magnitude_);
  }
  friend std::strong_ordering operator<=>(const CrlNumber& a,
                                          const CrlNumber& b);

 private:
  Bytes magnitude_;
};

// Everything of a CRL but its entries, checked and borrowed; the entries are
// read, and each of them checked, by CrlEntryReader. Immutable and trivially
// copyable; valid as long as the bytes it was parsed from.
class CrlView {
 public:
  // Offsets into a CRL are 32 bits wide everywhere: in the index and on disk.
  static constexpr uint64_t kMaxBytes = 0xffffffff;

  // Parses one DER CRL that fills `der`. Cost: independent of the number of
  // entries; no allocation unless it fails. Errors name offset and field;
  // kTooLarge above kMaxBytes.
  static absl::StatusOr<CrlView> Parse(Bytes der);
  // An owning argument would die before the view.
  static absl::StatusOr<CrlView> Parse(std::vector<uint8_t>&&) = delete;
  static CrlView Parse(Bytes der, der::Trace* trace);

  Bytes der() const { return der_; }
  Bytes tbs_tlv() const { return tbs_tlv_; }
  Bytes signature_algorithm_tlv() const { return signature_algorithm_tlv_; }
  Bytes signature() const { return signature_; }
  // 1 or 2, as people count them.
  int version() const { return version_; }
  NameView issuer() const { return issuer_; }
  Time this_update() const { return this_update_; }
  std::optional<Time> next_update() const { return next_update_; }
  // The content of revokedCertificates; empty where nothing is revoked.
  Bytes entries() const { return entries_; }

  // Extensions; an absent one is empty.
  const AuthorityKeyIdentifier& authority_key_identifier() const {
    return authority_key_;
  }
  std::optional<CrlNumber> crl_number() const { return crl_number_; }
  // The number of the CRL that this delta CRL starts from; absent: complete.
  std::optional<CrlNumber> base_crl_number() const { return base_crl_number_; }
  const std::optional<IssuingDistributionPoint>& issuing_distribution_point()
      const {
    return issuing_distribution_point_;
  }
  Bytes freshest_crl() const { return freshest_crl_; }
  // Expired certificates stay listed from this time on (X.509 9.5.2.8).
  std::optional<Time> expired_certs_on_crl() const {
    return expired_certs_on_crl_;
  }
  // The type of the first critical extension we do not process.
  Bytes unsupported_critical_extension() const { return unsupported_critical_; }
  // The [0] field with all extensions, for ReadExtensions; empty for none.
  Bytes extensions() const { return extensions_; }

  bool is_delta() const { return base_crl_number_.has_value(); }
  bool is_indirect() const {
    return issuing_distribution_point_.has_value() &&
           issuing_distribution_point_->issuance == CrlIssuance::kIndirect;
  }

 private:
  void ReadTbs(der::Cursor& tbs, Bytes* inner_algorithm);
  void ReadExtensionsField(der::Cursor& tbs);

  Bytes der_;
  Bytes tbs_tlv_;
  Bytes signature_algorithm_tlv_;
  Bytes signature_;
  int version_ = 1;
  NameView issuer_;
  Time this_update_;
  std::optional<Time> next_update_;
  Bytes entries_;
  Bytes extensions_;
  AuthorityKeyIdentifier authority_key_;
  std::optional<CrlNumber> crl_number_;
  std::optional<CrlNumber> base_crl_number_;
  std::optional<IssuingDistributionPoint> issuing_distribution_point_;
  Bytes freshest_crl_;
  std::optional<Time> expired_certs_on_crl_;
  Bytes unsupported_critical_;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_X509_CRL_H_
