#include "bench/data_files.h"

#include <CLI/CLI.hpp>

namespace revstat::bench {

DataFiles::DataFiles() : folder_(REVSTAT_BENCH_DATA) {}

void DataFiles::AddOption(CLI::App* app) {
  app->add_option("--data", folder_, "Where bench/make-data put the inputs")
      ->type_name("FOLDER")
      ->capture_default_str();
}

void DataFiles::AddSizeOption(CLI::App* app) {
  // Fewer would leave some of 3,000 issuers without an entry.
  app->add_option("--entries", large_,
                  "Of the largest CRL, as make-data was told; goals are set "
                  "for 10 million")
      ->check(CLI::Range(uint64_t{10'000}, kLargeCrl).description(""))
      ->capture_default_str();
}

std::string DataFiles::Crl(uint64_t entries) const {
  return folder_ + "/" + std::to_string(entries) + ".crl";
}

std::string DataFiles::Partition(unsigned number) const {
  return folder_ + "/partitions/" + std::to_string(number) + ".crl";
}

}  // namespace revstat::bench
