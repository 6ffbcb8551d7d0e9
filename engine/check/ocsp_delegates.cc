#include "engine/check/ocsp_delegates.h"

#include <utility>

namespace revstat {

OcspDelegates::Number OcspDelegates::Hold(
    std::shared_ptr<const Buffer> certificate) {
  if (certificate == nullptr) return kNone;
  const Sha256Digest sha256 = Sha256(certificate->bytes());
  if (const auto found = numbers_.find(sha256); found != numbers_.end()) {
    ++Slot(found->second).held;
    return found->second;
  }
  Number number = used_;
  if (!free_.empty()) {
    number = free_.back();
    free_.pop_back();
  } else if (used_ == kNone) {
    return kNone;
  } else {
    auto& block = blocks_[number / kBlock];
    if (block == nullptr) block = std::make_unique<Delegate[]>(kBlock);
    ++used_;
  }
  Slot(number) = {std::move(certificate), sha256, 1};
  numbers_.emplace(sha256, number);
  return number;
}

void OcspDelegates::Release(Number number) {
  if (number == kNone) return;
  Delegate& delegate = Slot(number);
  if (--delegate.held > 0) return;
  numbers_.erase(delegate.sha256);
  delegate.certificate.reset();
  free_.push_back(number);
}

std::shared_ptr<const Buffer> OcspDelegates::At(Number number) const {
  return number == kNone ? nullptr : Slot(number).certificate;
}

}  // namespace revstat
