// Results as RFC 4180 CSV with a header.
#include "engine/x509/name_text.h"
#include "tools/revstat/result_formats.h"

namespace revstat::tool {
namespace {

class CsvWriter : public ResultWriter {
 public:
  CsvWriter(const Snapshot& snapshot, Output* output)
      : ResultWriter(snapshot, output) {}

  void Begin() override {
    text() +=
        "input,issuer,serial,status,expired,reason,revocation_time,invalidity_"
        "time,cause,subject\n";
  }

  void Write(const ResultRow& row, const Verdict& verdict) override {
    std::string& out = text();
    Input(row, &out);
    out += ',';
    Issuer(row, &out);
    out += ',';
    AppendSerial(row.question.key.serial, &out);
    out += ',';
    out += NameOf(verdict.status);
    out += verdict.is_expired() ? ",true," : ",false,";
    if (verdict.status == Status::kRevoked ||
        verdict.status == Status::kOnHold) {
      Revocation(row, verdict, &out);
    } else {
      out += ",,";
    }
    out += ',';
    out += NameOf(verdict.cause);
    out += ',';
    if (!row.subject.tlv().empty()) Field(FormatName(row.subject), &out);
    out += '\n';
  }

 private:
  static void Field(std::string_view value, std::string* out) {
    if (value.find_first_of(",\"\r\n") == std::string_view::npos) {
      *out += value;
      return;
    }
    *out += '"';
    for (char c : value) {
      if (c == '"') *out += '"';
      *out += c;
    }
    *out += '"';
  }

  // The quoted form of names that come again and again is made once.
  static void Remembered(std::string_view value, std::string* last,
                         std::string* quoted, std::string* out) {
    if (value != *last || quoted->empty()) {
      *last = value;
      quoted->clear();
      Field(value, quoted);
    }
    *out += *quoted;
  }

  void Input(const ResultRow& row, std::string* out) {
    if (row.position == 0) return Field(row.input, out);
    // "a,b:1" needs its quotes around the whole.
    if (row.input.find_first_of(",\"\r\n") != std::string_view::npos) {
      return Field(Concat({row.input, ":", std::to_string(row.position)}), out);
    }
    *out += row.input;
    *out += ':';
    AppendNumber(row.position, out);
  }

  void Issuer(const ResultRow& row, std::string* out) {
    Remembered(IssuerText(row), &last_issuer_text_, &quoted_issuer_, out);
  }

  void Revocation(const ResultRow& row, const Verdict& verdict,
                  std::string* out) {
    *out += NameOf(verdict.reason);
    *out += ',';
    AppendTime(verdict.revocation_time(), out);
    *out += ',';
    const Evidence evidence = snapshot_.Explain(row.question.key, verdict);
    if (evidence.entry.has_value() &&
        evidence.entry->invalidity_date.has_value()) {
      AppendTime(*evidence.entry->invalidity_date, out);
    }
  }

  std::string last_issuer_text_;
  std::string quoted_issuer_;
};

}  // namespace

std::unique_ptr<ResultWriter> MakeCsvWriter(const Snapshot& snapshot,
                                            Output* output) {
  return std::make_unique<CsvWriter>(snapshot, output);
}

}  // namespace revstat::tool
