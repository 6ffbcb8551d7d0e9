// PEM armour (RFC 7468), fast enough for bundles of a million certificates.
#ifndef REVSTAT_ENGINE_X509_PEM_H_
#define REVSTAT_ENGINE_X509_PEM_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/bytes.h"

namespace revstat {

// One block: its label ("CERTIFICATE"), where it begins, and its base64.
struct PemBlock {
  std::string_view label;
  uint64_t offset = 0;
  std::string_view base64;        // with its line breaks
  const char* problem = nullptr;  // why it is no whole block, or null
  // Whether it ends in the END line of its label; headers may be in it then.
  bool has_own_end = false;
};

// What a block holds, as its label says; one without a label, a certificate.
enum class PemContent : uint8_t {
  kCertificate,
  kTrustedCertificate,  // OpenSSL's CertAux may be behind the certificate
  kPkcs7,
  kCrl,
  kOcspResponse,
  kOcspRequest,
  kOther,
};
PemContent ContentOf(const PemBlock& block);

// Why the block cannot be read or, where it is of other things, must not be
// passed over: it may be one of ours whose label is misspelt, or have swallowed
// one. Null where all is well.
const char* ProblemOf(const PemBlock& block);

// Walks the blocks of a text, in linear time; text between them is passed over.
// An END line without BEGIN, which was damaged then, is a block with a problem,
// and so is a BEGIN line without its END: its lines up to the next BEGIN or END
// line are its own. So is what is no text, a certificate in DER, say, or in
// base64 whose BEGIN line is damaged: up to the next such line, and with it an
// END line.
class PemReader {
 public:
  // Where a text stands that is read in parts.
  struct State {
    bool is_in_no_text = false;  // and that was said
    bool is_in_line = false;
  };

  explicit PemReader(Bytes text) : PemReader(text, State()) {}
  // A part of a text, and what the reader of the part before said.
  PemReader(Bytes text, State state) : text_(TextOf(text)), state_(state) {}

  // The next block; nothing at the end.
  std::optional<PemBlock> Next();
  // Set where Next() came to the text's end too early to know what begins
  // there, at that offset: should the text go on, it may be something else.
  std::optional<size_t> undecided() const { return undecided_; }
  // At the end: for the reader of what begins at `rest` and goes on behind.
  State StateAt(size_t rest) const;

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
  // Where in [position_, end) what is no text begins; npos where nothing is.
  size_t FindNoText(size_t end) const;
  bool IsAtLineStart(size_t at) const;
  size_t TailToKeep() const;
  std::optional<PemBlock> AtTheEnd();
  // Goes behind the lines of the block, which from `from` on are none that it
  // could have.
  void PassBroken(PemBlock* block, size_t from);

  std::string_view text_;
  size_t position_ = 0;
  size_t begin_ = 0;  // of the next BEGIN line, where it is behind position_
  std::optional<size_t> undecided_;
  State state_;
};

// Whether there is a BEGIN line, and nothing but text before it.
bool LooksLikePem(Bytes head);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_X509_PEM_H_
