// Where the inputs are that bench/make-data makes.
#ifndef REVSTAT_BENCH_DATA_FILES_H_
#define REVSTAT_BENCH_DATA_FILES_H_

#include <cstdint>
#include <string>

namespace CLI {
class App;
}

namespace revstat::bench {

class DataFiles {
 public:
  DataFiles();
  // --data FOLDER
  void AddOption(CLI::App* app);

  std::string Crl(uint64_t entries) const;
  std::string Ca() const { return folder_ + "/ca.pem"; }
  // 10 M rows that ask about the largest CRL, and 100 k certificates that ask
  // about the smallest; 1 % are listed there.
  std::string List() const { return folder_ + "/list.csv"; }
  std::string Bundle() const { return folder_ + "/bundle.pem"; }
  // A million certificates that ask about the smallest.
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
};

inline constexpr uint64_t kSmallCrl = 100'000;
inline constexpr uint64_t kMediumCrl = 1'000'000;
inline constexpr uint64_t kLargeCrl = 10'000'000;

}  // namespace revstat::bench

#endif  // REVSTAT_BENCH_DATA_FILES_H_
