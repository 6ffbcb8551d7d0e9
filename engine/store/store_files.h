// The names of a store's files (FORMAT.md), and what to say of a damaged one.
#ifndef REVSTAT_ENGINE_STORE_STORE_FILES_H_
#define REVSTAT_ENGINE_STORE_STORE_FILES_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "engine/base/bytes.h"
#include "engine/base/error.h"

namespace revstat {

class StoreFiles {
 public:
  explicit StoreFiles(std::string folder) : folder_(std::move(folder)) {}

  const std::string& folder() const { return folder_; }
  std::string Manifest() const { return folder_ + "/manifest"; }
  std::string NewManifest() const { return folder_ + "/manifest.new"; }
  std::string Generation() const { return folder_ + "/generation"; }
  std::string Lock() const { return folder_ + "/lock"; }
  std::string Segments() const { return folder_ + "/segments"; }
  std::string Incoming() const { return folder_ + "/incoming"; }
  std::string SegmentPath(uint64_t id) const {
    return Concat({Segments(), "/", SegmentName(id)});
  }
  std::string RouterPath(uint64_t id) const {
    return Concat({Segments(), "/", RouterName(id)});
  }
  std::string PackPath(uint64_t id) const {
    return Concat({Segments(), "/", PackName(id)});
  }

  // "0000000000000007.seg", "0000000000000008.rtr", "0000000000000009.pck"
  static std::string SegmentName(uint64_t id);
  static std::string RouterName(uint64_t id);
  static std::string PackName(uint64_t id);
  // Whether a name in segments/ is one that a store gives.
  static bool IsNumbered(std::string_view name);

 private:
  std::string folder_;
};

// kStoreDamaged: "<file>: <field> (octet <offset>)".
absl::Status DamagedAt(std::string_view file, uint64_t offset,
                       std::string_view field);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_STORE_STORE_FILES_H_
