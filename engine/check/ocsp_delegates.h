// The certificates of the delegates that have signed the answers of an
// OcspCache, each once.
#ifndef REVSTAT_ENGINE_CHECK_OCSP_DELEGATES_H_
#define REVSTAT_ENGINE_CHECK_OCSP_DELEGATES_H_

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "engine/base/buffer.h"
#include "engine/verify/digest.h"

namespace revstat {

// Thread-safety: one change at a time; At beside it, of a number that the
// caller knows to be held. Memory: that of the certificates that are held.
class OcspDelegates {
 public:
  using Number = uint16_t;
  static constexpr Number kNone = 0xffff;

  // Holds a certificate once more. kNone for a null one, or where there are too
  // many others.
  Number Hold(std::shared_ptr<const Buffer> certificate);
  // Ends what one Hold has begun.
  void Release(Number number);
  // Null for kNone.
  std::shared_ptr<const Buffer> At(Number number) const;

 private:
  static constexpr size_t kBlock = 1024;

  struct Delegate {
    std::shared_ptr<const Buffer> certificate;
    Sha256Digest sha256 = {};
    uint32_t held = 0;
  };
  Delegate& Slot(Number number) const {
    return blocks_[number / kBlock][number % kBlock];
  }

  // Each is set once, and never moves: At reads beside a change.
  std::array<std::unique_ptr<Delegate[]>, kNone / kBlock + 1> blocks_;
  std::map<Sha256Digest, Number> numbers_;
  std::vector<Number> free_;
  Number used_ = 0;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_CHECK_OCSP_DELEGATES_H_
