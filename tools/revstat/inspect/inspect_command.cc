// revstat inspect: shows what stands in CRLs and certificates.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <utility>

#include "engine/base/buffer.h"
#include "engine/base/error.h"
#include "tools/revstat/commands.h"
#include "tools/revstat/common/input_files.h"
#include "tools/revstat/common/output.h"
#include "tools/revstat/common/policy_options.h"
#include "tools/revstat/inspect/objects.h"

namespace revstat::tool {
namespace {

struct InspectOptions {
  std::vector<std::string> files;
  Format format = Format::kTable;
};

constexpr char kHelp[] = R"(
Shows what stands in each CRL, certificate, OCSP response and request of each
FILE: PEM, DER or PKCS#7, told apart by content, one object or many; "-" is
standard input. No signature is checked and no time is compared: for the status
of a certificate, see check, and for an OCSP response ocsp verify.

Of a CRL: its fields and extensions, how many entries it has and for what
reasons, what it costs in memory, and ("not used for") what revstat will not
conclude from it and why.

Examples:
  revstat inspect http-issuing-ca.crl
  revstat inspect --format jsonl *.crl | jq -r '[.input, .entries] | @tsv'

Exit status: 0 all could be read; 2 wrong usage, or one could not.)";

// The message without the name of the file, which stands before it anyway.
std::string WithoutName(std::string message, const std::string& file) {
  const size_t found = message.find(Concat({": ", file, ": "}));
  if (found != std::string::npos) message.erase(found, file.size() + 2);
  return message;
}

Inspection InspectObject(const Object& object) {
  switch (object.kind) {
    case ObjectKind::kCrl:
      return InspectCrl(object.der);
    case ObjectKind::kOcspResponse:
      return InspectOcspResponse(object.der);
    case ObjectKind::kOcspRequest:
      return InspectOcspRequest(object.der);
    case ObjectKind::kCertificate:
      break;
  }
  return InspectCertificate(object.der);
}

// Shows the objects of files in turn. An object is named FILE:1, FILE:2, ...;
// the only one of its file FILE, so the first waits for a second.
class Inspector {
 public:
  Inspector(Format format, Output* output) : format_(format), output_(output) {}

  void Inspect(const std::string& file) {
    file_ = file;
    position_ = 0;
    const auto buffer = file == "-" ? Buffer::ReadDescriptor(STDIN_FILENO, file)
                                    : Buffer::ReadFile(file);
    if (!buffer.ok()) return Broken(0, buffer.status());
    bool found = false;
    ForEachObject((*buffer)->bytes(),
                  [&](const Object& object) {
                    found = true;
                    Visit(object);
                  },
                  [&](uint64_t offset, const absl::Status& status) {
                    found = true;
                    Broken(offset, status);
                  });
    // A PEM file of keys alone, for one.
    if (!found) Broken(0, MakeError(ErrorCode::kUnknownFormat, ""));
    if (waiting_.has_value()) Show(file_, *std::exchange(waiting_, {}));
  }

  bool failed() const { return failed_; }

 private:
  void Visit(const Object& object) {
    Inspection inspection = InspectObject(object);
    if (!inspection.status.ok()) Broken(object.offset, inspection.status);
    if (++position_ == 2 && waiting_.has_value())
      Show(file_ + ":1", *std::exchange(waiting_, {}));
    if (!inspection.sheet.has_value()) return;
    if (position_ == 1) {
      waiting_ = std::move(inspection.sheet);
    } else {
      Show(Concat({file_, ":", std::to_string(position_)}), *inspection.sheet);
    }
  }

  void Show(const std::string& name, const InspectSheet& sheet) {
    output_->Write(format_ == Format::kTable ? sheet.ToTable(name)
                                             : sheet.ToJson(name));
  }

  void Broken(uint64_t offset, const absl::Status& status) {
    failed_ = true;
    output_->Flush();  // keeps the order where both go to one place
    const std::string place =
        offset == 0 ? "" : Concat({"at octet ", std::to_string(offset), ": "});
    Report(EscapeControls(
        Concat({file_, ": ", place,
                WithoutName(std::string(MessageOf(status)), file_)})));
  }

  const Format format_;
  Output* const output_;
  std::string file_;
  uint64_t position_ = 0;
  std::optional<InspectSheet> waiting_;
  bool failed_ = false;
};

int RunInspect(const InspectOptions& options) {
  Output output(STDOUT_FILENO);
  Inspector inspector(options.format, &output);
  for (const std::string& file : options.files) inspector.Inspect(file);
  output.Flush();
  if (!output.status().ok()) {
    Report(MessageOf(output.status()));
    return kExitFailure;
  }
  return inspector.failed() ? kExitFailure : 0;
}

}  // namespace

void AddInspectCommand(CLI::App& app, int* exit_status) {
  auto options = std::make_shared<InspectOptions>();
  CLI::App* inspect = app.add_subcommand(
      "inspect", "Show what stands in CRLs and certificates");
  inspect->footer(kHelp);
  inspect->add_option("FILE", options->files, "CRLs and certificates, or -")
      ->required();
  AddFormatOption(inspect, {"table", "jsonl"}, &options->format);
  inspect->callback(
      [options, exit_status] { *exit_status = RunInspect(*options); });
}

}  // namespace revstat::tool
