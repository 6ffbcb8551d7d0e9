#include "tools/revstat/result_writer.h"

#include <charconv>

#include "engine/x509/name_text.h"
#include "tools/revstat/result_formats.h"

namespace revstat::tool {

uint64_t Tally::total() const {
  uint64_t sum = 0;
  for (uint64_t count : by_status) sum += count;
  return sum;
}

std::unique_ptr<ResultWriter> ResultWriter::Create(Format format,
                                                   const Snapshot& snapshot,
                                                   Output* output) {
  switch (format) {
    case Format::kTable:
      return MakeTableWriter(snapshot, output);
    case Format::kCsv:
      return MakeCsvWriter(snapshot, output);
    case Format::kJsonLines:
      return MakeJsonWriter(snapshot, output);
  }
  return nullptr;
}

const std::string& ResultWriter::IssuerText(const ResultRow& row) {
  // A list names issuers itself; where we know the issuer, we name it alike for
  // all inputs.
  Bytes tlv = row.issuer.tlv();
  NameView name = row.issuer;
  if (tlv.empty() && row.question.key.issuer < snapshot_.issuers().size()) {
    name = snapshot_.issuers()[row.question.key.issuer].view.subject();
    tlv = name.tlv();
  }
  const std::string_view key = tlv.empty() ? row.issuer_text : TextOf(tlv);
  if (last_issuer_ != nullptr && key == last_issuer_tlv_) return *last_issuer_;
  constexpr size_t kMaxRemembered = 4096;
  if (issuer_texts_.size() >= kMaxRemembered) issuer_texts_.clear();
  const auto [position, is_new] = issuer_texts_.try_emplace(std::string(key));
  if (is_new)
    position->second =
        tlv.empty() ? std::string(row.issuer_text) : FormatName(name);
  last_issuer_tlv_ = key;
  last_issuer_ = &position->second;
  return *last_issuer_;
}

void AppendHex(Bytes octets, std::string* text) {
  static constexpr char kDigits[] = "0123456789abcdef";
  const size_t start = text->size();
  text->resize(start + 2 * octets.size());
  char* out = text->data() + start;
  for (uint8_t octet : octets) {
    *out++ = kDigits[octet >> 4];
    *out++ = kDigits[octet & 15];
  }
}

void AppendSerial(const SerialNumber& serial, std::string* text) {
  const Bytes content = serial.content();
  if (content.empty()) return;
  if (content[0] >= 0x80) {
    text->append(serial.ToText());
  } else {
    AppendHex(
        content.size() > 1 && content[0] == 0 ? content.subspan(1) : content,
        text);
  }
}

void AppendTime(Time time, std::string* text) {
  const size_t start = text->size();
  text->resize(start + kTimeTextSize);
  FormatTime(time, text->data() + start);
}

void AppendNumber(uint64_t number, std::string* text) {
  char digits[20];
  const auto [end, error] =
      std::to_chars(digits, digits + sizeof(digits), number);
  text->append(digits, end);
}

}  // namespace revstat::tool
