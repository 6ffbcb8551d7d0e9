// What a store holds, as a refresher looks for it: by octets, or by scope.
#ifndef REVSTAT_ENGINE_REFRESH_HELD_CRLS_H_
#define REVSTAT_ENGINE_REFRESH_HELD_CRLS_H_

#include <map>
#include <memory>
#include <string>
#include <tuple>

#include "engine/refresh/event.h"
#include "engine/refresh/refresh_state.h"
#include "engine/snapshot/crl_source.h"

namespace revstat {

// A value. Not thread-safe. Cost: logarithmic.
class HeldCrls {
 public:
  void Add(std::shared_ptr<const CrlSource> crl);

  // The CRL that the state names. Else, for the store may be ahead of the
  // state, the newest of the issuer, scope and kind that it is bound to. Null
  // where there is neither.
  std::shared_ptr<const CrlSource> Find(const SourceState& state,
                                        CrlKind kind) const;

 private:
  using Key = std::tuple<std::string, std::string, CrlKind>;

  std::map<std::string, std::shared_ptr<const CrlSource>> by_sha256_;
  std::map<Key, std::shared_ptr<const CrlSource>> newest_;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_HELD_CRLS_H_
