#include "tools/revstat-gen/pki_plan.h"

#include <algorithm>
#include <array>

#include "tools/revstat-gen/counter_rng.h"

namespace revstat::gen {
namespace {

enum class Listed : uint8_t { kNo, kYes };
enum class Invalidity : uint8_t { kNone, kDated };

struct Kind {
  std::string_view name;
  std::string_view status;
  Expiry expiry;
  Listed listed;
  std::optional<ReasonCode> reason;
  Invalidity invalidity;
};

constexpr Kind Unlisted(std::string_view name, Expiry expiry) {
  return {name, name, expiry, Listed::kNo, std::nullopt, Invalidity::kNone};
}

constexpr Kind Revoked(std::string_view name,
                       std::optional<ReasonCode> reason) {
  return {name,         "revoked", Expiry::kValid,
          Listed::kYes, reason,    Invalidity::kNone};
}

constexpr std::array<Kind, 13> kKinds = {{
    Unlisted("active", Expiry::kValid),
    Revoked("revoked_without_reason", std::nullopt),
    Revoked("revoked_keyCompromise", ReasonCode::kKeyCompromise),
    {"revoked_keyCompromise_invalidityDate", "revoked", Expiry::kValid,
     Listed::kYes, ReasonCode::kKeyCompromise, Invalidity::kDated},
    Revoked("revoked_affiliationChanged", ReasonCode::kAffiliationChanged),
    Revoked("revoked_superseded", ReasonCode::kSuperseded),
    Revoked("revoked_cessationOfOperation", ReasonCode::kCessationOfOperation),
    Revoked("revoked_privilegeWithdrawn", ReasonCode::kPrivilegeWithdrawn),
    {"revoked_expired", "revoked", Expiry::kExpired, Listed::kYes,
     ReasonCode::kSuperseded, Invalidity::kNone},
    {"on_hold", "on_hold", Expiry::kValid, Listed::kYes,
     ReasonCode::kCertificateHold, Invalidity::kNone},
    {"on_hold_expired", "on_hold", Expiry::kExpired, Listed::kYes,
     ReasonCode::kCertificateHold, Invalidity::kNone},
    Unlisted("expired", Expiry::kExpired),
    Unlisted("not_yet_valid", Expiry::kNotYetValid),
}};

std::string FourDigits(uint64_t number) {
  const std::string digits = std::to_string(number);
  return std::string(digits.size() < 4 ? 4 - digits.size() : 0, '0') + digits;
}

void SetValidity(Expiry expiry, const PkiTimes& times, Leaf* leaf) {
  leaf->not_before = times.not_before;
  leaf->not_after = times.not_after;
  if (expiry == Expiry::kExpired) {
    leaf->not_before = times.at - std::chrono::days(400);
    leaf->not_after = times.at - std::chrono::days(35);
  } else if (expiry == Expiry::kNotYetValid) {
    leaf->not_before = times.at + std::chrono::days(30);
    leaf->not_after =
        std::max(times.not_after, leaf->not_before + std::chrono::days(365));
  }
}

// Revoked while it was valid, and before the reference time.
CrlEntry MakeEntry(const Kind& kind, const Leaf& leaf, Time at,
                   const CounterRng& rng) {
  CrlEntry entry;
  entry.serial = leaf.serial;
  const Time end = std::min(leaf.not_after, at);
  const auto span = static_cast<uint64_t>((end - leaf.not_before).count());
  const auto after_start = [&](uint64_t seconds) {
    return leaf.not_before + std::chrono::seconds(seconds);
  };
  const uint64_t revoked = rng.Below(2 * leaf.index, span);
  entry.revocation_time = after_start(revoked);
  entry.reason = kind.reason;
  if (kind.invalidity == Invalidity::kDated) {
    entry.invalidity_time =
        after_start(rng.Below(2 * leaf.index + 1, revoked + 1));
  }
  return entry;
}

}  // namespace

uint64_t LeafKinds() { return kKinds.size(); }

std::vector<PlannedLeaf> PlanLeaves(const SerialOptions& serials,
                                    uint64_t per_kind, const PkiTimes& times) {
  const SerialSequence sequence(serials);
  const CounterRng rng(serials.seed, Stream::kLeafRevocation);
  std::vector<PlannedLeaf> leaves;
  for (const Kind& kind : kKinds) {
    for (uint64_t i = 1; i <= per_kind; ++i) {
      PlannedLeaf planned;
      planned.file_stem = std::string(kind.name) + "_" + FourDigits(i);
      planned.status = kind.status;
      planned.expiry = kind.expiry;
      planned.leaf.index = leaves.size();
      planned.leaf.serial = sequence.At(planned.leaf.index);
      planned.leaf.common_name = planned.file_stem;
      SetValidity(kind.expiry, times, &planned.leaf);
      if (kind.listed == Listed::kYes) {
        planned.entry = MakeEntry(kind, planned.leaf, times.at, rng);
      }
      leaves.push_back(std::move(planned));
    }
  }
  return leaves;
}

std::string ExpectationHeader() {
  return "file,serial,status,reason,revocation_time,invalidity_time,expired\n";
}

std::string ExpectationRow(const PlannedLeaf& planned) {
  std::string row =
      planned.file_stem + ".pem," + planned.leaf.serial.ToText() + ",";
  row += planned.status;
  row += ",";
  const std::optional<CrlEntry>& entry = planned.entry;
  if (entry && entry->reason) row += NameOf(*entry->reason);
  row += ",";
  if (entry) row += FormatTime(entry->revocation_time);
  row += ",";
  if (entry && entry->invalidity_time)
    row += FormatTime(*entry->invalidity_time);
  row += planned.expiry == Expiry::kExpired ? ",true\n" : ",false\n";
  return row;
}

}  // namespace revstat::gen
