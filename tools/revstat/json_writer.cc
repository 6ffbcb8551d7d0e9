// Results as JSON lines: one object a row, in the fields of the contract.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "engine/x509/name_text.h"
#include "tools/revstat/result_formats.h"

namespace revstat::tool {
namespace {

// Objects are put together by hand because a million certificates a second must
// not wait for a tree of each; strings that need escapes go through the
// library.
void AppendString(std::string_view value, std::string* out) {
  const bool plain = std::all_of(value.begin(), value.end(), [](char c) {
    return c >= ' ' && c < 0x7f && c != '"' && c != '\\';
  });
  if (plain) {
    *out += '"';
    *out += value;
    *out += '"';
  } else {
    // Names may hold octets that are not UTF-8; those become U+FFFD.
    *out += nlohmann::json(value).dump(
        -1, ' ', false, nlohmann::json::error_handler_t::replace);
  }
}

class JsonWriter : public ResultWriter {
 public:
  JsonWriter(const Snapshot& snapshot, Output* output)
      : ResultWriter(snapshot, output) {}

  void Write(const ResultRow& row, const Verdict& verdict) override {
    std::string& out = text();
    Input(row, &out);
    if (!row.subject.tlv().empty()) {
      out += ",\"subject\":";
      AppendString(FormatName(row.subject), &out);
    }
    if (row.readable) {
      out += ",\"issuer\":";
      AppendString(IssuerText(row), &out);
      out += ",\"serial\":\"";
      AppendSerial(row.question.key.serial, &out);
      out += '"';
    }
    out += ",\"status\":\"";
    out += NameOf(verdict.status);
    out += '"';
    // A list may not say until when a certificate is valid.
    if (row.readable && row.question.not_after != Time::max()) {
      out += verdict.is_expired() ? ",\"expired\":true" : ",\"expired\":false";
    }
    const Evidence evidence = snapshot_.Explain(row.question.key, verdict);
    if (verdict.status == Status::kRevoked ||
        verdict.status == Status::kOnHold) {
      Revocation(verdict, evidence, &out);
    }
    if (verdict.cause != Cause::kNone) {
      out += ",\"cause\":\"";
      out += NameOf(verdict.cause);
      out += '"';
    }
    if (evidence.crl != nullptr) out += SourceObject(*evidence.crl);
    out += "}\n";
  }

 private:
  static void Input(const ResultRow& row, std::string* out) {
    *out += "{\"input\":";
    AppendString(row.input, out);
    if (row.position == 0) return;
    out->pop_back();
    *out += ':';
    AppendNumber(row.position, out);
    *out += '"';
  }

  static void TimeField(std::string_view name, Time time, std::string* out) {
    *out += ",\"";
    *out += name;
    *out += "\":\"";
    AppendTime(time, out);
    *out += '"';
  }

  static void Revocation(const Verdict& verdict, const Evidence& evidence,
                         std::string* out) {
    if (verdict.reason != ReasonCode::kAbsent) {
      *out += ",\"reason\":\"";
      *out += NameOf(verdict.reason);
      *out += '"';
    }
    TimeField("revocation_time", verdict.revocation_time(), out);
    if (evidence.entry.has_value() &&
        evidence.entry->invalidity_date.has_value()) {
      TimeField("invalidity_time", *evidence.entry->invalidity_date, out);
    }
  }

  // The same for every row that rests on one CRL.
  const std::string& SourceObject(const CrlSource& source) {
    std::string& out = sources_[&source];
    if (!out.empty()) return out;
    const CrlView& crl = source.crl();
    out = ",\"source\":{\"kind\":\"crl\",\"issuer\":";
    AppendString(FormatName(crl.issuer()), &out);
    if (crl.crl_number().has_value()) {
      out += ",\"crl_number\":\"";
      AppendHex(crl.crl_number()->magnitude(), &out);
      out += '"';
    }
    TimeField("this_update", crl.this_update(), &out);
    if (crl.next_update().has_value())
      TimeField("next_update", *crl.next_update(), &out);
    out += ",\"sha256\":\"";
    AppendHex(source.sha256(), &out);
    out += "\"}";
    return out;
  }

  std::unordered_map<const CrlSource*, std::string> sources_;
};

}  // namespace

std::unique_ptr<ResultWriter> MakeJsonWriter(const Snapshot& snapshot,
                                             Output* output) {
  return std::make_unique<JsonWriter>(snapshot, output);
}

}  // namespace revstat::tool
