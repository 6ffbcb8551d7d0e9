#include "tools/revstat/bench/openssl.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <vector>

#include "engine/base/error.h"
#include "tools/revstat/bench/timing.h"

namespace revstat::tool {
namespace {

constexpr size_t kMaxQuestions = 200'000;
constexpr size_t kPiece = 256;

uint64_t ResidentBytes() {
  unsigned long all = 0;
  unsigned long resident = 0;
  if (FILE* statm = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(statm, "%lu %lu", &all, &resident) != 2) resident = 0;
    std::fclose(statm);
  }
  return resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

struct IntegerDeleter {
  void operator()(ASN1_INTEGER* integer) const { ASN1_INTEGER_free(integer); }
};
using Integer = std::unique_ptr<ASN1_INTEGER, IntegerDeleter>;

Integer ToInteger(const SerialNumber& serial) {
  const Bytes content = serial.content();
  std::vector<uint8_t> tlv = {V_ASN1_INTEGER,
                              static_cast<uint8_t>(content.size())};
  tlv.insert(tlv.end(), content.begin(), content.end());
  const uint8_t* position = tlv.data();
  return Integer(
      d2i_ASN1_INTEGER(nullptr, &position, static_cast<long>(tlv.size())));
}

bool Finds(X509_CRL* crl, const Integer& serial) {
  X509_REVOKED* entry = nullptr;
  return X509_CRL_get0_by_serial(crl, &entry, serial.get()) != 0;
}

}  // namespace

absl::StatusOr<OpensslCrl> OpensslCrl::Load(Bytes der) {
  OpensslCrl loaded;
  const uint64_t before = ResidentBytes();
  const auto start = BenchClock::now();
  const uint8_t* position = der.data();
  loaded.crl_.reset(
      d2i_X509_CRL(nullptr, &position, static_cast<long>(der.size())),
      X509_CRL_free);
  loaded.figures_.parse_seconds = SecondsSince(start);
  if (loaded.crl_ == nullptr) {
    ERR_clear_error();
    return MakeError(ErrorCode::kUnknownFormat, "OpenSSL cannot read the CRL");
  }
  const auto sort_start = BenchClock::now();
  const Integer any(ASN1_INTEGER_new());
  KeepResult(Finds(loaded.crl_.get(), any) ? 1 : 0);
  loaded.figures_.sort_seconds = SecondsSince(sort_start);
  const uint64_t after = ResidentBytes();
  loaded.figures_.memory_bytes = after > before ? after - before : 0;
  return loaded;
}

absl::StatusOr<double> OpensslCrl::MeasureLookups(const BenchQueries& queries,
                                                  const QuerySet& set,
                                                  double seconds) const {
  std::vector<Integer> serials;
  const size_t count = std::min(set.keys.size(), kMaxQuestions);
  for (size_t i = 0; i < count; ++i) {
    const SerialNumber& serial = set.keys[i].serial;
    serials.push_back(ToInteger(serial));
    if (serials.back() == nullptr ||
        Finds(crl_.get(), serials.back()) != queries.IsListed(serial)) {
      ERR_clear_error();
      return MakeError(
          ErrorCode::kBadIndex,
          Concat({"OpenSSL disagrees on serial ", serial.ToText()}));
    }
  }
  size_t next = 0;
  return RatePerSecond(1, seconds, [&](unsigned) {
    uint64_t found = 0;
    for (size_t i = 0; i < kPiece; ++i) {
      found += Finds(crl_.get(), serials[next]) ? 1 : 0;
      next = next + 1 == serials.size() ? 0 : next + 1;
    }
    KeepResult(found);
    return uint64_t{kPiece};
  });
}

std::string OpensslCrl::Version() {
  return OpenSSL_version(OPENSSL_VERSION_STRING);
}

}  // namespace revstat::tool
