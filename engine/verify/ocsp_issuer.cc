#include "engine/verify/ocsp_issuer.h"

#include <openssl/sha.h>

#include <algorithm>

#include "engine/base/error.h"
#include "engine/der/primitives.h"

namespace revstat {
namespace {

struct KeyParts {
  Bytes algorithm;  // content of its OBJECT IDENTIFIER
  Bytes bits;       // octets of the BIT STRING
};

// SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier,
//   subjectPublicKey BIT STRING }
KeyParts PartsOf(Bytes spki_tlv) {
  KeyParts parts;
  der::Trace trace(spki_tlv);
  der::Cursor cursor(spki_tlv, &trace);
  cursor.Nested(der::kSequence, "subjectPublicKeyInfo", [&](der::Cursor& spki) {
    spki.Nested(der::kSequence, "algorithm", [&](der::Cursor& algorithm) {
      parts.algorithm = der::ReadOid(algorithm, "algorithm");
      if (!algorithm.AtEnd()) algorithm.ReadAny("parameters");
    });
    parts.bits = der::ReadBitStringOctets(spki, "subjectPublicKey");
  });
  return trace.ok() ? parts : KeyParts{};
}

// Keys of 1.2.643, the arc of the Russian Federation, need the GOST module.
bool IsGostKey(Bytes algorithm) {
  constexpr uint8_t kArc[] = {0x2a, 0x85, 0x03};
  return algorithm.size() > sizeof(kArc) &&
         std::equal(std::begin(kArc), std::end(kArc), algorithm.begin());
}

}  // namespace

OcspIssuer::Hash OcspIssuer::HashOf(CertIdHash algorithm, Bytes bytes) {
  Hash hash;
  hash.size = SizeOf(algorithm);
  uint8_t* out = hash.octets.data();
  switch (algorithm) {
    case CertIdHash::kSha1:
      SHA1(bytes.data(), bytes.size(), out);
      break;
    case CertIdHash::kSha256:
      SHA256(bytes.data(), bytes.size(), out);
      break;
    case CertIdHash::kSha384:
      SHA384(bytes.data(), bytes.size(), out);
      break;
    case CertIdHash::kSha512:
      SHA512(bytes.data(), bytes.size(), out);
      break;
    case CertIdHash::kOther:
      break;
  }
  return hash;
}

absl::StatusOr<OcspIssuer> OcspIssuer::Create(
    std::shared_ptr<const Buffer> certificate, GostSupport gost) {
  const auto view = CertificateView::Parse(certificate->bytes());
  if (!view.ok()) return view.status();
  const KeyParts parts = PartsOf(view->subject_public_key_info_tlv());
  if (parts.bits.empty())
    return MakeError(ErrorCode::kUnsupportedKey, "subjectPublicKeyInfo");
  if (IsGostKey(parts.algorithm)) {
    absl::Status loaded = RequireGost(gost);
    if (!loaded.ok()) return loaded;
  }
  auto key = PublicKey::FromSpki(view->subject_public_key_info_tlv());
  if (!key.ok()) return key.status();
  OcspIssuer issuer;
  issuer.der_ = std::move(certificate);
  issuer.view_ = *view;
  issuer.key_ = *std::move(key);
  issuer.sha256_ = Sha256(view->der());
  issuer.canonical_name_ = CanonicalName(view->subject());
  for (size_t i = 0; i < kCertIdHashes; ++i) {
    const auto hash = static_cast<CertIdHash>(i);
    issuer.name_hashes_[i] = HashOf(hash, view->subject().tlv());
    issuer.key_hashes_[i] = HashOf(hash, parts.bits);
  }
  return issuer;
}

std::vector<uint8_t> OcspIssuer::CertIdOf(CertIdHash hash,
                                          const SerialNumber& serial) const {
  const auto row = static_cast<size_t>(hash);
  return EncodeCertId(hash, name_hashes_[row].bytes(), key_hashes_[row].bytes(),
                      serial);
}

bool OcspIssuer::IsNamedBy(const CertId& id, NameView issuer_name) const {
  const auto row = static_cast<size_t>(id.hash);
  if (row >= kCertIdHashes ||
      !Equal(id.issuer_key_hash, key_hashes_[row].bytes()))
    return false;
  const bool is_own = Equal(id.issuer_name_hash, name_hashes_[row].bytes());
  if (issuer_name.tlv().empty() ||
      Equal(issuer_name.tlv(), view_.subject().tlv()))
    return is_own;
  // RFC 6960 4.1.1: the hash is over the name as it stands in the certificate.
  // Another CA's certificate may have the serial as well, whatever the CertID
  // names.
  return (is_own || Equal(id.issuer_name_hash,
                          HashOf(id.hash, issuer_name.tlv()).bytes())) &&
         HasName(issuer_name);
}

bool OcspIssuer::IsNamedBy(const ResponderId& responder) const {
  if (!responder.by_key.empty()) {
    const auto row = static_cast<size_t>(CertIdHash::kSha1);
    return Equal(responder.by_key, key_hashes_[row].bytes());
  }
  return HasName(responder.by_name);
}

bool OcspIssuer::HasName(NameView name) const {
  return Equal(name.tlv(), view_.subject().tlv()) ||
         CanonicalName(name) == canonical_name_;
}

}  // namespace revstat
