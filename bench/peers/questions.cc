// Writes the questions that all drivers are asked, with the right answers,
// which are read from the entries of the CRL one by one; no index has a part in
// it.
//
//   peer_questions CRL CA COUNT OUT
#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "bench/ingest.h"
#include "bench/peers/driver.h"
#include "bench/program.h"
#include "engine/base/buffer.h"
#include "tools/revstat/bench/queries.h"

namespace revstat::peers {
namespace {

void Write(const tool::BenchQueries& queries, const tool::QuerySet& set,
           std::ofstream* out) {
  for (const LookupKey& key : set.keys) {
    const Bytes content = key.serial.content();
    Question question = {};
    question.listed = queries.IsListed(key.serial) ? 1 : 0;
    question.size = static_cast<uint8_t>(content.size());
    std::copy(content.begin(), content.end(), question.octets);
    out->write(reinterpret_cast<const char*>(&question), sizeof(question));
  }
}

}  // namespace
}  // namespace revstat::peers

int main(int argc, char** argv) {
  using namespace revstat;
  using bench::Require;
  peers::Expect(argc == 5, "peer_questions CRL CA COUNT OUT");
  const auto ca = Require(Buffer::ReadFile(argv[2]));
  const auto snapshot = Require(bench::Ingest(argv[1], ca));
  const uint64_t count = std::strtoull(argv[3], nullptr, 10);
  peers::Expect(count > 0, "COUNT is a positive number");
  const tool::BenchQueries queries(*snapshot->sources().front(), /*issuer=*/0,
                                   count);
  std::ofstream out(argv[4], std::ios::binary);
  for (unsigned percent : {1u, 50u})
    peers::Write(queries, queries.Make(percent), &out);
  out.close();
  peers::Expect(out.good(), "cannot write the questions");
  return 0;
}
