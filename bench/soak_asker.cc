#include "bench/soak_asker.h"

#include <chrono>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_format.h"
#include "bench/program.h"
#include "tools/revstat/bench/timing.h"

namespace revstat::bench {

Asker::Asker(const std::vector<SoakSource>& sources, const StoreReader& reader)
    : sources_(sources), reader_(reader) {
  for (size_t i = 0; i < sources.size(); ++i)
    by_certificate_[std::string(TextOf(sources[i].authority().certificate))] =
        i;
  policy_.at = std::chrono::floor<std::chrono::seconds>(
      std::chrono::system_clock::now());
}

void Asker::Ask(Latencies* latencies) {
  const SnapshotPublisher::Reader snapshot(reader_.publisher());
  if (&*snapshot != known_ || reader_.generation() != known_generation_) {
    Learn(*snapshot);
    known_ = &*snapshot;
    known_generation_ = reader_.generation();
  }
  for (int i = 0; i < 4096; ++i) {
    const auto issuer =
        static_cast<IssuerId>(random_() % snapshot->issuers().size());
    const size_t source = source_of_[issuer];
    const uint64_t number = numbers_[source];
    // From below what is listed to above.
    const uint64_t position =
        random_() % (2 * sources_[source].entries() + 2 * number);
    const LookupKey key{sources_[source].SerialAt(position), issuer, 0};
    const auto start = tool::BenchClock::now();
    const Verdict verdict = snapshot->Lookup(policy_, key);
    const auto end = tool::BenchClock::now();
    latencies->Add((end - start).count());
    const Status expected = number == 0 ? Status::kUnknown
                            : sources_[source].IsListed(position, number)
                                ? Status::kRevoked
                                : Status::kActive;
    if (verdict.status != expected) {
      Require(absl::InternalError(
          absl::StrFormat("source %u, number %u: serial %u is %s", source,
                          number, position, NameOf(verdict.status))));
    }
    ++asked_;
  }
}

uint64_t Asker::NumberOf(size_t source) {
  const SnapshotPublisher::Reader snapshot(reader_.publisher());
  Learn(*snapshot);
  return numbers_[source];
}

size_t Asker::CountHeld() const {
  const SnapshotPublisher::Reader snapshot(reader_.publisher());
  return snapshot->sources().size();
}

void Asker::Learn(const Snapshot& snapshot) {
  std::map<std::string, size_t> by_name;
  source_of_.clear();
  for (const Issuer& issuer : snapshot.issuers()) {
    const size_t source = by_certificate_.at(
        std::string(TextOf(issuer.certificates.front()->bytes())));
    source_of_.push_back(source);
    by_name[issuer.canonical_name] = source;
  }
  std::vector<uint64_t> numbers(sources_.size());
  for (const auto& crl : snapshot.sources()) {
    numbers[by_name.at(crl->canonical_issuer())] = std::strtoull(
        ToHex(crl->crl().crl_number()->magnitude()).c_str(), nullptr, 16);
  }
  for (size_t i = 0; i < numbers_.size(); ++i) {
    if (numbers[i] < numbers_[i])
      Require(absl::InternalError("a CRL went back"));
  }
  numbers_ = std::move(numbers);
}

}  // namespace revstat::bench
