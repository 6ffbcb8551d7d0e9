// What the store asks of the system, behind a small interface: tests put one in
// its place that fails at any call.
//
// Paths are as the caller gave them. Errors: kNoSuchFile, kInputUnreadable for
// what only reads, kNotWritable for what writes; each names the path and the
// system's reason.
#ifndef REVSTAT_ENGINE_STORE_FILE_SYSTEM_H_
#define REVSTAT_ENGINE_STORE_FILE_SYSTEM_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/bytes.h"

namespace revstat {

enum class MapAccess : uint8_t { kRead, kReadWrite };

// Which file it is: of no other that exists at the time, whatever its name.
struct FileId {
  uint64_t device = 0;
  uint64_t inode = 0;

  friend bool operator==(const FileId&, const FileId&) = default;
};

// A file's octets in the address space, shared with all other processes that
// map it. They stay when the file is removed or replaced. Thread-safety: as
// memory.
class Mapping {
 public:
  virtual ~Mapping() = default;
  Bytes bytes() const { return {data_, size_}; }
  // For MapAccess::kReadWrite.
  uint8_t* data() const { return data_; }
  // Stays the file's own while this lives.
  const FileId& file() const { return file_; }

 protected:
  Mapping(uint8_t* data, size_t size, FileId file)
      : data_(data), size_(size), file_(file) {}

 private:
  uint8_t* const data_;
  const size_t size_;
  const FileId file_;
};

// An open file. Not thread-safe.
class File {
 public:
  virtual ~File() = default;

  // Writes the first of `octets`, at least one, and says how many: WriteAll
  // goes on until all are written.
  virtual absl::StatusOr<size_t> WriteAt(uint64_t offset, Bytes octets) = 0;
  virtual absl::Status Truncate(uint64_t size) = 0;
  // Lets the disk begin with what was written, so that a later Sync has less to
  // wait for. Promises nothing; an error there may be is Sync's to report.
  virtual void StartSync() {}
  // Returns when the file's octets and size survive a power cut.
  virtual absl::Status Sync() = 0;
  // The whole file as it is now.
  virtual absl::StatusOr<std::shared_ptr<const Mapping>> Map(
      MapAccess access) = 0;
  // Takes the one exclusive lock, held until the file is closed or the process
  // ends however it may; kStoreLocked, at once, where another has it.
  virtual absl::Status Lock() = 0;
  // Stays the file's own while this is open.
  virtual absl::StatusOr<FileId> Identify() = 0;
};

// Thread-safety: any number of threads.
class FileSystem {
 public:
  virtual ~FileSystem() = default;

  enum class OpenMode : uint8_t {
    kCreate,        // an empty one, whatever was there
    kCreateNew,     // an empty one; kNotWritable where there is one
    kOpenOrCreate,  // what is there, or an empty one
    // The same of a file that nobody but its owner may open: who may read it
    // can lock it.
    kOpenOrCreatePrivate,
  };
  virtual absl::StatusOr<std::unique_ptr<File>> Open(const std::string& path,
                                                     OpenMode mode) = 0;
  // Which file is there now, which is opened and closed for that: the server of
  // a network file system is asked, whatever the client remembers of the name.
  virtual absl::StatusOr<FileId> Identify(const std::string& path) = 0;
  // Opens, maps for reading and closes.
  virtual absl::StatusOr<std::shared_ptr<const Mapping>> Map(
      const std::string& path) = 0;
  // The file's first octets, `most` at most, as they are when it is read: safe
  // where another process may shorten the file, which kills who maps it.
  virtual absl::StatusOr<std::string> ReadStart(const std::string& path,
                                                size_t most) = 0;
  // Replaces what is at `to`, at once for all who look.
  virtual absl::Status Rename(const std::string& from,
                              const std::string& to) = 0;
  // OK where there is no such file.
  virtual absl::Status Remove(const std::string& path) = 0;
  // OK where the folder is there. Its parent must be.
  virtual absl::Status MakeFolder(const std::string& path) = 0;
  // Returns when the file's octets and size survive a power cut. Also tells
  // what went wrong with its earlier writes, if it was mapped since: the system
  // forgets that of files that nobody uses.
  virtual absl::Status SyncFile(const std::string& path) = 0;
  // Returns when the names in the folder survive a power cut.
  virtual absl::Status SyncFolder(const std::string& path) = 0;
  // Names of the files in the folder, in no order.
  virtual absl::StatusOr<std::vector<std::string>> List(
      const std::string& folder) = 0;

  // The system's own. Files are made with mode 0644, private ones with 0600,
  // folders with 0755.
  static FileSystem& System();
};

absl::Status WriteAll(File* file, uint64_t offset, Bytes octets);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_STORE_FILE_SYSTEM_H_
