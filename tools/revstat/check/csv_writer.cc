// Results as RFC 4180 CSV with a header.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "engine/x509/name_text.h"
#include "tools/revstat/check/result_formats.h"

namespace revstat::tool {
namespace {

bool NeedsQuotes(std::string_view value) {
  static constexpr auto kNeeds = [] {
    std::array<bool, 256> needs = {};
    for (const char c : {',', '"', '\r', '\n'})
      needs[static_cast<unsigned char>(c)] = true;
    return needs;
  }();
  return std::any_of(value.begin(), value.end(), [](char c) {
    return kNeeds[static_cast<unsigned char>(c)];
  });
}

std::string Quoted(std::string_view value) {
  if (!NeedsQuotes(value)) return std::string(value);
  std::string quoted = "\"";
  for (char c : value) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted += '"';
}

void AppendQuoted(std::string_view value, TextBuffer* out) {
  if (!NeedsQuotes(value)) {
    *out += value;
    return;
  }
  *out += '"';
  // In runs: hardly any has a quote.
  while (true) {
    const size_t quote = value.find('"');
    *out += value.substr(0, quote);
    if (quote == std::string_view::npos) break;
    *out += "\"\"";
    value.remove_prefix(quote + 1);
  }
  *out += '"';
}

bool IsListed(const Verdict& verdict) {
  return verdict.status == Status::kRevoked ||
         verdict.status == Status::kOnHold;
}

// A piece of text that many rows have alike. It is copied in whole chunks, past
// its end: that costs no call and no branch by size.
class RepeatedText {
 public:
  // What must be free behind the text where it is copied to.
  static constexpr size_t kSlack = 32;

  void Set(std::initializer_list<std::string_view> pieces) {
    text_ = Concat(pieces);
    size_ = text_.size();
    text_.append(kSlack, '\0');
  }
  size_t size() const { return size_; }
  // Returns the end of the copy.
  char* CopyTo(char* out) const {
    for (size_t i = 0; i < size_; i += kSlack)
      std::memcpy(out + i, text_.data() + i, kSlack);
    return out + size_;
  }

 private:
  std::string text_;
  size_t size_ = 0;
};

// Hexadecimal digits in lower case, which figures already are: both have bit 5.
char* CopyLowerDigits(std::string_view digits, char* out) {
  size_t i = 0;
  for (; i + sizeof(uint64_t) <= digits.size(); i += sizeof(uint64_t)) {
    uint64_t eight;
    std::memcpy(&eight, digits.data() + i, sizeof(eight));
    eight |= 0x2020202020202020;
    std::memcpy(out + i, &eight, sizeof(eight));
  }
  for (; i < digits.size(); ++i) out[i] = static_cast<char>(digits[i] | 0x20);
  return out + digits.size();
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
    if (IsListed(verdict)) {
      Revocation(question, verdict, &out);
    } else {
      out += ",,";
    }
    out += ',';
    out += NameOf(verdict.cause);
    out += ',';
    if (!row.subject.tlv().empty()) {
      subject_.clear();
      AppendName(row.subject, &subject_);
      AppendQuoted(subject_, &out);
    }
    out += '\n';
  }

  void WriteBare(std::string_view input, std::span<const BareRow> rows,
                 std::span<const LookupKey> keys,
                 std::span<const Verdict> verdicts, TextBuffer* text) override {
    constexpr size_t kMaxNumber = 20;
    SetInput(input);
    front_.Set({HasQuotes() ? quoted_input_.substr(0, quoted_input_.size() - 1)
                            : quoted_input_,
                ":"});
    middle_ = {};  // has quotes where the input's name has
    for (size_t i = 0; i < rows.size(); ++i) {
      const BareRow& row = rows[i];
      const Verdict& verdict = verdicts[i];
      if (IsListed(verdict)) {
        ResultWriter::WriteBare(input, rows.subspan(i, 1), keys.subspan(i, 1),
                                verdicts.subspan(i, 1), text);
        continue;
      }
      SetMiddle(IssuerText(row.issuer_text, keys[i].issuer));
      SetTail(verdict);
      char* const begin =
          text->Room(front_.size() + kMaxNumber + middle_.size() +
                     row.digits.size() + tail_.size() + RepeatedText::kSlack);
      char* out = front_.CopyTo(begin);
      out = std::to_chars(out, out + kMaxNumber, row.position).ptr;
      out = middle_.CopyTo(out);
      out = CopyLowerDigits(row.digits, out);
      out = tail_.CopyTo(out);
      text->Take(static_cast<size_t>(out - begin));
    }
  }

 private:
  // The quoted form of a file's name is made once.
  void SetInput(std::string_view input) {
    if (input == last_input_) return;
    last_input_ = input;
    quoted_input_ = Quoted(input);
  }
  bool HasQuotes() const { return quoted_input_.size() != last_input_.size(); }

  void Input(const ResultRow& row, TextBuffer* out) {
    SetInput(row.input);
    *out += quoted_input_;
    if (row.position == 0) return;
    // "a,b:1" has its quotes around the whole.
    if (HasQuotes()) out->DropLast();
    *out += ':';
    AppendNumber(row.position, out);
    if (HasQuotes()) *out += '"';
  }

  // Between the line's number and the serial.
  void SetMiddle(std::string_view issuer) {
    if (middle_.size() > 0 && issuer == middle_issuer_) return;
    middle_issuer_ = issuer;
    middle_.Set({HasQuotes() ? "\"," : ",", issuer, ","});
  }

  // Behind the serial of a bare one that is not listed.
  void SetTail(const Verdict& verdict) {
    if (tail_.size() > 0 && verdict.status == tail_status_ &&
        verdict.cause == tail_cause_)
      return;
    tail_status_ = verdict.status;
    tail_cause_ = verdict.cause;
    tail_.Set({",", NameOf(tail_status_), ",,,,,", NameOf(tail_cause_), ",\n"});
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
  std::string subject_;  // its memory is used again
  // Of bare rows.
  RepeatedText front_;
  RepeatedText middle_;
  std::string middle_issuer_;
  RepeatedText tail_;
  Status tail_status_ = Status::kUnknown;
  Cause tail_cause_ = Cause::kNone;
};

}  // namespace

std::unique_ptr<ResultWriter> MakeCsvWriter(const Snapshot& snapshot) {
  return std::make_unique<CsvWriter>(snapshot);
}

}  // namespace revstat::tool
