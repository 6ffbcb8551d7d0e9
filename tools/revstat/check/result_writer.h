// Results as a table for people, or as CSV and JSON lines for programs.
#ifndef REVSTAT_TOOLS_REVSTAT_CHECK_RESULT_WRITER_H_
#define REVSTAT_TOOLS_REVSTAT_CHECK_RESULT_WRITER_H_

#include <array>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>

#include "engine/check/ocsp_set.h"
#include "engine/snapshot/snapshot.h"
#include "tools/revstat/check/result_row.h"
#include "tools/revstat/common/text_buffer.h"

namespace revstat::tool {

enum class Format { kTable, kCsv, kJsonLines };

// How many rows of each status, by position in Status; and rows that could not
// be read, which count as unknown as well.
struct Tally {
  std::array<uint64_t, 6> by_status = {};
  // Bit i: a row had the cause at position i of Cause.
  uint64_t causes = 0;
  uint64_t unreadable = 0;
  uint64_t contradicted = 0;  // by CRL and OCSP

  uint64_t of(Status status) const {
    return by_status[static_cast<size_t>(status)];
  }
  bool has(Cause cause) const {
    return (causes >> static_cast<unsigned>(cause) & 1) != 0;
  }
  void Add(const Verdict& verdict) {
    ++by_status[static_cast<size_t>(verdict.status)];
    static_assert(kCauseCount <= 64);
    causes |= uint64_t{1} << static_cast<unsigned>(verdict.cause);
    contradicted += (verdict.flags & Verdict::kContradicted) != 0 ? 1u : 0u;
  }
  void Add(const Tally& other);
  uint64_t total() const;
};

// Lifetime: borrows the snapshot. Thread-safety: one thread each.
class ResultWriter {
 public:
  static std::unique_ptr<ResultWriter> Create(Format format,
                                              const Snapshot& snapshot);
  virtual ~ResultWriter() = default;

  // Where verdicts by OCSP come from. `set` outlives this.
  void UseOcsp(const OcspSet* set) { ocsp_ = set; }

  // Each appends to *text.
  virtual void Begin(TextBuffer* /*text*/) {}
  virtual void Write(const ResultRow& row, const Question& question,
                     const Verdict& verdict, TextBuffer* text) = 0;
  // The same as Write for each; for formats in which lists are long. The spans
  // are of one size.
  virtual void WriteBare(std::string_view input, std::span<const BareRow> rows,
                         std::span<const LookupKey> keys,
                         std::span<const Verdict> verdicts, TextBuffer* text);
  virtual void End(const Tally&, double /*seconds*/, TextBuffer* /*text*/) {}

 protected:
  // How a format spells a string.
  using Spelling = std::string (*)(std::string_view);

  ResultWriter(const Snapshot& snapshot, Spelling spelling)
      : snapshot_(snapshot), spelling_(spelling) {}

  // The RFC 4514 form of an issuer in the format's spelling, made once each.
  std::string_view IssuerText(const ResultRow& row, IssuerId issuer);
  std::string_view IssuerText(std::string_view in_list, IssuerId issuer);

  // The evidence of a verdict by OCSP; an empty one for another's.
  OcspEvidence ExplainOcsp(const LookupKey& key, const Verdict& verdict) const {
    return ocsp_ == nullptr ? OcspEvidence{} : ocsp_->Explain(key, verdict);
  }

  const Snapshot& snapshot_;

 private:
  std::string_view Remember(std::string_view key, const NameView* name);

  const OcspSet* ocsp_ = nullptr;
  const Spelling spelling_;
  std::unordered_map<std::string, std::string> issuer_texts_;
  // Runs of rows mostly have one issuer. Empty where nothing is remembered.
  IssuerId last_issuer_ = kUnknownIssuer;
  std::string_view last_text_;  // of last_issuer_
  std::string_view last_key_;
  std::string_view last_remembered_;  // of last_key_
};

// Pieces the formats share; each appends to *text.
void AppendHex(Bytes octets, TextBuffer* text);
void AppendSerial(const SerialNumber& serial, TextBuffer* text);
void AppendTime(Time time, TextBuffer* text);
void AppendNumber(uint64_t number, TextBuffer* text);

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_CHECK_RESULT_WRITER_H_
