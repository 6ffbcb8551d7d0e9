// Where the inputs are that bench/make-data makes.
#ifndef REVSTAT_BENCH_DATA_FILES_H_
#define REVSTAT_BENCH_DATA_FILES_H_

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

namespace revstat::bench {

class DataFiles {
 public:
  DataFiles();
  // --data FOLDER
  void AddOption(CLI::App* app);

  std::string Crl(uint64_t entries) const;
  std::string Ca() const { return folder_ + "/ca.pem"; }
  // Ask about the largest CRL, 1 % listed there: 10 M rows and 100 k
  // certificates.
  std::string List() const { return folder_ + "/list.csv"; }
  std::string Bundle() const { return folder_ + "/bundle.pem"; }
  // For what is written.
  std::string Result() const { return folder_ + "/result.csv"; }

 private:
  std::string folder_;
};

inline constexpr uint64_t kSmallCrl = 100'000;
inline constexpr uint64_t kMediumCrl = 1'000'000;
inline constexpr uint64_t kLargeCrl = 10'000'000;

}  // namespace revstat::bench

#endif  // REVSTAT_BENCH_DATA_FILES_H_
