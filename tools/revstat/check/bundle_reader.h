// Certificates one behind the other, PEM or DER, in a file of any length or a
// pipe.
#ifndef REVSTAT_TOOLS_REVSTAT_CHECK_BUNDLE_READER_H_
#define REVSTAT_TOOLS_REVSTAT_CHECK_BUNDLE_READER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/bytes.h"
#include "tools/revstat/common/input_files.h"

namespace revstat::tool {

// Some whole objects of a bundle, which they borrow. There may be none, where
// there is only text between them.
class BundleBlock {
 public:
  std::vector<FoundObject>& objects() { return objects_; }
  Bytes octets() const { return {octets_.get(), size_}; }
  // Where the block begins in the bundle.
  uint64_t offset() const { return offset_; }
  // True where the bundle is known to end with this block, its first.
  bool is_all() const { return is_all_; }

 private:
  friend class BundleReader;

  // Makes room for so many octets, and keeps the first size_.
  void Reserve(size_t room);

  std::unique_ptr<uint8_t[]> octets_;
  size_t room_ = 0;
  size_t size_ = 0;
  uint64_t offset_ = 0;
  bool is_all_ = false;
  std::vector<FoundObject> objects_;
};

// Reads a bundle block by block. A block grows for an object that is longer:
// then memory is some times its size. Read and not mapped: a page that is
// touched for the first time can cost more than its octets copied, and a file
// that is cut off meanwhile would end the process. Not thread-safe; blocks are
// independent of it.
class BundleReader {
 public:
  // Small enough that a block, its rows and their answers stay in a core's
  // cache.
  static constexpr size_t kBlockBytes = size_t{1} << 19;
  // The longest object, if no other limit is given.
  static constexpr size_t kMaxObjectBytes = size_t{1} << 28;

  // Reads on from `descriptor`, which stays open; `head`, by ReadHead, was read
  // from it before and comes first.
  BundleReader(int descriptor, std::string head,
               size_t max_object_bytes = kMaxObjectBytes);

  // Replaces *block by the next objects, and parts that cannot be read; false
  // at the end of the bundle. Fails, once all that comes before has been given
  // out, with what the system says (kInputUnreadable) or with an object that is
  // too long (kTooLarge).
  absl::StatusOr<bool> Take(BundleBlock* block);

 private:
  // Reads on until the block has so many octets.
  void Fill(BundleBlock* block, size_t room);
  // Finds the block's objects; how many of its octets are theirs or between
  // them.
  size_t FindObjects(BundleBlock* block);

  const int descriptor_;
  const ContentKind kind_;
  const size_t max_object_bytes_;
  std::string rest_;      // read, and not given out yet
  bool is_at_end_;        // there is nothing behind it
  absl::Status failure_;  // of reading on
  uint64_t offset_ = 0;
  PemReader::State state_;  // as ObjectReader has it
};

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_CHECK_BUNDLE_READER_H_
