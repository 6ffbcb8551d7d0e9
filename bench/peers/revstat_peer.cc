// revstat: parses, verifies and indexes (two threads); hashed, in batches of
// 1024. The answer holds time and reason; here it is cut to listed or not.
#include <algorithm>
#include <memory>

#include "bench/ingest.h"
#include "bench/peers/driver.h"
#include "bench/program.h"
#include "engine/base/buffer.h"

namespace revstat::peers {
namespace {

using bench::Require;

class Revstat : public Peer {
 public:
  Description Describe() const override {
    return {"revstat", REVSTAT_VERSION, "hashed, in batches", "verified"};
  }

  void Load(const Files& files) override {
    snapshot_ =
        Require(bench::Ingest(files.crl, Require(Buffer::ReadFile(files.ca))));
    const CrlSource& source = *snapshot_->sources().front();
    // Every entry binds.
    policy_.at =
        std::max(source.crl().this_update(),
                 source.statistics().newest_revocation.value_or(Time::min()));
  }

  void Prepare(std::span<const Question> questions) override {
    keys_.clear();
    for (const Question& question : questions) {
      const auto serial = SerialNumber::FromContent(question.content());
      Expect(serial.has_value(), "no serial number");
      keys_.push_back({.serial = *serial, .issuer = 0});
    }
  }

  void Answer(size_t begin, size_t count, uint8_t* listed) override {
    if (verdicts_.size() < count) verdicts_.resize(count);
    snapshot_->Lookup(policy_, std::span(keys_).subspan(begin, count),
                      verdicts_);
    for (size_t i = 0; i < count; ++i) {
      const Status status = verdicts_[i].status;
      listed[i] = status == Status::kRevoked || status == Status::kOnHold;
      // Neither listed nor known not to be is a wrong answer.
      if (status == Status::kUnknown) listed[i] = 2;
    }
  }

 private:
  std::unique_ptr<const Snapshot> snapshot_;
  LookupPolicy policy_ = {};
  std::vector<LookupKey> keys_;
  std::vector<Verdict> verdicts_;
};

}  // namespace
}  // namespace revstat::peers

int main(int argc, char** argv) {
  revstat::peers::Revstat peer;
  return revstat::peers::RunPeer(argc, argv, peer);
}
