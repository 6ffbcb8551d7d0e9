// Results for people.
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "engine/x509/name_text.h"
#include "tools/revstat/check/result_formats.h"
#include "tools/revstat/common/output.h"

namespace revstat::tool {
namespace {

const char* ColourOf(Status status) {
  switch (status) {
    case Status::kActive:
      return "\x1b[32m";
    case Status::kRevoked:
      return "\x1b[31m";
    case Status::kOnHold:
    case Status::kUnknown:
      return "\x1b[33m";
    default:
      return "\x1b[36m";
  }
}

class TableWriter : public ResultWriter {
 public:
  explicit TableWriter(const Snapshot& snapshot)
      : ResultWriter(snapshot, nullptr), colour_(IsTerminal(STDOUT_FILENO)) {}

  void Begin(TextBuffer* text) override {
    Row(text, "STATUS", "SINCE", "WHY", "SERIAL", "CERTIFICATE");
  }

  void Write(const ResultRow& row, const Question& question,
             const Verdict& verdict, TextBuffer* text) override {
    std::string since;
    std::string_view why;
    if (verdict.status == Status::kRevoked ||
        verdict.status == Status::kOnHold) {
      since = FormatTime(verdict.revocation_time());
      why = verdict.reason == ReasonCode::kAbsent ? "no reason given"
                                                  : NameOf(verdict.reason);
    } else if (verdict.status == Status::kExpired) {
      since = FormatTime(question.not_after);
    } else if (verdict.status == Status::kNotYetValid) {
      since = FormatTime(question.not_before);
    } else if (verdict.status == Status::kUnknown) {
      why = NameOf(verdict.cause);
    }
    const std::string serial = question.key.serial.ToText();
    std::string name = row.subject.tlv().empty()
                           ? ""
                           : Concat({Printable(FormatName(row.subject)), "  "});
    name += Printable(row.input);
    if (row.position > 0) name += Concat({":", std::to_string(row.position)});
    colour_of_row_ = colour_ ? ColourOf(verdict.status) : nullptr;
    Row(text, NameOf(verdict.status), since, why, serial, name);
    colour_of_row_ = nullptr;
  }

  void End(const Tally& tally, double seconds, TextBuffer* text) override {
    std::string line = "\n";
    // What the words under WHY mean.
    for (unsigned i = 1; i < kCauseCount; ++i) {
      if ((tally.causes >> i & 1) == 0) continue;
      const auto cause = static_cast<Cause>(i);
      line += Concat({NameOf(cause), ": ", MeaningOf(cause), "\n"});
    }
    if (line.size() > 1) line += "\n";
    const auto count = [&](Status status, std::string_view name) {
      line += Concat({WithCommas(tally.of(status)), " ", name, ", "});
    };
    count(Status::kActive, "active");
    count(Status::kRevoked, "revoked");
    count(Status::kOnHold, "on hold");
    count(Status::kExpired, "expired");
    count(Status::kNotYetValid, "not yet valid");
    count(Status::kUnknown, "unknown");
    char rate[64];
    std::snprintf(rate, sizeof(rate), "in %.3f s", seconds);
    line += rate;
    const double a_second =
        static_cast<double>(tally.total()) / std::max(seconds, 1e-6);
    line += Concat(
        {" (", WithCommas(static_cast<uint64_t>(a_second)), " a second)\n"});
    *text += line;
  }

 private:
  static void Pad(TextBuffer* text, std::string_view value, size_t width) {
    *text += value;
    const size_t used = WidthOf(value);
    text->Fill(used < width ? width - used : 0, ' ');
    *text += "  ";
  }

  void Row(TextBuffer* text, std::string_view status, std::string_view since,
           std::string_view why, std::string_view serial,
           std::string_view name) {
    if (colour_of_row_ != nullptr) *text += colour_of_row_;
    Pad(text, status, 13);
    if (colour_of_row_ != nullptr) *text += "\x1b[0m";
    Pad(text, since, kTimeTextSize);
    Pad(text, why, 20);
    Pad(text, serial, 32);
    *text += name;
    *text += '\n';
  }

  const bool colour_;
  const char* colour_of_row_ = nullptr;
};

}  // namespace

std::unique_ptr<ResultWriter> MakeTableWriter(const Snapshot& snapshot) {
  return std::make_unique<TableWriter>(snapshot);
}

}  // namespace revstat::tool
