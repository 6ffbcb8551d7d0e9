// Results as RFC 4180 CSV with a header.
#include "engine/x509/name_text.h"
#include "tools/revstat/check/result_formats.h"

namespace revstat::tool {
namespace {

std::string Quoted(std::string_view value) {
  if (value.find_first_of(",\"\r\n") == std::string_view::npos)
    return std::string(value);
  std::string quoted = "\"";
  for (char c : value) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted += '"';
}

class CsvWriter : public ResultWriter {
 public:
  explicit CsvWriter(const Snapshot& snapshot)
      : ResultWriter(snapshot, Quoted) {}

  void Begin(TextBuffer* text) override {
    *text +=
        "input,issuer,serial,status,expired,reason,revocation_time,invalidity_"
        "time,cause,subject\n";
  }

  void Write(const ResultRow& row, const Question& question,
             const Verdict& verdict, TextBuffer* text) override {
    TextBuffer& out = *text;
    Input(row, &out);
    out += ',';
    out += IssuerText(row, question.key.issuer);
    out += ',';
    AppendSerial(question.key.serial, &out);
    out += ',';
    out += NameOf(verdict.status);
    // A list may not say until when a certificate is valid.
    out += question.not_after == Time::max() ? ",,"
           : verdict.is_expired()            ? ",true,"
                                             : ",false,";
    if (verdict.status == Status::kRevoked ||
        verdict.status == Status::kOnHold) {
      Revocation(question, verdict, &out);
    } else {
      out += ",,";
    }
    out += ',';
    out += NameOf(verdict.cause);
    out += ',';
    if (!row.subject.tlv().empty()) out += Quoted(FormatName(row.subject));
    out += '\n';
  }

 private:
  // The quoted form of a file's name is made once.
  void Input(const ResultRow& row, TextBuffer* out) {
    if (row.input != last_input_) {
      last_input_ = row.input;
      quoted_input_ = Quoted(row.input);
    }
    *out += quoted_input_;
    if (row.position == 0) return;
    // "a,b:1" has its quotes around the whole.
    const bool has_quotes = quoted_input_.size() != last_input_.size();
    if (has_quotes) out->DropLast();
    *out += ':';
    AppendNumber(row.position, out);
    if (has_quotes) *out += '"';
  }

  void Revocation(const Question& question, const Verdict& verdict,
                  TextBuffer* out) {
    *out += NameOf(verdict.reason);
    *out += ',';
    AppendTime(verdict.revocation_time(), out);
    *out += ',';
    const Evidence evidence = snapshot_.Explain(question.key, verdict);
    if (evidence.entry.has_value() &&
        evidence.entry->invalidity_date.has_value()) {
      AppendTime(*evidence.entry->invalidity_date, out);
    }
  }

  std::string last_input_;
  std::string quoted_input_;
};

}  // namespace

std::unique_ptr<ResultWriter> MakeCsvWriter(const Snapshot& snapshot) {
  return std::make_unique<CsvWriter>(snapshot);
}

}  // namespace revstat::tool
