#include "tools/revstat/check/bundle_reader.h"

#include <algorithm>
#include <utility>

#include "engine/base/error.h"

namespace revstat::tool {

void BundleBlock::Reserve(size_t room) {
  if (room <= room_) return;
  auto octets = std::make_unique_for_overwrite<uint8_t[]>(room);
  std::copy_n(octets_.get(), size_, octets.get());
  octets_ = std::move(octets);
  room_ = room;
}

BundleReader::BundleReader(int descriptor, std::string head,
                           size_t max_object_bytes)
    : descriptor_(descriptor),
      kind_(DetectContent(BytesOf(head))),
      max_object_bytes_(max_object_bytes),
      rest_(std::move(head)),
      is_at_end_(rest_.size() < kHeadBytes) {}

absl::StatusOr<bool> BundleReader::Take(BundleBlock* block) {
  size_t room = is_at_end_ ? rest_.size() : std::max(kBlockBytes, rest_.size());
  block->size_ = 0;
  block->Reserve(room);
  block->size_ =
      rest_.copy(reinterpret_cast<char*>(block->octets_.get()), room);
  size_t whole = 0;
  while (true) {
    Fill(block, room);
    whole = FindObjects(block);
    if (whole > 0 || is_at_end_) break;
    if (!failure_.ok()) return failure_;
    if (room >= max_object_bytes_) {
      failure_ =
          MakeError(ErrorCode::kTooLarge,
                    Concat({"at octet ", std::to_string(offset_),
                            ": what begins there is longer than ",
                            std::to_string(max_object_bytes_), " octets"}));
      return failure_;
    }
    room = std::min(2 * room, max_object_bytes_);
    block->Reserve(room);
  }
  rest_.assign(TextOf(block->octets().subspan(whole)));
  block->size_ = whole;
  block->is_all_ = offset_ == 0 && is_at_end_;
  block->offset_ = std::exchange(offset_, offset_ + whole);
  return whole > 0;
}

void BundleReader::Fill(BundleBlock* block, size_t room) {
  if (is_at_end_ || !failure_.ok()) return;
  size_t got = 0;
  failure_ = ReadFull(
      descriptor_, {block->octets_.get() + block->size_, room - block->size_},
      &got);
  block->size_ += got;
  is_at_end_ = failure_.ok() && block->size_ < room;
}

size_t BundleReader::FindObjects(BundleBlock* block) {
  block->objects_.clear();
  ObjectReader reader(block->octets(), kind_, offset_, !is_at_end_, state_);
  while (auto found = reader.Next())
    block->objects_.push_back(*std::move(found));
  if (reader.has_given_up()) {
    is_at_end_ = true;
    absl::Status& problem = block->objects_.back().problem;
    problem = Annotate(problem, "nothing from here on is read");
  }
  // The octets are looked through again where none was whole.
  if (reader.rest() > 0) state_ = reader.state();
  return reader.rest();
}

}  // namespace revstat::tool
