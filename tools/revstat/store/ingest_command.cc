// revstat ingest: takes CRLs into a store.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "engine/base/error.h"
#include "engine/refresh/store_updater.h"
#include "tools/revstat/commands.h"
#include "tools/revstat/common/input_files.h"
#include "tools/revstat/common/output.h"
#include "tools/revstat/common/policy_options.h"
#include "tools/revstat/store/store_options.h"

namespace revstat::tool {
namespace {

struct IngestCommandOptions {
  std::string store;
  EvidenceFiles files;
  std::string at;
  WeakDigest weak_digest = WeakDigest::kRefuse;
  OddCrl odd = OddCrl::kReport;
};

constexpr char kExamples[] = R"(
Verifies each CRL, indexes it and puts it into the store, a folder that is made
where it is missing. CRLs, complete or delta, take the place of older ones of
the same signer and scope. All that was taken in becomes visible at once, to
processes that already read the store too, and survives a power cut when the
command ends with status 0.

The certificates go into the store as well, so that later runs need not give
them again: --trust for CAs that are trusted, --untrusted for others that count
while a path leads from them to a trusted one.

CRL and FILE may be folders: of all files in one, those that hold CRLs or
certificates are taken; one that is named like them (.crl, .pem, .cer, ...) and
is nothing of the kind is an error. A CRL "-" is standard input.

Examples:
  revstat ingest --store /var/lib/revstat --trust root.pem --untrusted cas.pem *.crl
  revstat ingest --store /var/lib/revstat newer.crl
  revstat check --store /var/lib/revstat server.pem

Exit status: 0 every CRL is in the store, or a newer one of its kind is; 2 one
was refused or could not be read (the others are taken in), or wrong usage.)";

constexpr uint64_t kMaxTrustBytes = uint64_t{256} << 20;

// Takes in all of the files and counts what became of them.
class Ingest {
 public:
  Ingest(StoreUpdater* updater, Time at) : updater_(updater), at_(at) {}

  void AddCertificates(
      const std::vector<std::string>& files,
      absl::Status (StoreUpdater::*add)(std::shared_ptr<const Buffer>)) {
    const auto visit = [&](const std::string& file,
                           absl::StatusOr<Buffers> certificates) {
      if (!certificates.ok()) return Fail(certificates.status());
      for (size_t i = 0; i < certificates->size(); ++i) {
        const absl::Status status = (updater_->*add)((*certificates)[i]);
        if (!status.ok())
          Fail(Annotate(status, NameOfObject(file, i, certificates->size())));
      }
    };
    for (const std::string& file : files)
      ReadObjectsIn(file, ObjectKind::kCertificate, kMaxTrustBytes, visit);
  }

  // False where the store itself can take no more.
  bool AddCrls(const std::vector<std::string>& files) {
    Progress progress("taking in CRLs", files.size());
    uint64_t done = 0;
    bool can_take = true;
    const auto visit = [&](const std::string& file,
                           absl::StatusOr<Buffers> crls) {
      if (!crls.ok()) return Fail(crls.status());
      for (const auto& crl : *crls) {
        if (!can_take) return;
        const auto result = updater_->Take(*crl, at_);
        can_take = result.ok();
        if (!can_take) return Fail(Annotate(result.status(), file));
        Count(file, *result);
      }
    };
    for (const std::string& file : files) {
      if (!can_take) break;
      ReadObjectsIn(file, ObjectKind::kCrl, CrlView::kMaxBytes, visit);
      progress.Update(++done, taken_);
    }
    return can_take;
  }

  std::string Summary(uint64_t generation) const {
    return Concat(
        {"generation ", WithCommas(generation), ": ", WithCommas(taken_),
         " taken in, ", WithCommas(same_), " held before, ", WithCommas(older_),
         " older than what is held, ", WithCommas(failures_), " failed; ",
         WithCommas(updater_->crls().size()), " CRLs in the store\n"});
  }
  uint64_t failures() const { return failures_; }

 private:
  void Fail(const absl::Status& status) {
    ++failures_;
    Report(MessageOf(status));
  }
  void Count(const std::string& file, const TakeResult& result) {
    for (const absl::Status& odd : result.odd)
      Report(Concat({file, ": taken in, but ", MessageOf(odd)}));
    switch (result.outcome) {
      case TakeResult::Outcome::kTaken:
        ++taken_;
        break;
      case TakeResult::Outcome::kSameAsHeld:
        ++same_;
        break;
      case TakeResult::Outcome::kRefused:
        if (ErrorCodeOf(result.refusal) != ErrorCode::kOlderThanHeld)
          return Fail(Annotate(result.refusal, file));
        // Old and new given in any order is no mistake.
        ++older_;
        Report(Concat({file, ": left out: ", MessageOf(result.refusal)}));
        break;
    }
  }

  StoreUpdater* const updater_;
  const Time at_;
  uint64_t taken_ = 0;
  uint64_t same_ = 0;
  uint64_t older_ = 0;
  uint64_t failures_ = 0;
};

int RunIngest(const IngestCommandOptions& options) {
  StoreUpdaterOptions updating;
  updating.ingest.signature.weak_digest = options.weak_digest;
  updating.conflicting = updating.shrunk = updating.vanished = options.odd;
  updating.holder = "revstat ingest";
  const auto updater = StoreUpdater::Open(options.store, updating);
  if (!updater.ok()) {
    Report(StoreProblem(updater.status(), options.store));
    return kExitFailure;
  }
  ReportLost(**updater);
  const Time at = TimeOr(options.at);
  Ingest ingest(updater->get(), at);
  ingest.AddCertificates(options.files.trust, &StoreUpdater::AddTrusted);
  ingest.AddCertificates(options.files.untrusted, &StoreUpdater::AddUntrusted);
  ingest.AddCrls(options.files.crls);
  const auto generation = (*updater)->Commit(at);
  if (!generation.ok()) {
    Report(MessageOf(generation.status()));
    return kExitFailure;
  }
  Output output(STDOUT_FILENO);
  output.Write(ingest.Summary(*generation));
  output.Flush();
  if (!output.status().ok()) Report(MessageOf(output.status()));
  return ingest.failures() == 0 && output.status().ok() ? 0 : kExitFailure;
}

}  // namespace

void AddIngestCommand(CLI::App& app, int* exit_status) {
  auto options = std::make_shared<IngestCommandOptions>();
  CLI::App* ingest = app.add_subcommand("ingest", "Take CRLs into a store");
  ingest->footer(kExamples);
  AddStoreOption(ingest, &options->store)->required();
  AddFilesOption(ingest, "--trust", &options->files.trust,
                 "Certificates of CAs that are trusted");
  AddFilesOption(
      ingest, "--untrusted", &options->files.untrusted,
      "Certificates of other CAs, used where a path leads to a trusted one");
  ingest->add_option("CRL", options->files.crls,
                     "CRLs, PEM or DER; folders of them; or -");
  AddAtOption(ingest, &options->at,
              "The time at which paths must be valid; now if not given");
  ingest->add_flag_callback(
      "--allow-sha1",
      [options] { options->weak_digest = WeakDigest::kAllowSha1; },
      "Accept SHA-1 in signatures");
  ingest->add_flag_callback(
      "--strict", [options] { options->odd = OddCrl::kRefuse; },
      "Refuse a CRL that has shrunk to less than half, reuses a number, or no "
      "longer lists a certificate that is known not to have expired");
  ingest->callback(
      [options, exit_status] { *exit_status = RunIngest(*options); });
}

}  // namespace revstat::tool
