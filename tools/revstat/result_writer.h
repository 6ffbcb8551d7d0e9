// Results as a table for people, or as CSV and JSON lines for programs.
#ifndef REVSTAT_TOOLS_REVSTAT_RESULT_WRITER_H_
#define REVSTAT_TOOLS_REVSTAT_RESULT_WRITER_H_

#include <array>
#include <memory>
#include <string>
#include <unordered_map>

#include "engine/snapshot/snapshot.h"
#include "tools/revstat/output.h"
#include "tools/revstat/result_row.h"

namespace revstat::tool {

enum class Format { kTable, kCsv, kJsonLines };

// How many rows of each status, by position in Status; and rows that could not
// be read, which count as unknown as well.
struct Tally {
  std::array<uint64_t, 6> by_status = {};
  uint64_t unreadable = 0;

  uint64_t of(Status status) const {
    return by_status[static_cast<size_t>(status)];
  }
  uint64_t total() const;
};

// Lifetime: borrows the snapshot and the output. Not thread-safe.
class ResultWriter {
 public:
  static std::unique_ptr<ResultWriter> Create(Format format,
                                              const Snapshot& snapshot,
                                              Output* output);
  virtual ~ResultWriter() = default;

  virtual void Begin() {}
  virtual void Write(const ResultRow& row, const Verdict& verdict) = 0;
  virtual void End(const Tally&, double /*seconds*/) {}

 protected:
  ResultWriter(const Snapshot& snapshot, Output* output)
      : snapshot_(snapshot), output_(output) {}

  std::string& text() { return output_->text(); }
  // RFC 4514 form of an issuer, remembered by its encoding.
  const std::string& IssuerText(const ResultRow& row);

  const Snapshot& snapshot_;

 private:
  Output* output_;
  std::unordered_map<std::string, std::string> issuer_texts_;
  std::string last_issuer_tlv_;
  const std::string* last_issuer_ = nullptr;
};

// Pieces the formats share; each appends to *text.
void AppendHex(Bytes octets, std::string* text);
void AppendSerial(const SerialNumber& serial, std::string* text);
void AppendTime(Time time, std::string* text);
void AppendNumber(uint64_t number, std::string* text);

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_RESULT_WRITER_H_
