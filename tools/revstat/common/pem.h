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
// line are its own. So is, up to the next such line, what is no text: a
// certificate in DER, say.
class PemReader {
 public:
  // Where what comes before `text` ended in what is no text, that was said.
  explicit PemReader(Bytes text, bool is_in_no_text = false)
      : text_(TextOf(text)), is_in_no_text_(is_in_no_text) {}

  // The next block; nothing at the end.
  std::optional<PemBlock> Next();
  // Set where Next() came to the text's end too early to know what begins
  // there, at that offset: should the text go on, it may be something else.
  std::optional<size_t> undecided() const { return undecided_; }
  // At the end: whether what is no text may go on behind it.
  bool is_in_no_text() const { return is_in_no_text_; }

 private:
  std::string_view Part(size_t from, size_t to) const;
  // Where the label that begins there ends, and the octet behind its dashes. No
  // label, and its line's end, where that comes first; neither where the text
  // ends.
  struct LabelEnd {
    size_t label = std::string_view::npos;
    size_t behind = std::string_view::npos;
  };
  LabelEnd FindLabelEnd(size_t label) const;
  PemBlock Block(size_t begin);
  PemBlock EndWithoutBegin(size_t at);
  // What begins at `at`; `next_line` is the next BEGIN or END line, or npos.
  PemBlock NoText(size_t at, size_t next_line);
  std::optional<PemBlock> AtTheEnd(std::string_view between);
  // Goes behind the lines of the block at `begin`, from which `from` on are
  // none that it could have.
  void PassBroken(size_t begin, size_t from);

  std::string_view text_;
  size_t position_ = 0;
  size_t begin_ = 0;  // of the next BEGIN line, where it is behind position_
  std::optional<size_t> undecided_;
  bool is_in_no_text_;
};

// Whether there is a BEGIN line, and nothing but text before it.
bool LooksLikePem(Bytes head);

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_COMMON_PEM_H_
