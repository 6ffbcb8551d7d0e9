// bench: the same CRL and the same questions in OpenSSL.
#ifndef REVSTAT_TOOLS_REVSTAT_BENCH_OPENSSL_H_
#define REVSTAT_TOOLS_REVSTAT_BENCH_OPENSSL_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "tools/revstat/bench/queries.h"

struct X509_crl_st;

namespace revstat::tool {

struct OpensslFigures {
  double parse_seconds = 0;   // d2i_X509_CRL
  double sort_seconds = 0;    // of the first lookup, which sorts the entries
  uint64_t memory_bytes = 0;  // resident, more than before
};

// A CRL as OpenSSL holds it.
class OpensslCrl {
 public:
  // An error where OpenSSL cannot read it.
  static absl::StatusOr<OpensslCrl> Load(Bytes der);

  const OpensslFigures& figures() const { return figures_; }

  // X509_CRL_get0_by_serial over some of the set's questions on one thread, in
  // lookups a second; first checks that it finds what is listed and no other.
  absl::StatusOr<double> MeasureLookups(const BenchQueries& queries,
                                        const QuerySet& set,
                                        double seconds) const;

  static std::string Version();

 private:
  OpensslCrl() = default;

  std::shared_ptr<X509_crl_st> crl_;
  OpensslFigures figures_;
};

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_BENCH_OPENSSL_H_
