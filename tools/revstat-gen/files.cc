#include "tools/revstat-gen/files.h"

#include <openssl/evp.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "engine/base/huge_page.h"

namespace revstat::gen {
namespace {

// A file written in such pieces is on huge pages in the page cache, where the
// system has them for files.
constexpr size_t kPiece = kHugePage;

std::FILE* Open(const std::string& path) {
  // A duplicate, so that closing ours leaves the process's own open.
  if (path == "-") return fdopen(dup(STDOUT_FILENO), "wb");
  return std::fopen(path.c_str(), "wb");
}

}  // namespace

OutputFile::OutputFile(const std::string& path)
    : path_(path), file_(Open(path)) {
  if (file_ == nullptr) {
    error_ = errno;
    return;
  }
  std::setvbuf(file_.get(), nullptr, _IONBF, 0);
  buffer_.reserve(kPiece);
}

void OutputFile::Write(Bytes bytes) {
  while (!bytes.empty()) {
    const Bytes next =
        bytes.first(std::min(bytes.size(), kPiece - buffer_.size()));
    buffer_.insert(buffer_.end(), next.begin(), next.end());
    bytes = bytes.subspan(next.size());
    if (buffer_.size() == kPiece) Flush();
  }
}

void OutputFile::WritePem(std::string_view label, Bytes der) {
  Write("-----BEGIN ");
  Write(label);
  Write("-----\n");
  constexpr size_t kOctetsPerLine = 48;
  for (size_t i = 0; i < der.size(); i += kOctetsPerLine) {
    const Bytes part = der.subspan(i, std::min(kOctetsPerLine, der.size() - i));
    std::array<uint8_t, 66> line;
    const int size = EVP_EncodeBlock(line.data(), part.data(),
                                     static_cast<int>(part.size()));
    line[static_cast<size_t>(size)] = '\n';
    Write(Bytes(line).first(static_cast<size_t>(size) + 1));
  }
  Write("-----END ");
  Write(label);
  Write("-----\n");
}

void OutputFile::Flush() {
  if (error_ == 0 && !buffer_.empty() &&
      std::fwrite(buffer_.data(), 1, buffer_.size(), file_.get()) !=
          buffer_.size()) {
    error_ = errno;
  }
  buffer_.clear();
}

absl::Status OutputFile::Close() {
  Flush();
  if (file_ != nullptr && std::fclose(file_.release()) != 0 && error_ == 0)
    error_ = errno;
  if (error_ == 0) return absl::OkStatus();
  return absl::UnavailableError("cannot write " + path_ + ": " +
                                std::strerror(error_));
}

absl::Status WriteFile(const std::string& path, Bytes bytes) {
  OutputFile file(path);
  file.Write(bytes);
  return file.Close();
}

absl::Status WriteFile(const std::string& path, std::string_view text) {
  return WriteFile(path, BytesOf(text));
}

absl::Status WritePemFile(const std::string& path, std::string_view label,
                          Bytes der) {
  OutputFile file(path);
  file.WritePem(label, der);
  return file.Close();
}

}  // namespace revstat::gen
