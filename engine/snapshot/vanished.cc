#include "engine/snapshot/vanished.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "engine/snapshot/series.h"
#include "engine/snapshot/standing.h"

namespace revstat {
namespace {

using Sources = std::vector<std::shared_ptr<const CrlSource>>;

// What CRLs of one signer and scope say together, about the certificates of one
// issuer at a time.
class State {
 public:
  explicit State(Sources sources) : sources_(std::move(sources)) {
    Chains made = MakeChains(sources_);
    for (uint32_t delta : made.unapplied) made.chains.push_back({delta});
    for (uint32_t delta : made.flawed) made.chains.push_back({delta});
    for (const std::vector<uint32_t>& positions : made.chains) {
      Chain& chain = chains_.emplace_back();
      for (uint32_t position : positions)
        chain.push_back({sources_[position].get(), nullptr});
    }
  }

  void MoveTo(const std::string& issuer) {
    if (issuer_ == issuer) return;
    issuer_ = issuer;
    for (Chain& chain : chains_) {
      for (Member& member : chain) member.set = member.crl->SetOf(issuer);
    }
  }

  bool IsListed(const SerialNumber& serial) const {
    return std::ranges::any_of(chains_, [&](const Chain& chain) {
      const auto entry = Deciding(chain, serial);
      return entry && StandingOf(entry->reason) != Standing::kNotListed;
    });
  }

  // Since when it is revoked, and not only on hold.
  std::optional<Time> RevokedSince(const SerialNumber& serial) const {
    std::optional<Time> since;
    for (const Chain& chain : chains_) {
      const auto entry = Deciding(chain, serial);
      if (entry && StandingOf(entry->reason) == Standing::kRevoked)
        since = std::max(since.value_or(Time::min()), entry->revocation_date);
    }
    return since;
  }

 private:
  struct Member {
    const CrlSource* crl;
    const SerialSet* set;  // of the issuer; may be null
  };
  using Chain = std::vector<Member>;  // the newest first

  static std::optional<CrlEntry> Deciding(const Chain& chain,
                                          const SerialNumber& serial) {
    for (const Member& member : chain) {
      if (const auto entry = FindEntry(*member.crl, member.set, serial))
        return entry;
    }
    return std::nullopt;
  }

  const Sources sources_;
  std::vector<Chain> chains_;
  std::optional<std::string> issuer_;
};

class Search {
 public:
  Search(const std::shared_ptr<const CrlSource>& crl, const Sources& held)
      : crl_(*crl), held_(held), before_(held), after_(With(held, crl)) {}

  void LookAt(std::span<const CertificateView> known) {
    const Time kept_from =
        std::min(crl_.crl().this_update(),
                 crl_.crl().expired_certs_on_crl().value_or(Time::max()));
    for (const CertificateView& certificate : known) {
      // 4.1.2.5: the last second is still inside.
      if (certificate.not_after() < kept_from) continue;
      MoveTo(CanonicalName(certificate.issuer()));
      if (!after_.IsListed(certificate.serial()) &&
          before_.RevokedSince(certificate.serial()))
        Note(certificate.serial());
    }
  }

  // What a delta does not list has not changed: only what it removes, or an
  // earlier delta has added, can have gone with it.
  void LookAtEntries(Time expired_since) {
    const auto look = [&](const CrlSource& source) {
      ForEachEntry(
          source, [&](const std::string& issuer) { MoveTo(issuer); },
          [&](const CrlEntry& entry) {
            if (vanished_.count >= Vanished::kMost ||
                after_.IsListed(entry.serial)) {
              return;
            }
            const auto since = before_.RevokedSince(entry.serial);
            if (since && *since >= expired_since) Note(entry.serial);
          });
    };
    for (const auto& source : held_) {
      if (!crl_.crl().is_delta() || source->crl().is_delta()) look(*source);
    }
    if (crl_.crl().is_delta()) look(crl_);
  }

  Vanished Take() { return std::move(vanished_); }

 private:
  static Sources With(Sources sources,
                      const std::shared_ptr<const CrlSource>& crl) {
    sources.push_back(crl);
    return sources;
  }

  void MoveTo(const std::string& issuer) {
    issuer_ = issuer;
    before_.MoveTo(issuer);
    after_.MoveTo(issuer);
  }

  void Note(const SerialNumber& serial) {
    const std::string text = serial.ToText();
    if (!noted_.emplace(issuer_, text).second) return;
    if (vanished_.count++ == 0) vanished_.first_serial = text;
  }

  const CrlSource& crl_;
  const Sources& held_;
  State before_;
  State after_;
  std::string issuer_;
  std::set<std::pair<std::string, std::string>> noted_;
  Vanished vanished_;
};

}  // namespace

Vanished FindVanished(const std::shared_ptr<const CrlSource>& crl,
                      std::span<const std::shared_ptr<const CrlSource>> held,
                      std::span<const CertificateView> known) {
  const auto expired_since = crl->crl().expired_certs_on_crl();
  if (held.empty() || (known.empty() && !expired_since)) return {};
  const Sources sources(held.begin(), held.end());
  Search search(crl, sources);
  search.LookAt(known);
  if (expired_since) search.LookAtEntries(*expired_since);
  return search.Take();
}

}  // namespace revstat
