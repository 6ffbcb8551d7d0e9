#include "tools/revstat/check/row_answerer.h"

#include <algorithm>

#include "engine/base/error.h"

namespace revstat::tool {

void RowAnswerer::AddCertificate(Bytes der, std::string_view name,
                                 uint64_t position) {
  if (decoded_used_ == decoded_.size()) decoded_.emplace_back();
  std::string& kept = decoded_[decoded_used_];
  kept.assign(TextOf(der));
  const auto certificate = CertificateView::Parse(BytesOf(kept));
  if (!certificate.ok())
    return AddUnreadable(name, position, MessageOf(certificate.status()));
  ++decoded_used_;
  ResultRow row;
  row.input = name;
  row.position = position;
  row.subject = certificate->subject();
  row.issuer = certificate->issuer();
  rows_.push_back(row);
  questions_.push_back(resolver_.QuestionOf(*certificate));
  FinishIfFull();
}

void RowAnswerer::AddListRow(const ListRow& row, std::string_view name) {
  const auto unreadable = [&](std::string_view why) {
    AddUnreadable(name, row.line, why);
  };
  if (row.problem != nullptr) return unreadable(row.problem);
  if (row.issuer.empty()) return unreadable("the issuer is missing");
  const auto serial = SerialNumber::FromText(row.serial);
  if (!serial.ok()) return unreadable(MessageOf(serial.status()));
  if (row.issuer != last_issuer_text_) {
    const auto issuer = resolver_.IssuerNamed(row.issuer);
    if (!issuer.ok()) return unreadable(MessageOf(issuer.status()));
    last_issuer_text_ = row.issuer;
    last_issuer_ = *issuer;
  }
  Question question;
  question.key.serial = *serial;
  question.key.issuer = last_issuer_;
  const auto read_bound = [](std::string_view text, Time* time) {
    if (text.empty()) return true;
    const auto parsed = ParseTime(text);
    if (parsed.has_value()) *time = *parsed;
    return parsed.has_value();
  };
  if (!read_bound(row.not_before, &question.not_before) ||
      !read_bound(row.not_after, &question.not_after)) {
    return unreadable("not_before and not_after are RFC 3339 or Unix seconds");
  }
  questions_.push_back(question);
  ResultRow& result = rows_.emplace_back();
  result.input = name;
  result.position = row.line;
  result.issuer_text = row.issuer;
}

void RowAnswerer::AnswerList(const ListColumns& columns, const ListBlock& block,
                             std::string_view name) {
  std::string_view text = block.text();
  uint64_t line_number = block.first_line();
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    const bool is_header = line_number == 1;
    if (!line.empty() && !is_header) {
      ListRow row = columns.ReadRow(line, &unquoted_);
      row.line = line_number;
      AddListRow(row, name);
      FinishIfFull();
    }
    ++line_number;
  }
  Finish();  // the rows borrow the block
}

void RowAnswerer::AddUnreadable(std::string_view name, uint64_t position,
                                std::string_view why) {
  ++results_.tally.unreadable;
  if (results_.problems.size() < Results::kMaxProblems) {
    const std::string at =
        position > 0 ? Concat({":", std::to_string(position)}) : "";
    results_.problems.push_back(Concat({name, at, ": ", why}));
  }
  ResultRow row;
  row.input = name;
  row.position = position;
  row.readable = false;
  rows_.push_back(row);
  questions_.emplace_back();
  FinishIfFull();
}

void RowAnswerer::Finish() {
  verdicts_.resize(questions_.size());
  Check(snapshot_, policy_, questions_, verdicts_);
  for (size_t i = 0; ocsp_ != nullptr && i < rows_.size(); ++i)
    verdicts_[i] = ocsp_->Join(questions_[i], rows_[i].issuer, verdicts_[i]);
  for (size_t i = 0; i < rows_.size(); ++i) {
    if (!rows_[i].readable) {
      verdicts_[i] = Verdict{};
      verdicts_[i].cause = Cause::kBadInput;
    }
    results_.tally.Add(verdicts_[i]);
    writer_->Write(rows_[i], questions_[i], verdicts_[i], &results_.text);
  }
  rows_.clear();
  questions_.clear();
  unquoted_.clear();
  decoded_used_ = 0;
}

}  // namespace revstat::tool
