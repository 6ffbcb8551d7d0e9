// Where the inputs are that bench/make-data makes.
#ifndef REVSTAT_BENCH_DATA_FILES_H_
#define REVSTAT_BENCH_DATA_FILES_H_

#include <cstdint>
#include <string>

namespace CLI {
class App;
}

namespace revstat::bench {

// Entries of the three CRLs, as make-data makes them unless told otherwise.
inline constexpr uint64_t kSmallCrl = 100'000;
inline constexpr uint64_t kMediumCrl = 1'000'000;
inline constexpr uint64_t kLargeCrl = 10'000'000;

class DataFiles {
 public:
  DataFiles();
  // --data FOLDER
  void AddOption(CLI::App* app);
  // --entries N, for inputs that `make-data --entries N` has made.
  void AddSizeOption(CLI::App* app);

  // Entries of the largest CRL, of one a tenth and of one a hundredth as large.
  uint64_t large() const { return large_; }
  uint64_t medium() const { return large_ / 10; }
  uint64_t small() const { return large_ / 100; }

  std::string Crl(uint64_t entries) const;
  std::string Ca() const { return folder_ + "/ca.pem"; }
  // large() rows that ask about the largest CRL, and small() certificates that
  // ask about the smallest; 1 % are listed there.
  std::string List() const { return folder_ + "/list.csv"; }
  std::string Bundle() const { return folder_ + "/bundle.pem"; }
  // medium() certificates that ask about the smallest.
  std::string MillionPem() const { return folder_ + "/million.pem"; }
  std::string MillionDer() const { return folder_ + "/million.der"; }
  // A delta on the largest CRL, and that CRL's entries in parts.
  std::string Delta() const { return folder_ + "/delta.crl"; }
  static constexpr unsigned kPartitions = 128;
  std::string Partition(unsigned number) const;
  // For what is written.
  std::string EmptyList() const { return folder_ + "/empty.csv"; }
  std::string Result() const { return folder_ + "/result.csv"; }

 private:
  std::string folder_;
  uint64_t large_ = kLargeCrl;
};

}  // namespace revstat::bench

#endif  // REVSTAT_BENCH_DATA_FILES_H_
