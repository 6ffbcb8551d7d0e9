// A certification authority as OCSP names it: prepared once, asked often.
#ifndef REVSTAT_ENGINE_VERIFY_OCSP_ISSUER_H_
#define REVSTAT_ENGINE_VERIFY_OCSP_ISSUER_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/buffer.h"
#include "engine/verify/digest.h"
#include "engine/verify/signature.h"
#include "engine/x509/certificate.h"
#include "engine/x509/ocsp_cert_id.h"
#include "engine/x509/ocsp_response.h"

namespace revstat {

// A certificate's name and key with their hashes, and the key made ready for
// signature checks. Owns its certificate. Thread-safety: immutable.
class OcspIssuer {
 public:
  // The buffer holds one DER certificate whose authority the caller vouches
  // for. Cost: some ten microseconds. Errors: those of CertificateView and
  // PublicKey; kUnsupportedAlgorithm for a GOST key without its module.
  static absl::StatusOr<OcspIssuer> Create(
      std::shared_ptr<const Buffer> certificate,
      GostSupport gost = GostSupport::kWhereInstalled);

  const CertificateView& certificate() const { return view_; }
  const PublicKey& key() const { return key_; }
  const Sha256Digest& sha256() const { return sha256_; }

  // The CertID of a certificate of this issuer, in DER; see EncodeOcspRequest.
  // `hash` is not kOther.
  std::vector<uint8_t> CertIdOf(CertIdHash hash,
                                const SerialNumber& serial) const;
  // Is this the issuer that a CertID means, and of the certificate that is
  // asked about? `issuer_name`, if its tlv is not empty, is the issuer's name
  // as the certificate spells it, which may be in another encoding than the
  // issuer's own subject, but no other name. No allocation where both are the
  // same octets.
  bool IsNamedBy(const CertId& id, NameView issuer_name) const;
  // Is this who a response says has signed it?
  bool IsNamedBy(const ResponderId& responder) const;
  // Is this name that of the subject (RFC 5280 7.1)?
  bool HasName(NameView name) const;

 private:
  struct Hash {
    std::array<uint8_t, 64> octets = {};
    size_t size = 0;
    Bytes bytes() const { return {octets.data(), size}; }
  };
  static Hash HashOf(CertIdHash algorithm, Bytes bytes);

  std::shared_ptr<const Buffer> der_;
  CertificateView view_;
  PublicKey key_;
  Sha256Digest sha256_ = {};
  std::string canonical_name_;
  std::array<Hash, kCertIdHashes> name_hashes_;
  std::array<Hash, kCertIdHashes> key_hashes_;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_VERIFY_OCSP_ISSUER_H_
