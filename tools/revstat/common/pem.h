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
  std::string_view base64;        // with its line breaks
  const char* problem = nullptr;  // why it is no whole block, or null
};

// Walks the blocks of a text, in linear time; text between them is passed over.
// An END line without BEGIN, which was damaged then, is a block with a problem,
// and so is a BEGIN line without its END: its lines up to the next BEGIN or END
// line are its own. So is what no text has, a certificate in DER say, from there
// to the next such line.
class PemReader {
 public:
  explicit PemReader(Bytes text) : text_(TextOf(text)) {}

  // The next block; nothing at the end.
  std::optional<PemBlock> Next();
  // Set where Next() came to the text's end too early to know what begins
  // there, at that offset: should the text go on, it may be something else.
  std::optional<size_t> undecided() const { return undecided_; }

 private:
  std::string_view Part(size_t from, size_t to) const;
  PemBlock EndWithoutBegin(size_t at);
  // What begins at `at` and is no text, up to `end`: npos if that is not known.
  PemBlock NoText(size_t at, size_t end);
  std::optional<PemBlock> AtTheEnd(std::string_view between);
  // Goes behind the lines of the block at `begin`, from which `from` on are
  // none that it could have.
  void PassBroken(size_t begin, size_t from);

  std::string_view text_;
  size_t position_ = 0;
  size_t begin_ = 0;  // of the next BEGIN line, where it is behind position_
  std::optional<size_t> undecided_;
};

bool LooksLikePem(Bytes head);

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_COMMON_PEM_H_
