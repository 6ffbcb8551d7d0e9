// Lookups of revstat, absl::flat_hash_set and OpenSSL in the same CRL, and the
// machine's limit: how many questions a second?
#include <CLI/CLI.hpp>
#include <string>

#include "bench/benchmarks.h"
#include "bench/data_files.h"
#include "bench/listed_contenders.h"
#include "bench/program.h"
#include "bench/random_lines.h"
#include "bench/revstat_contenders.h"
#include "bench/subject.h"
#include "tools/revstat/bench/options.h"

namespace revstat::bench {
namespace {

std::string NameOf(const char* contender, unsigned hit_percent) {
  return Concat({contender, "/hits:", std::to_string(hit_percent)});
}

// Made once, and never destroyed: contenders borrow from it.
struct Field {
  Field(const DataFiles& files, uint64_t entries)
      : subject(files, entries),
        serials(MakeSerialHashSet(subject.source().crl())) {
    if (entries <= kMediumCrl)
      openssl = Require(MakeOpensslCrl(subject.source().crl().der()));
  }

  Subject subject;
  SerialHashSet serials;
  OpensslCrl openssl{nullptr, X509_CRL_free};
};

void RegisterAll(const DataFiles& files, uint64_t entries) {
  const Field& field = *new Field(files, entries);
  RegisterContender("random_lines", std::make_unique<RandomLines>(
                                        field.subject.source().index_bytes()));
  for (unsigned hits : tool::kHitPercents) {
    RegisterContender(NameOf("revstat_batch", hits),
                      MakeBatch(field.subject, hits));
    RegisterContender(NameOf("revstat_single", hits),
                      MakeSingle(field.subject, hits));
    RegisterContender(NameOf("flat_hash_set", hits),
                      MakeHashSetContender(field.serials, field.subject, hits));
    if (field.openssl == nullptr) continue;
    RegisterContender(NameOf("openssl", hits),
                      MakeOpensslContender(field.openssl, field.subject, hits));
  }
}

}  // namespace
}  // namespace revstat::bench

int main(int argc, char** argv) {
  using namespace revstat::bench;
  DataFiles files;
  uint64_t entries = kLargeCrl;
  CLI::App app("Measures lookups. OpenSSL takes part up to 2 million entries.");
  files.AddOption(&app);
  app.add_option("--entries", entries, "Which CRL of the data")
      ->capture_default_str();
  return RunBenchmarks(&app, argc, argv, [&] { RegisterAll(files, entries); });
}
