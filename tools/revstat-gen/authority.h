// A certification authority: its certificate and the key that signs for it.
#ifndef REVSTAT_TOOLS_REVSTAT_GEN_AUTHORITY_H_
#define REVSTAT_TOOLS_REVSTAT_GEN_AUTHORITY_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/revstat-gen/signer.h"

namespace revstat::gen {

struct Authority {
  Octets certificate;  // DER
  Octets name;         // the subject's Name
  Octets key_id;
  Signer signer;
};

struct AuthorityOptions {
  uint64_t seed = 1;
  std::optional<KeyType> key;  // P-256 where not given
  std::optional<Digest> digest;
  // Files of a CA that exists already; both empty for one made from the seed.
  std::string ca;
  std::string ca_key;
};

// The seed's root CA, or the one in the options' files. The root depends on the
// seed and the key type alone, so that every command with these two speaks of
// the same CA. Errors: files that cannot be read or do not belong together.
absl::StatusOr<Authority> GetAuthority(const AuthorityOptions& options);

// Only the certificate: needs no key file.
absl::StatusOr<Octets> GetAuthorityCertificate(const AuthorityOptions& options);

// A CA below `root`, made from the seed.
absl::StatusOr<Authority> MakeIssuingAuthority(
    const AuthorityOptions& options, const Authority& root,
    const std::vector<Octets>& more_extensions);

// The subject of a certificate in a PEM or DER file.
absl::StatusOr<Octets> ReadSubject(const std::string& path);

// Lower-case hexadecimal SHA-256 of the certificate: how lists name an issuer.
std::string IssuerText(Bytes certificate);

absl::Status WritePrivateKey(const std::string& path, const EVP_PKEY* key);

}  // namespace revstat::gen

#endif  // REVSTAT_TOOLS_REVSTAT_GEN_AUTHORITY_H_
