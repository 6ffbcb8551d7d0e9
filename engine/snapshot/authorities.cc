#include "engine/snapshot/authorities.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>
#include <utility>

#include "engine/verify/crl_verifier.h"

namespace revstat {
namespace {

// Disjoint sets, each known by its lowest member.
class Sets {
 public:
  explicit Sets(size_t count) : parent_(count) {
    std::iota(parent_.begin(), parent_.end(), 0u);
  }
  uint32_t Find(uint32_t member) {
    while (parent_[member] != member) {
      parent_[member] = parent_[parent_[member]];
      member = parent_[member];
    }
    return member;
  }
  void Join(uint32_t a, uint32_t b) {
    a = Find(a);
    b = Find(b);
    parent_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<uint32_t> parent_;
};

// Whether one key signed any certificate of the other.
bool HasSigned(const AuthorityKey& signer, const AuthorityKey& key) {
  SignaturePolicy policy;
  // A weak digest is no risk here: the caller trusts both.
  policy.weak_digest = WeakDigest::kAllowSha1;
  return std::any_of(
      key.certificates.begin(), key.certificates.end(),
      [&](const CertificateView& certificate) {
        return VerifyIssuedBy(certificate, signer.certificates.front(), policy)
            .ok();
      });
}

// Those of one name below one anchor. True where any were apart before.
bool JoinBelowAnchors(std::span<const AuthorityKey> keys,
                      const std::vector<uint32_t>& named, Sets* sets) {
  bool has_changed = false;
  std::unordered_map<uint32_t, uint32_t> first_below;  // an anchor
  for (uint32_t key : named) {
    for (uint32_t end : keys[key].anchors) {
      const uint32_t anchor = sets->Find(end);
      const bool is_anchors_name =
          keys[anchor].canonical_name == keys[key].canonical_name;
      const auto [first, is_new] =
          first_below.try_emplace(anchor, is_anchors_name ? anchor : key);
      if (sets->Find(first->second) == sets->Find(key)) continue;
      sets->Join(first->second, key);
      has_changed = true;
    }
  }
  return has_changed;
}

void JoinRolledOver(std::span<const AuthorityKey> keys,
                    const std::vector<uint32_t>& named, Sets* sets) {
  std::vector<uint32_t> vouched;
  for (uint32_t key : named) {
    if (keys[key].is_vouched_for) vouched.push_back(key);
  }
  vouched.resize(std::min(vouched.size(), kMaxRolledOver));
  for (size_t i = 0; i < vouched.size(); ++i) {
    for (size_t k = i + 1; k < vouched.size(); ++k) {
      const AuthorityKey& a = keys[vouched[i]];
      const AuthorityKey& b = keys[vouched[k]];
      if (HasSigned(a, b) || HasSigned(b, a))
        sets->Join(vouched[i], vouched[k]);
    }
  }
}

}  // namespace

std::vector<uint32_t> AuthoritiesOf(std::span<const AuthorityKey> keys) {
  std::unordered_map<std::string, std::vector<uint32_t>> by_name;
  for (uint32_t i = 0; i < keys.size(); ++i)
    by_name[keys[i].canonical_name].push_back(i);
  Sets sets(keys.size());
  for (const auto& [name, named] : by_name) {
    if (named.size() > 1) JoinRolledOver(keys, named, &sets);
  }
  // Anchors that are joined are one for the names below them, so that it goes
  // on until nothing changes.
  bool has_changed = true;
  while (has_changed) {
    has_changed = false;
    for (const auto& [name, named] : by_name)
      has_changed |= JoinBelowAnchors(keys, named, &sets);
  }
  std::vector<uint32_t> authorities(keys.size());
  uint32_t count = 0;
  for (uint32_t i = 0; i < keys.size(); ++i)
    authorities[i] = sets.Find(i) == i ? count++ : authorities[sets.Find(i)];
  return authorities;
}

}  // namespace revstat
