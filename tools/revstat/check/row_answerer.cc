#include "tools/revstat/check/row_answerer.h"

#include <algorithm>

#include "engine/base/error.h"
#include "engine/x509/authority_info_access.h"
#include "tools/revstat/check/decimal_serial.h"

namespace revstat::tool {

namespace {

// `openssl x509 -issuer -serial` puts these before what they say.
std::string_view WithoutLabel(std::string_view text, std::string_view label) {
  return text.starts_with(label) ? text.substr(label.size()) : text;
}

}  // namespace

void RowAnswerer::AddCertificate(Bytes der, std::string_view name,
                                 uint64_t position) {
  der::Trace trace(der);
  const CertificateView certificate = CertificateView::Parse(der, &trace);
  if (!trace.ok())
    return AddUnreadable(name, position, MessageOf(ToStatus(trace.error())));
  ResultRow& row = rows_.emplace_back();
  row.input = name;
  row.position = position;
  row.subject = certificate.subject();
  row.issuer = certificate.issuer();
  questions_.push_back(resolver_.QuestionOf(certificate));
  if (prefetch_ != nullptr) {
    const auto urls = OcspUrlsOf(certificate);
    prefetch_->Add(questions_.back().key, {urls.begin(), urls.end()});
  }
  FinishIfFull();
}

void RowAnswerer::AddObject(const FoundObject& object, std::string_view name,
                            uint64_t position) {
  if (decoded_used_ == decoded_.size()) decoded_.emplace_back();
  const auto der = DerOf(object, &decoded_[decoded_used_]);
  if (!der.ok()) {
    return AddUnreadable(name, position,
                         Concat({"at octet ", std::to_string(object.offset),
                                 ": ", MessageOf(der.status())}));
  }
  ++decoded_used_;
  AddCertificate(*der, name, position);
}

void RowAnswerer::AddListRow(const ListRow& row, std::string_view name) {
  const auto unreadable = [&](std::string_view why) {
    AddUnreadable(name, row.line, why);
  };
  if (row.problem != nullptr) return unreadable(row.problem);
  if (row.issuer.empty()) return unreadable("the issuer is missing");
  const auto serial =
      row.serial_base == SerialBase::kDecimal
          ? SerialOfDecimal(row.serial)
          : SerialNumber::FromText(WithoutLabel(row.serial, "serial="));
  if (!serial.ok()) return unreadable(MessageOf(serial.status()));
  const auto issuer = IssuerNamed(WithoutLabel(row.issuer, "issuer="));
  if (!issuer.ok()) return unreadable(MessageOf(issuer.status()));
  Question question;
  question.key.serial = *serial;
  question.key.issuer = *issuer;
  question.issuer_naming = last_naming_;
  const auto read_bound = [&](std::string_view name, std::string_view text,
                              Time* time) {
    if (text.empty()) return true;
    const auto parsed = ParseTime(text);
    if (parsed.has_value()) {
      *time = *parsed;
    } else {
      unreadable(Concat({name, " \"", text.substr(0, 80),
                         "\" is neither RFC 3339 nor Unix seconds"}));
    }
    return parsed.has_value();
  };
  if (!read_bound("not_before", row.not_before, &question.not_before) ||
      !read_bound("not_after", row.not_after, &question.not_after))
    return;
  questions_.push_back(question);
  if (prefetch_ != nullptr) PrefetchRow(question);
  ResultRow& result = rows_.emplace_back();
  result.input = name;
  result.position = row.line;
  result.issuer_text = row.issuer;
}

void RowAnswerer::PrefetchRow(const Question& question) {
  if (question.issuer_naming == IssuerNaming::kByKey)
    return prefetch_->Add(question.key, {});
  for (const IssuerId issuer : resolver_.KeysOf(question.key.issuer))
    prefetch_->Add({question.key.serial, issuer, question.key.snapshot}, {});
}

absl::StatusOr<IssuerId> RowAnswerer::IssuerNamed(std::string_view text) {
  if (text != last_issuer_text_) {
    const auto issuer = resolver_.IssuerNamed(text);
    if (!issuer.ok()) return issuer.status();
    last_issuer_text_ = text;
    last_issuer_ = *issuer;
    last_naming_ = IssuerResolver::NamingOf(text);
  }
  return last_issuer_;
}

size_t RowAnswerer::AddBareRow(PlainRowReader* reader, std::string_view text,
                               uint64_t position, std::string_view name) {
  // Read to where they stay.
  BareRow& row = bare_rows_[bare_count_];
  LookupKey& key = bare_keys_[bare_count_];
  const size_t size = reader->Read(text, &row, &key.serial);
  if (size == 0) return 0;
  row.position = position;
  if (row.issuer_text.data() != bare_issuer_text_) {
    bare_issuer_text_ = nullptr;
    const auto issuer = IssuerNamed(row.issuer_text);
    if (!issuer.ok()) return 0;
    bare_issuer_text_ = row.issuer_text.data();
    bare_issuer_ = *issuer;
  }
  key.issuer = bare_issuer_;
  if (!rows_.empty()) Finish();
  if (++bare_count_ == kBlock) FinishBareRows(name);
  return size;
}

void RowAnswerer::FinishBareRows(std::string_view name) {
  if (bare_count_ == 0) return;
  const std::span keys = std::span(bare_keys_).first(bare_count_);
  verdicts_.resize(bare_count_);
  Check(snapshot_, policy_, keys, verdicts_);
  for (const Verdict& verdict : verdicts_) results_.tally.Add(verdict);
  writer_->WriteBare(name, std::span(bare_rows_).first(bare_count_), keys,
                     verdicts_, &results_.text);
  bare_count_ = 0;
}

void RowAnswerer::AnswerList(const ListColumns& columns, const ListBlock& block,
                             std::string_view name) {
  bare_issuer_text_ = nullptr;  // another block's text
  std::string_view text = block.text();
  uint64_t line_number = block.first_line();
  PlainRowReader plain(columns.separator());
  while (!text.empty()) {
    // OCSP responses are asked for one row at a time.
    if (ocsp_ == nullptr && columns.are_plain() && line_number > 1) {
      if (const size_t size = AddBareRow(&plain, text, line_number, name)) {
        text.remove_prefix(size);
        ++line_number;
        continue;
      }
      FinishBareRows(name);  // what follows comes behind them
    }
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
  // The rows borrow the block.
  FinishBareRows(name);
  Finish();
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
  if (prefetch_ != nullptr && !rows_.empty()) {
    policy_.at = prefetch_->Finish();
    if (ocsp_ != nullptr) ocsp_->SetTime(policy_.at);
  }
  verdicts_.resize(questions_.size());
  Check(snapshot_, policy_, questions_, verdicts_);
  for (size_t i = 0; ocsp_ != nullptr && i < rows_.size(); ++i) {
    verdicts_[i] =
        questions_[i].issuer_naming == IssuerNaming::kByName
            ? ocsp_->JoinNamed(&questions_[i], verdicts_[i])
            : ocsp_->Join(questions_[i], rows_[i].issuer, verdicts_[i]);
  }
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
