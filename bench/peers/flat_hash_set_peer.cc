// absl::flat_hash_set of the serial numbers alone, which revstat's parser
// reads. It proves nothing and knows neither time nor reason: what a hash table
// can do.
#include <absl/base/config.h>

#include "bench/listed_contenders.h"
#include "bench/peers/driver.h"
#include "bench/program.h"
#include "engine/base/buffer.h"

namespace revstat::peers {
namespace {

using bench::Require;

class FlatHashSet : public Peer {
 public:
  Description Describe() const override {
    return {"absl::flat_hash_set", std::to_string(ABSL_LTS_RELEASE_VERSION),
            "hashed", "not verified"};
  }

  void Load(const Files& files) override {
    const auto file = Require(Buffer::ReadFile(files.crl));
    const CrlView crl = Require(CrlView::Parse(file->bytes()));
    serials_ = bench::MakeSerialHashSet(crl);
  }

  void Prepare(std::span<const Question> questions) override {
    asked_.clear();
    for (const Question& question : questions) {
      const auto serial = SerialNumber::FromContent(question.content());
      Expect(serial.has_value(), "no serial number");
      asked_.push_back(*serial);
    }
  }

  void Answer(size_t begin, size_t count, uint8_t* listed) override {
    for (size_t i = 0; i < count; ++i)
      listed[i] = serials_.contains(asked_[begin + i]) ? 1 : 0;
  }

 private:
  bench::SerialHashSet serials_;
  std::vector<SerialNumber> asked_;
};

}  // namespace
}  // namespace revstat::peers

int main(int argc, char** argv) {
  revstat::peers::FlatHashSet peer;
  return revstat::peers::RunPeer(argc, argv, peer);
}
