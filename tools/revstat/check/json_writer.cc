// Results as JSON lines: one object a row, in the fields of the contract.
#include <unordered_map>

#include "engine/base/json_text.h"
#include "engine/x509/name_text.h"
#include "tools/revstat/check/result_formats.h"
#include "tools/revstat/common/ocsp_text.h"

namespace revstat::tool {
namespace {

// Objects are put together by hand because a million certificates a second must
// not wait for a tree of each.
class JsonWriter : public ResultWriter {
 public:
  explicit JsonWriter(const Snapshot& snapshot)
      : ResultWriter(snapshot, JsonString) {}

  void Write(const ResultRow& row, const Question& question,
             const Verdict& verdict, TextBuffer* text) override {
    TextBuffer& out = *text;
    Input(row, &out);
    if (!row.subject.tlv().empty()) {
      out += ",\"subject\":";
      out += JsonString(FormatName(row.subject));
    }
    if (row.readable) {
      out += ",\"issuer\":";
      out += IssuerText(row, question.key.issuer);
      out += ",\"serial\":\"";
      AppendSerial(question.key.serial, &out);
      out += '"';
    }
    out += ",\"status\":\"";
    out += NameOf(verdict.status);
    out += '"';
    // A list may not say until when a certificate is valid.
    if (row.readable && question.not_after != Time::max()) {
      out += verdict.is_expired() ? ",\"expired\":true" : ",\"expired\":false";
    }
    if ((verdict.flags & Verdict::kMustStaple) != 0)
      out += ",\"must_staple\":true";
    if ((verdict.flags & Verdict::kStapleMissing) != 0)
      out += ",\"staple_missing\":true";
    if ((verdict.flags & Verdict::kContradicted) != 0)
      out += ",\"contradiction\":true";
    const Evidence evidence = snapshot_.Explain(question.key, verdict);
    const OcspEvidence ocsp = ExplainOcsp(question.key, verdict);
    if (verdict.status == Status::kRevoked ||
        verdict.status == Status::kOnHold) {
      Revocation(verdict, evidence, &out);
      if (ocsp.single.has_value() && ocsp.single->invalidity_date.has_value())
        TimeField("invalidity_time", *ocsp.single->invalidity_date, &out);
    }
    if (verdict.cause != Cause::kNone) {
      out += ",\"cause\":\"";
      out += NameOf(verdict.cause);
      out += '"';
    }
    if (evidence.crl != nullptr) out += SourceObject(*evidence.crl);
    if (ocsp.source != nullptr || ocsp.cached.has_value())
      out += OcspSourceJson(ocsp, IssuerText(row, question.key.issuer));
    out += "}\n";
  }

 private:
  static void Input(const ResultRow& row, TextBuffer* out) {
    *out += "{\"input\":";
    *out += JsonString(row.input);
    if (row.position == 0) return;
    out->DropLast();
    *out += ':';
    AppendNumber(row.position, out);
    *out += '"';
  }

  static void TimeField(std::string_view name, Time time, TextBuffer* out) {
    *out += ",\"";
    *out += name;
    *out += "\":\"";
    AppendTime(time, out);
    *out += '"';
  }

  static void Revocation(const Verdict& verdict, const Evidence& evidence,
                         TextBuffer* out) {
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
  std::string_view SourceObject(const CrlSource& source) {
    TextBuffer& out = sources_[&source];
    if (!out.empty()) return out.view();
    const CrlView& crl = source.crl();
    out += ",\"source\":{\"kind\":\"crl\",\"issuer\":";
    out += JsonString(FormatName(crl.issuer()));
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
    return out.view();
  }

  std::unordered_map<const CrlSource*, TextBuffer> sources_;
};

}  // namespace

std::unique_ptr<ResultWriter> MakeJsonWriter(const Snapshot& snapshot) {
  return std::make_unique<JsonWriter>(snapshot);
}

}  // namespace revstat::tool
