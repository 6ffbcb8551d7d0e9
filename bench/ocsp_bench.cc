// OCSP responses read and verified, beside the bare signature check of the same
// response by libcrypto: with a context made once (raw), and as a caller would
// do it who has the key and the signed octets (digest_verify).
#include <CLI/CLI.hpp>
#include <string>

#include "bench/benchmarks.h"
#include "bench/ocsp_contenders.h"
#include "bench/program.h"
#include "engine/base/bytes.h"

namespace revstat::bench {
namespace {

void RegisterAll() {
  for (const char* type : {"RSA-2048", "P-256"}) {
    for (const auto by : {OcspSignedBy::kIssuer, OcspSignedBy::kDelegate}) {
      // Never destroyed: contenders borrow from it.
      const OcspSubject& subject = *new OcspSubject(type, by);
      const std::string name = Concat(
          {type, by == OcspSignedBy::kDelegate ? "/delegate/" : "/issuer/"});
      RegisterContender(name + "raw", MakeRawSignature(subject));
      RegisterContender(name + "digest_verify", MakeDigestVerify(subject));
      RegisterContender(name + "engine", MakeOcspEngine(subject));
    }
  }
}

}  // namespace
}  // namespace revstat::bench

int main(int argc, char** argv) {
  using namespace revstat::bench;
  CLI::App app("Measures the verification of OCSP responses.");
  return RunBenchmarks(&app, argc, argv, [] { RegisterAll(); });
}
