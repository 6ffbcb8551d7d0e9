#include "bench/listed_contenders.h"

#include <utility>
#include <vector>

#include "engine/base/bytes.h"
#include "tools/revstat/bench/timing.h"

namespace revstat::bench {
namespace {

// `Finds` tells of the question at a place of the list whether it is listed.
template <class Finds>
class Listed : public Contender {
 public:
  Listed(const char* name, const Subject& subject, unsigned hit_percent,
         Finds finds)
      : name_(name),
        queries_(subject.queries()),
        keys_(subject.Questions(hit_percent).keys),
        finds_(std::move(finds)),
        ring_(keys_.size()) {}

  absl::Status Check() const override {
    for (size_t i = 0; i < keys_.size(); ++i) {
      const SerialNumber& serial = keys_[i].serial;
      if (finds_(i) == queries_.IsListed(serial)) continue;
      return absl::InternalError(
          Concat({name_, " is wrong about serial ", serial.ToText()}));
    }
    return absl::OkStatus();
  }

  uint64_t Run(unsigned thread, size_t most) override {
    const auto [begin, count] = ring_.Take(thread, most);
    uint64_t found = 0;
    for (size_t i = begin; i < begin + count; ++i) found += finds_(i) ? 1 : 0;
    tool::KeepResult(found);
    return count;
  }

 private:
  const char* name_;
  const tool::BenchQueries& queries_;
  const std::vector<LookupKey>& keys_;
  Finds finds_;
  Ring ring_;
};

using Integer = std::unique_ptr<ASN1_INTEGER, decltype(&ASN1_INTEGER_free)>;

// INTEGER, of fewer than 128 octets
Integer ToInteger(const SerialNumber& serial) {
  const Bytes content = serial.content();
  std::vector<uint8_t> tlv = {V_ASN1_INTEGER,
                              static_cast<uint8_t>(content.size())};
  tlv.insert(tlv.end(), content.begin(), content.end());
  const uint8_t* position = tlv.data();
  return {d2i_ASN1_INTEGER(nullptr, &position, static_cast<long>(tlv.size())),
          ASN1_INTEGER_free};
}

}  // namespace

SerialHashSet MakeSerialHashSet(const CrlView& crl) {
  SerialHashSet serials;
  CrlEntryReader reader(crl);
  while (reader.Next()) serials.insert(reader.entry().serial);
  return serials;
}

absl::StatusOr<OpensslCrl> MakeOpensslCrl(Bytes der) {
  const uint8_t* position = der.data();
  OpensslCrl crl(
      d2i_X509_CRL(nullptr, &position, static_cast<long>(der.size())),
      X509_CRL_free);
  if (crl == nullptr) return absl::InternalError("OpenSSL cannot read the CRL");
  X509_REVOKED* entry = nullptr;
  const Integer any(ASN1_INTEGER_new(), ASN1_INTEGER_free);
  X509_CRL_get0_by_serial(crl.get(), &entry, any.get());
  return crl;
}

std::unique_ptr<Contender> MakeHashSetContender(const SerialHashSet& serials,
                                                const Subject& subject,
                                                unsigned hit_percent) {
  const LookupKey* keys = subject.Questions(hit_percent).keys.data();
  return std::unique_ptr<Contender>(new Listed(
      "flat_hash_set", subject, hit_percent,
      [&serials, keys](size_t i) { return serials.contains(keys[i].serial); }));
}

std::unique_ptr<Contender> MakeOpensslContender(const OpensslCrl& crl,
                                                const Subject& subject,
                                                unsigned hit_percent) {
  std::vector<Integer> serials;
  for (const LookupKey& key : subject.Questions(hit_percent).keys)
    serials.push_back(ToInteger(key.serial));
  return std::unique_ptr<Contender>(new Listed(
      "OpenSSL", subject, hit_percent,
      [crl = crl.get(), serials = std::move(serials)](size_t i) {
        X509_REVOKED* entry = nullptr;
        return X509_CRL_get0_by_serial(crl, &entry, serials[i].get()) != 0;
      }));
}

}  // namespace revstat::bench
