// What a store holds, as a refresher looks for it: by octets, or by scope.
#ifndef REVSTAT_ENGINE_REFRESH_HELD_CRLS_H_
#define REVSTAT_ENGINE_REFRESH_HELD_CRLS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "engine/base/time.h"
#include "engine/refresh/event.h"
#include "engine/refresh/refresh_state.h"
#include "engine/snapshot/crl_source.h"

namespace revstat {

// What is remembered of a CRL that the store holds. A value, and it maps no
// file: the store moves its segments, and a file that was removed takes room
// while it is mapped.
struct HeldCrl {
  explicit HeldCrl(const CrlSource& crl);

  Sha256Digest sha256;
  std::string issuer;     // CanonicalName
  std::string scope_key;  // CrlScope::Key()
  CrlKind kind;
  Time this_update;
  std::optional<Time> next_update;
  std::optional<std::vector<uint8_t>> number;  // CrlNumber::magnitude()
};

// A value. Not thread-safe. Cost: logarithmic.
class HeldCrls {
 public:
  void Add(const HeldCrl& crl);

  // The CRL that the state names. Else, for the store may be ahead of the
  // state, the newest of the issuer, scope and kind that it is bound to.
  std::optional<HeldCrl> Find(const SourceState& state, CrlKind kind) const;

 private:
  using Key = std::tuple<std::string, std::string, CrlKind>;

  std::map<std::string, HeldCrl> by_sha256_;
  std::map<Key, HeldCrl> newest_;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_HELD_CRLS_H_
