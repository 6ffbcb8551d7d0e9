// A file system of which any one call can be made to fail.
#ifndef REVSTAT_TESTS_STORE_FAULTY_FILE_SYSTEM_H_
#define REVSTAT_TESTS_STORE_FAULTY_FILE_SYSTEM_H_

#include <atomic>
#include <cerrno>
#include <cstring>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "engine/base/error.h"
#include "engine/store/file_system.h"

namespace revstat::test {

// What a call can suffer. After it the disk is well again; kDead: every call
// from then on fails, as for a process that was killed or a disk pulled out.
enum class Fault { kNoSpace, kInputOutput, kShortWrite, kDead };

// Thread-safety: any number of threads.
class FaultyFileSystem : public FileSystem {
 public:
  // The call of this number, counted from 0, fails.
  FaultyFileSystem(uint64_t number, Fault fault)
      : number_(number), fault_(fault) {}

  // How many there were.
  uint64_t calls() const { return calls_; }
  std::string failed() const {
    const std::lock_guard lock(mutex_);
    return failed_;
  }
  // Is told of each call before it is made, on the caller's thread. Set before
  // there is one.
  void Watch(std::function<void(const std::string&)> watch) {
    watch_ = std::move(watch);
  }
  // The same of each write: its offset and how many octets.
  void WatchWrites(std::function<void(uint64_t, size_t)> watch) {
    watch_writes_ = std::move(watch);
  }
  // Calls that this is true of fail as well. Is asked on the caller's thread;
  // set before there is one.
  void FailIf(std::function<bool(const std::string&)> fails) {
    fails_ = std::move(fails);
  }
  // From now on no call fails.
  void Heal() { is_well_ = true; }
  // With Fault::kDead: from now on every call fails.
  void Kill() { is_killed_ = true; }

  absl::StatusOr<std::unique_ptr<File>> Open(const std::string& path,
                                             OpenMode mode) override {
    absl::Status status = Call("open " + path);
    if (!status.ok()) return status;
    auto file = real_.Open(path, mode);
    if (!file.ok()) return file.status();
    return std::make_unique<FaultyFile>(this, path, *std::move(file));
  }
  absl::StatusOr<FileId> Identify(const std::string& path) override {
    absl::Status status = Call("identify " + path);
    if (!status.ok()) return status;
    return real_.Identify(path);
  }
  absl::StatusOr<std::shared_ptr<const Mapping>> Map(
      const std::string& path) override {
    absl::Status status = Call("map " + path);
    if (!status.ok()) return status;
    return real_.Map(path);
  }
  absl::StatusOr<std::string> ReadStart(const std::string& path,
                                        size_t most) override {
    absl::Status status = Call("read " + path);
    if (!status.ok()) return status;
    return real_.ReadStart(path, most);
  }
  absl::Status Rename(const std::string& from, const std::string& to) override {
    absl::Status status = Call("rename " + from + " " + to);
    return status.ok() ? real_.Rename(from, to) : status;
  }
  absl::Status Remove(const std::string& path) override {
    absl::Status status = Call("remove " + path);
    return status.ok() ? real_.Remove(path) : status;
  }
  absl::Status MakeFolder(const std::string& path) override {
    absl::Status status = Call("make " + path);
    return status.ok() ? real_.MakeFolder(path) : status;
  }
  absl::Status SyncFile(const std::string& path) override {
    const absl::Status status = Call("sync " + path);
    return status.ok() ? real_.SyncFile(path) : status;
  }
  absl::Status SyncFolder(const std::string& path) override {
    absl::Status status = Call("sync " + path);
    return status.ok() ? real_.SyncFolder(path) : status;
  }
  absl::StatusOr<std::vector<std::string>> List(
      const std::string& folder) override {
    absl::Status status = Call("list " + folder);
    if (!status.ok()) return status;
    return real_.List(folder);
  }

 private:
  class FaultyFile : public File {
   public:
    FaultyFile(FaultyFileSystem* files, std::string path,
               std::unique_ptr<File> file)
        : files_(files), path_(std::move(path)), file_(std::move(file)) {}

    absl::StatusOr<size_t> WriteAt(uint64_t offset, Bytes octets) override {
      absl::Status status = files_->Call("write " + path_);
      if (files_->watch_writes_) files_->watch_writes_(offset, octets.size());
      if (status.ok()) return file_->WriteAt(offset, octets);
      // A full disk takes what it has room for before it says no.
      const auto written =
          file_->WriteAt(offset, octets.first(octets.size() / 2));
      if (files_->fault_ == Fault::kShortWrite && octets.size() > 1)
        return written;
      return status;
    }
    absl::Status Truncate(uint64_t size) override {
      absl::Status status = files_->Call("truncate " + path_);
      return status.ok() ? file_->Truncate(size) : status;
    }
    absl::Status Sync() override {
      absl::Status status = files_->Call("sync " + path_);
      return status.ok() ? file_->Sync() : status;
    }
    absl::StatusOr<std::shared_ptr<const Mapping>> Map(
        MapAccess access) override {
      absl::Status status = files_->Call("map " + path_);
      if (!status.ok()) return status;
      return file_->Map(access);
    }
    absl::Status Lock() override {
      absl::Status status = files_->Call("lock " + path_);
      return status.ok() ? file_->Lock() : status;
    }
    absl::StatusOr<FileId> Identify() override {
      absl::Status status = files_->Call("identify " + path_);
      if (!status.ok()) return status;
      return file_->Identify();
    }

   private:
    FaultyFileSystem* const files_;
    const std::string path_;
    const std::unique_ptr<File> file_;
  };

  absl::Status Call(const std::string& what) {
    const uint64_t number = calls_++;
    if (watch_) watch_(what);
    const bool is_faulty = is_killed_ || number == number_ ||
                           (number > number_ && fault_ == Fault::kDead) ||
                           (fails_ && fails_(what));
    if (is_well_ || !is_faulty) return absl::OkStatus();
    const std::lock_guard lock(mutex_);
    if (number == number_) failed_ = what;
    return MakeError(
        ErrorCode::kNotWritable,
        Concat({what, ": ",
                std::strerror(fault_ == Fault::kNoSpace ? ENOSPC : EIO)}));
  }

  FileSystem& real_ = FileSystem::System();
  const uint64_t number_;
  const Fault fault_;
  std::function<void(const std::string&)> watch_;
  std::function<void(uint64_t, size_t)> watch_writes_;
  std::function<bool(const std::string&)> fails_;
  std::atomic<uint64_t> calls_ = 0;
  std::atomic<bool> is_well_ = false;
  std::atomic<bool> is_killed_ = false;
  mutable std::mutex mutex_;
  std::string failed_;
};

}  // namespace revstat::test

#endif  // REVSTAT_TESTS_STORE_FAULTY_FILE_SYSTEM_H_
