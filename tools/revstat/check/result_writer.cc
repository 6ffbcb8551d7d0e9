#include "tools/revstat/check/result_writer.h"

#include <charconv>
#include <cstring>

#include "engine/x509/name_text.h"
#include "tools/revstat/check/result_formats.h"

namespace revstat::tool {

uint64_t Tally::total() const {
  uint64_t sum = 0;
  for (uint64_t count : by_status) sum += count;
  return sum;
}

void Tally::Add(const Tally& other) {
  for (size_t i = 0; i < by_status.size(); ++i)
    by_status[i] += other.by_status[i];
  causes |= other.causes;
  unreadable += other.unreadable;
  contradicted += other.contradicted;
}

std::unique_ptr<ResultWriter> ResultWriter::Create(Format format,
                                                   const Snapshot& snapshot) {
  switch (format) {
    case Format::kTable:
      return MakeTableWriter(snapshot);
    case Format::kCsv:
      return MakeCsvWriter(snapshot);
    case Format::kJsonLines:
      return MakeJsonWriter(snapshot);
  }
  return nullptr;
}

void ResultWriter::WriteBare(std::string_view input,
                             std::span<const BareRow> rows,
                             std::span<const LookupKey> keys,
                             std::span<const Verdict> verdicts,
                             TextBuffer* text) {
  for (size_t i = 0; i < rows.size(); ++i) {
    ResultRow row;
    row.input = input;
    row.position = rows[i].position;
    row.issuer_text = rows[i].issuer_text;
    Question question;
    question.key = keys[i];
    Write(row, question, verdicts[i], text);
  }
}

std::string_view ResultWriter::IssuerText(const ResultRow& row,
                                          IssuerId issuer) {
  if (!row.issuer.tlv().empty())
    return Remember(TextOf(row.issuer.tlv()), &row.issuer);
  return IssuerText(row.issuer_text, issuer);
}

std::string_view ResultWriter::IssuerText(std::string_view in_list,
                                          IssuerId issuer) {
  // A list names issuers itself; where we know the issuer, we name it alike for
  // all inputs.
  if (issuer >= snapshot_.issuers().size()) return Remember(in_list, nullptr);
  if (issuer != last_issuer_ || last_text_.empty()) {
    const NameView name = snapshot_.issuers()[issuer].view.subject();
    last_text_ = Remember(TextOf(name.tlv()), &name);
    last_issuer_ = issuer;
  }
  return last_text_;
}

std::string_view ResultWriter::Remember(std::string_view key,
                                        const NameView* name) {
  if (key == last_key_ && !key.empty()) return last_remembered_;
  constexpr size_t kMaxRemembered = 4096;
  if (issuer_texts_.size() >= kMaxRemembered) {
    issuer_texts_.clear();
    last_text_ = {};
  }
  const auto [position, is_new] = issuer_texts_.try_emplace(std::string(key));
  if (is_new) {
    position->second =
        spelling_(name == nullptr ? std::string(key) : FormatName(*name));
  }
  last_key_ = position->first;
  last_remembered_ = position->second;
  return last_remembered_;
}

void AppendHex(Bytes octets, TextBuffer* text) {
  static constexpr auto kPairs = [] {
    std::array<std::array<char, 2>, 256> pairs = {};
    constexpr char kDigits[] = "0123456789abcdef";
    for (size_t i = 0; i < pairs.size(); ++i)
      pairs[i] = {kDigits[i / 16], kDigits[i % 16]};
    return pairs;
  }();
  char* out = text->Room(2 * octets.size());
  for (uint8_t octet : octets) {
    std::memcpy(out, kPairs[octet].data(), 2);
    out += 2;
  }
  text->Take(2 * octets.size());
}

void AppendSerial(const SerialNumber& serial, TextBuffer* text) {
  const Bytes content = serial.content();
  if (content.empty()) return;
  if (content[0] >= 0x80) {
    *text += serial.ToText();
  } else {
    AppendHex(
        content.size() > 1 && content[0] == 0 ? content.subspan(1) : content,
        text);
  }
}

void AppendTime(Time time, TextBuffer* text) {
  FormatTime(time, text->Room(kTimeTextSize));
  text->Take(kTimeTextSize);
}

void AppendNumber(uint64_t number, TextBuffer* text) {
  constexpr size_t kMaxDigits = 20;
  char* const out = text->Room(kMaxDigits);
  const auto [end, error] = std::to_chars(out, out + kMaxDigits, number);
  text->Take(static_cast<size_t>(end - out));
}

}  // namespace revstat::tool
