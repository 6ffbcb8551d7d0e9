// PEM armour (RFC 7468), fast enough for bundles of a million certificates.
#ifndef REVSTAT_TOOLS_REVSTAT_COMMON_PEM_H_
#define REVSTAT_TOOLS_REVSTAT_COMMON_PEM_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/bytes.h"

namespace revstat::tool {

// One block: its label ("CERTIFICATE"), where it begins, and its base64.
struct PemBlock {
  std::string_view label;
  uint64_t offset = 0;
  std::string_view base64;  // with its line breaks
  bool complete = true;     // false: no END line with the same label follows
};

// Walks the blocks of a text; text between them is passed over.
class PemReader {
 public:
  explicit PemReader(Bytes text) : text_(TextOf(text)) {}

  // The next block; nothing at the end.
  std::optional<PemBlock> Next();
  // Set where Next() came to the text's end too early to know what begins
  // there, at that offset: should the text go on, it may be something else.
  std::optional<size_t> undecided() const { return undecided_; }

 private:
  std::string_view text_;
  size_t position_ = 0;
  std::optional<size_t> undecided_;
};

bool LooksLikePem(Bytes head);

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_COMMON_PEM_H_
