// Which end-entity certificates a generated PKI has, and what a checker must
// say about each at the reference time.
#ifndef REVSTAT_TOOLS_REVSTAT_GEN_PKI_PLAN_H_
#define REVSTAT_TOOLS_REVSTAT_GEN_PKI_PLAN_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/revstat-gen/crl_builder.h"
#include "tools/revstat-gen/leaf.h"
#include "tools/revstat-gen/serial_sequence.h"

namespace revstat::gen {

// The reference time and the validity that most certificates have around it.
struct PkiTimes {
  Time at;
  Time not_before;
  Time not_after;
};

enum class Expiry : uint8_t { kValid, kExpired, kNotYetValid };

struct PlannedLeaf {
  std::string file_stem;    // "revoked_keyCompromise_0001"
  std::string_view status;  // of the design's status model
  Expiry expiry;
  Leaf leaf;
  std::optional<CrlEntry> entry;  // what the CRL says about it
};

// `per_kind` certificates of each kind, with the first serials of the sequence.
std::vector<PlannedLeaf> PlanLeaves(const SerialOptions& serials,
                                    uint64_t per_kind, const PkiTimes& times);

// How many kinds there are.
uint64_t LeafKinds();

// The row of expected.csv (without the file's folder), and its header.
std::string ExpectationHeader();
std::string ExpectationRow(const PlannedLeaf& planned);

}  // namespace revstat::gen

#endif  // REVSTAT_TOOLS_REVSTAT_GEN_PKI_PLAN_H_
