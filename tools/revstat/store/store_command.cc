// revstat store: what a store holds, and whether it is sound.
#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "engine/base/error.h"
#include "engine/check/store_check.h"
#include "engine/refresh/store_updater.h"
#include "engine/verify/digest.h"
#include "tools/revstat/commands.h"
#include "tools/revstat/common/input_files.h"
#include "tools/revstat/common/output.h"
#include "tools/revstat/common/policy_options.h"
#include "tools/revstat/store/store_list.h"
#include "tools/revstat/store/store_options.h"

namespace revstat::tool {
namespace {

struct StoreOptions {
  std::string store;
  std::string at;
  Format format = Format::kTable;
  std::string folder;
  std::vector<std::string> digests;
  std::vector<std::string> issuers;
};

constexpr uint64_t kMaxTrustBytes = uint64_t{256} << 20;

constexpr char kExamples[] = R"(
Examples:
  revstat store list --store /var/lib/revstat
  revstat store list --store /var/lib/revstat --format jsonl | jq .seconds_left
  revstat store check --store /var/lib/revstat
  revstat store export --store /var/lib/revstat 3fa4 | openssl crl -inform DER -text
  revstat store export --store /var/lib/revstat --to copies
  revstat store prune --store /var/lib/revstat
  revstat store prune --store /var/lib/revstat --issuer old-ca.pem

Exit status: 0 done; 2 wrong usage, damage, or a file that cannot be read or
written.)";

int Fail(const absl::Status& status) {
  Report(MessageOf(status));
  return kExitFailure;
}

int FailStore(const absl::Status& status, const StoreOptions& options) {
  Report(StoreProblem(status, options.store));
  return kExitFailure;
}

int Print(std::string_view text) {
  Output output(STDOUT_FILENO);
  output.Write(text);
  output.Flush();
  return output.status().ok() ? 0 : Fail(output.status());
}

int RunList(const StoreOptions& options) {
  const auto contents =
      ReadStore(&FileSystem::System(), StoreFiles(options.store), nullptr);
  if (!contents.ok()) return FailStore(contents.status(), options);
  const Time at = TimeOr(options.at);
  return Print(options.format == Format::kTable
                   ? ListAsTable(*contents, at)
                   : ListAsJsonLines(*contents, at));
}

int RunCheckStore(const StoreOptions& options) {
  const StoreFiles names(options.store);
  const auto contents = ReadStore(&FileSystem::System(), names, nullptr);
  if (!contents.ok()) return FailStore(contents.status(), options);
  Progress progress("checking CRLs", contents->crls.size());
  uint64_t failures = 0;
  uint64_t done = 0;
  const auto count = [&failures](const absl::Status& status) {
    if (status.ok()) return;
    ++failures;
    Report(MessageOf(status));
  };
  count(CheckStoredGeneration(&FileSystem::System(), *contents, names));
  count(CheckStoredPaths(*contents, names));
  for (const StoredCrl& crl : contents->crls) {
    const absl::Status status = CheckStoredCrl(*contents, crl, names);
    if (!status.ok()) {
      ++failures;
      Report(StoreProblem(status, options.store));
    }
    progress.Update(++done, 0);
  }
  for (const StoredRouter& router : contents->routers)
    count(CheckStoredRouter(*contents, router, names));
  progress.Clear();
  if (failures != 0) return kExitFailure;
  return Print(
      Concat({"generation ", WithCommas(contents->manifest.generation), ": ",
              WithCommas(contents->crls.size()), " CRLs are sound\n"}));
}

bool IsChosen(const StoredCrl& crl, const std::vector<std::string>& digests) {
  if (digests.empty()) return true;
  const std::string digest = ToHex(crl.segment->sha256());
  for (const std::string& chosen : digests) {
    if (digest.starts_with(chosen)) return true;
  }
  return false;
}

absl::Status WriteFile(const std::string& path, Bytes octets) {
  const auto file =
      FileSystem::System().Open(path, FileSystem::OpenMode::kCreate);
  return file.ok() ? WriteAll(file->get(), 0, octets) : file.status();
}

int RunExport(const StoreOptions& options) {
  const auto contents =
      ReadStore(&FileSystem::System(), StoreFiles(options.store), nullptr);
  if (!contents.ok()) return FailStore(contents.status(), options);
  std::vector<const StoredCrl*> chosen;
  for (const StoredCrl& crl : contents->crls) {
    if (IsChosen(crl, options.digests)) chosen.push_back(&crl);
  }
  if (options.folder.empty()) {
    if (chosen.size() == 1 && !IsTerminal(STDOUT_FILENO))
      return Print(TextOf(chosen.front()->segment->der()));
    Report(Concat({WithCommas(chosen.size()),
                   " CRLs: name a folder with --to, or one CRL by its SHA-256 "
                   "and send it to a file"}));
    return kExitFailure;
  }
  absl::Status status = FileSystem::System().MakeFolder(options.folder);
  for (size_t i = 0; i < chosen.size() && status.ok(); ++i) {
    status = WriteFile(Concat({options.folder, "/",
                               ToHex(chosen[i]->segment->sha256()), ".crl"}),
                       chosen[i]->segment->der());
  }
  if (!status.ok()) return Fail(status);
  return Print(Concat({WithCommas(chosen.size()), " CRLs written\n"}));
}

// Of an issuer's certificates: the SHA-256 that the text is, or those of the
// file's.
absl::StatusOr<std::vector<Sha256Digest>> DigestsOf(const std::string& text) {
  std::vector<Sha256Digest> digests;
  if (const auto octets = FromHex(text);
      octets.has_value() && octets->size() == Sha256Digest().size()) {
    std::copy(octets->begin(), octets->end(), digests.emplace_back().begin());
    return digests;
  }
  const auto certificates =
      ReadObjects(text, ObjectKind::kCertificate, kMaxTrustBytes);
  if (!certificates.ok()) return certificates.status();
  for (const auto& certificate : *certificates)
    digests.push_back(Sha256(certificate->bytes()));
  return digests;
}

int RunPrune(const StoreOptions& options) {
  // To open a store that is not there would make one.
  const auto contents =
      ReadStore(&FileSystem::System(), StoreFiles(options.store), nullptr);
  if (ErrorCodeOf(contents.status()) == ErrorCode::kNoSuchFile)
    return Fail(contents.status());
  StoreUpdaterOptions updating;
  updating.holder = "revstat store prune";
  const auto updater = StoreUpdater::Open(options.store, updating);
  if (!updater.ok()) return FailStore(updater.status(), options);
  ReportLost(**updater);
  const size_t certificates = (*updater)->certificates().size();
  const size_t crls = (*updater)->crls().size();
  for (const std::string& issuer : options.issuers) {
    const auto digests = DigestsOf(issuer);
    if (!digests.ok()) return Fail(digests.status());
    for (const Sha256Digest& digest : *digests) {
      const auto withdrawn = (*updater)->Withdraw(digest);
      if (!withdrawn.ok()) return Fail(withdrawn.status());
      if (!*withdrawn) {
        return Fail(MakeError(
            ErrorCode::kNoIssuer,
            Concat({issuer, ": no certificate of the store has the SHA-256 ",
                    ToHex(digest)})));
      }
    }
  }
  const auto generation = (*updater)->Commit(TimeOr(options.at));
  if (!generation.ok()) return Fail(generation.status());
  if (!options.issuers.empty()) {
    const size_t gone = certificates - (*updater)->certificates().size();
    Report(
        Concat({Counted(gone, "certificate"), " and ",
                Counted(crls - (*updater)->crls().size(), "CRL"), " removed"}));
  }
  return 0;
}

}  // namespace

void AddStoreCommand(CLI::App& app, int* exit_status) {
  auto options = std::make_shared<StoreOptions>();
  CLI::App* store = app.add_subcommand("store", "Show and check a store");
  store->require_subcommand(1);
  store->footer(kExamples);
  const auto add = [&](const char* name, const char* meaning,
                       int (*run)(const StoreOptions&)) {
    CLI::App* command = store->add_subcommand(name, meaning);
    AddStoreOption(command, &options->store)->required();
    command->callback(
        [options, exit_status, run] { *exit_status = run(*options); });
    return command;
  };
  CLI::App* list =
      add("list", "What is held: scope, number, times, size", RunList);
  AddAtOption(list, &options->at, "Ages are as of then; now if not given");
  AddFormatOption(list, {"table", "jsonl"}, &options->format);
  add("check", "Read and check everything, signatures included", RunCheckStore);
  CLI::App* exporting =
      add("export", "Write CRLs out, octet by octet as they came", RunExport);
  exporting->add_option("--to", options->folder, "Folder for <SHA-256>.crl")
      ->type_name("DIR");
  exporting->add_option("SHA256", options->digests,
                        "Which CRLs: the first digits of their SHA-256, as "
                        "list shows them; all if not given");
  CLI::App* pruning =
      add("prune",
          "Remove what writers that died have left, damaged CRLs, or trust",
          RunPrune);
  AddFilesOption(pruning, "--issuer", &options->issuers,
                 "Certificates that are no longer to count, trusted or not: "
                 "a file, or the SHA-256 of one. They and their CRLs go",
                 "FILE|SHA256");
  AddAtOption(pruning, &options->at,
              "The time at which paths must be valid; now if not given");
}

}  // namespace revstat::tool
