#include "engine/store/file_system.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/huge_page.h"

namespace revstat {
namespace {

absl::Status SystemError(ErrorCode code, const std::string& path) {
  const int error = errno;
  return MakeError(error == ENOENT ? ErrorCode::kNoSuchFile : code,
                   Concat({path, ": ", std::strerror(error)}));
}
absl::Status ReadError(const std::string& path) {
  return SystemError(ErrorCode::kInputUnreadable, path);
}
absl::Status WriteError(const std::string& path) {
  return SystemError(ErrorCode::kNotWritable, path);
}

// `call` again for as long as a signal interrupts it.
template <class Call>
auto Retry(Call&& call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

class SystemMapping : public Mapping {
 public:
  SystemMapping(uint8_t* data, size_t size, FileId file)
      : Mapping(data, size, file) {}
  ~SystemMapping() override {
    if (data() != nullptr) munmap(data(), bytes().size());
  }
};

FileId IdOf(const struct stat& info) { return {info.st_dev, info.st_ino}; }

absl::StatusOr<std::shared_ptr<const Mapping>> MapDescriptor(
    int descriptor, const std::string& path, MapAccess access) {
  struct stat info = {};
  if (fstat(descriptor, &info) != 0) return ReadError(path);
  const auto size = static_cast<size_t>(info.st_size);
  const FileId file = IdOf(info);
  if (size == 0) return std::make_shared<SystemMapping>(nullptr, 0, file);
  const int protection =
      access == MapAccess::kRead ? PROT_READ : PROT_READ | PROT_WRITE;
  // Shared, so that what is written to the file later is seen, and no page is
  // this process's own.
  void* const data = mmap(nullptr, size, protection, MAP_SHARED, descriptor, 0);
  if (data == MAP_FAILED) return ReadError(path);
  PreferHugePages(data, size);
  return std::make_shared<SystemMapping>(static_cast<uint8_t*>(data), size,
                                         file);
}

class SystemFile : public File {
 public:
  SystemFile(int descriptor, std::string path)
      : descriptor_(descriptor), path_(std::move(path)) {}
  ~SystemFile() override { close(descriptor_); }

  absl::StatusOr<size_t> WriteAt(uint64_t offset, Bytes octets) override {
    const ssize_t written = Retry([&] {
      return pwrite(descriptor_, octets.data(), octets.size(),
                    static_cast<off_t>(offset));
    });
    if (written < 0) return WriteError(path_);
    return static_cast<size_t>(written);
  }
  absl::Status Truncate(uint64_t size) override {
    if (Retry([&] {
          return ftruncate(descriptor_, static_cast<off_t>(size));
        }) != 0) {
      return WriteError(path_);
    }
    return absl::OkStatus();
  }
  void StartSync() override {
    sync_file_range(descriptor_, 0, 0, SYNC_FILE_RANGE_WRITE);
  }
  absl::Status Sync() override {
    if (Retry([&] { return fsync(descriptor_); }) != 0)
      return WriteError(path_);
    return absl::OkStatus();
  }
  absl::StatusOr<std::shared_ptr<const Mapping>> Map(
      MapAccess access) override {
    return MapDescriptor(descriptor_, path_, access);
  }
  absl::Status Lock() override {
    if (Retry([&] { return flock(descriptor_, LOCK_EX | LOCK_NB); }) == 0)
      return absl::OkStatus();
    return errno == EWOULDBLOCK ? MakeError(ErrorCode::kStoreLocked, path_)
                                : WriteError(path_);
  }
  absl::StatusOr<FileId> Identify() override {
    struct stat info = {};
    if (fstat(descriptor_, &info) != 0) return ReadError(path_);
    return IdOf(info);
  }

 private:
  const int descriptor_;
  const std::string path_;
};

int OpenToRead(const std::string& path) {
  return Retry([&] { return open(path.c_str(), O_RDONLY | O_CLOEXEC); });
}

// Syncs and closes what was opened, or could not be.
absl::Status SyncDescriptor(int descriptor, const std::string& path) {
  if (descriptor < 0) return WriteError(path);
  const int result = Retry([&] { return fsync(descriptor); });
  const absl::Status status = result == 0 ? absl::OkStatus() : WriteError(path);
  close(descriptor);
  return status;
}

// One that an earlier version made may be for all to read. Where it cannot be
// changed, it is another's, or of a file system without modes.
void MakePrivate(int descriptor) {
  struct stat info = {};
  if (fstat(descriptor, &info) != 0 || (info.st_mode & 0077) == 0) return;
  if (info.st_uid == geteuid()) static_cast<void>(fchmod(descriptor, 0600));
}

class SystemFileSystem : public FileSystem {
 public:
  absl::StatusOr<std::unique_ptr<File>> Open(const std::string& path,
                                             OpenMode mode) override {
    const bool is_private = mode == OpenMode::kOpenOrCreatePrivate;
    int flags = O_RDWR | O_CLOEXEC | O_CREAT;
    if (mode == OpenMode::kCreate) flags |= O_TRUNC;
    if (mode == OpenMode::kCreateNew) flags |= O_EXCL;
    const int descriptor = Retry(
        [&] { return open(path.c_str(), flags, is_private ? 0600 : 0644); });
    if (descriptor < 0) return WriteError(path);
    if (is_private) MakePrivate(descriptor);
    return std::make_unique<SystemFile>(descriptor, path);
  }
  absl::StatusOr<FileId> Identify(const std::string& path) override {
    // NFS answers stat from what it knew a minute ago, and an open from what
    // its server says.
    const int descriptor = OpenToRead(path);
    if (descriptor < 0) return ReadError(path);
    return SystemFile(descriptor, path).Identify();
  }
  absl::StatusOr<std::shared_ptr<const Mapping>> Map(
      const std::string& path) override {
    const int descriptor = OpenToRead(path);
    if (descriptor < 0) return ReadError(path);
    auto mapping = MapDescriptor(descriptor, path, MapAccess::kRead);
    close(descriptor);
    return mapping;
  }
  absl::StatusOr<std::string> ReadStart(const std::string& path,
                                        size_t most) override {
    const int descriptor = OpenToRead(path);
    if (descriptor < 0) return ReadError(path);
    std::string text(most, '\0');
    const ssize_t got =
        Retry([&] { return pread(descriptor, text.data(), text.size(), 0); });
    const absl::Status status = got < 0 ? ReadError(path) : absl::OkStatus();
    close(descriptor);
    if (!status.ok()) return status;
    text.resize(static_cast<size_t>(got));
    return text;
  }
  absl::Status Rename(const std::string& from, const std::string& to) override {
    if (std::rename(from.c_str(), to.c_str()) != 0) return WriteError(to);
    return absl::OkStatus();
  }
  absl::Status Remove(const std::string& path) override {
    if (unlink(path.c_str()) != 0 && errno != ENOENT) return WriteError(path);
    return absl::OkStatus();
  }
  absl::Status MakeFolder(const std::string& path) override {
    if (mkdir(path.c_str(), 0755) != 0 && errno != EEXIST)
      return WriteError(path);
    return absl::OkStatus();
  }
  absl::Status SyncFile(const std::string& path) override {
    return SyncDescriptor(OpenToRead(path), path);
  }
  absl::Status SyncFolder(const std::string& path) override {
    const int descriptor = Retry(
        [&] { return open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
    return SyncDescriptor(descriptor, path);
  }
  absl::StatusOr<std::vector<std::string>> List(
      const std::string& folder) override {
    DIR* const stream = opendir(folder.c_str());
    if (stream == nullptr) return ReadError(folder);
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = readdir(stream)) {
      const std::string name = entry->d_name;
      if (name != "." && name != "..") names.push_back(name);
      errno = 0;
    }
    const absl::Status status =
        errno == 0 ? absl::OkStatus() : ReadError(folder);
    closedir(stream);
    if (!status.ok()) return status;
    return names;
  }
};

}  // namespace

FileSystem& FileSystem::System() {
  static auto& system = *new SystemFileSystem;
  return system;
}

absl::Status WriteAll(File* file, uint64_t offset, Bytes octets) {
  while (!octets.empty()) {
    const auto written = file->WriteAt(offset, octets);
    if (!written.ok()) return written.status();
    if (*written == 0 || *written > octets.size())
      return MakeError(ErrorCode::kNotWritable, "nothing was written");
    offset += *written;
    octets = octets.subspan(*written);
  }
  return absl::OkStatus();
}

}  // namespace revstat
