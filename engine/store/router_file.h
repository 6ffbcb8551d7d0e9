// A SerialRouter on disk: made once by the writer, so that no reader has to
// read the serials of all lists of a CA that has many (FORMAT.md).
#ifndef REVSTAT_ENGINE_STORE_ROUTER_FILE_H_
#define REVSTAT_ENGINE_STORE_ROUTER_FILE_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/bytes.h"
#include "engine/index/serial_router.h"
#include "engine/store/file_system.h"
#include "engine/store/staged_file.h"

namespace revstat {

// Thread-safety: immutable.
class RouterFile {
 public:
  // Checks the header and the names of the parts, and shares the mapping with
  // the router. `name` is for errors. Cost: linear in the parts. kStoreDamaged
  // with octet and field; kStoreVersion.
  static absl::StatusOr<std::shared_ptr<const RouterFile>> Open(
      std::shared_ptr<const Mapping> file, std::string_view name);

  const std::shared_ptr<const SerialRouter>& router() const { return router_; }
  // The segment that each part is of, by its number.
  std::span<const uint64_t> segments() const { return segments_; }
  uint64_t file_bytes() const { return file_bytes_; }
  uint64_t header_checksum() const { return header_checksum_; }

  // Reads all octets and compares the checksum.
  absl::Status CheckContents(std::string_view name) const;

 private:
  RouterFile() = default;

  std::shared_ptr<const SerialRouter> router_;
  std::vector<uint64_t> segments_;
  uint64_t file_bytes_ = 0;
  uint64_t table_offset_ = 0;
  uint64_t table_checksum_ = 0;
  uint64_t header_checksum_ = 0;
};

// Writes one into an empty staged file; when it returns, the file survives a
// power cut.
absl::Status WriteRouter(StagedFile* staged, const SerialRouter& router,
                         std::span<const uint64_t> segments);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_STORE_ROUTER_FILE_H_
