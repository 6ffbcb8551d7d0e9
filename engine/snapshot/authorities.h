// Which keys are one certification authority's.
#ifndef REVSTAT_ENGINE_SNAPSHOT_AUTHORITIES_H_
#define REVSTAT_ENGINE_SNAPSHOT_AUTHORITIES_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/x509/certificate.h"

namespace revstat {

// A key that certificates are issued with, as far as authority is concerned.
struct AuthorityKey {
  std::string canonical_name;
  // Of this name and key; read only where another key has the name.
  std::vector<CertificateView> certificates;
  // The positions of the trust anchors that validated paths end at.
  std::vector<uint32_t> anchors;
  bool is_vouched_for = false;  // the caller trusts the key itself
};

// Gives each key the number of its authority, counted up from 0 in the order of
// the keys. Keys are one authority's when they have one name and
//   - share a trust anchor, or one is the other's anchor (a name is unique
//     below an anchor, RFC 5280 4.1.2.6), or
//   - the caller vouches for both and one signed the other's certificate, as at
//     a key rollover (RFC 4210 4.4).
// Two unrelated CAs of one name stay two. Cost: linear, and a signature check
// for each pair of vouched-for keys of one name (kMaxRolledOver at most each).
inline constexpr size_t kMaxRolledOver = 16;
std::vector<uint32_t> AuthoritiesOf(std::span<const AuthorityKey> keys);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_SNAPSHOT_AUTHORITIES_H_
