#include "tools/revstat/store/store_options.h"

#include <CLI/CLI.hpp>
#include <chrono>

#include "engine/base/error.h"
#include "tools/revstat/common/output.h"

namespace revstat::tool {

CLI::Option* AddStoreOption(CLI::App* command, std::string* store) {
  return command->add_option("--store", *store, "The store's folder")
      ->type_name("DIR");
}

CLI::Option* AddAtOption(CLI::App* command, std::string* at,
                         const char* meaning) {
  const auto check = [](const std::string& text) {
    return ParseTime(text).has_value()
               ? ""
               : "is no time (2026-06-01, 2026-06-01T12:00:00Z, or Unix "
                 "seconds): " +
                     text;
  };
  return command
      ->add_option("--at", *at,
                   Concat({meaning,
                           ": 2026-06-01, 2026-06-01T12:00:00Z or Unix "
                           "seconds"}))
      ->type_name("TIME")
      ->check(CLI::Validator(check, ""));
}

Time TimeOr(const std::string& text) {
  return text.empty() ? std::chrono::floor<std::chrono::seconds>(
                            std::chrono::system_clock::now())
                      : *ParseTime(text);
}

std::string StoreProblem(const absl::Status& status, const std::string& store) {
  std::string text(MessageOf(status));
  if (ErrorCodeOf(status) != ErrorCode::kStoreDamaged) return text;
  // Also of a manifest that names a segment which is not there.
  const bool is_segment =
      text.find(StoreFiles(store).Segments() + "/") != std::string::npos;
  return text + (is_segment ? "; `revstat ingest` or `revstat refresh` repairs "
                              "a damaged segment"
                            : "; remove the folder and ingest again");
}

void ReportLost(const StoreUpdater& updater) {
  for (const LostFile& lost : updater.lost())
    Report(Concat({"lost: ", MessageOf(lost.why)}));
}

}  // namespace revstat::tool
