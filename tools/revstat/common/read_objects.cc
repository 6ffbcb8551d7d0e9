// All objects of one kind in a file, or in the files of a folder.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "engine/base/error.h"
#include "tools/revstat/common/input_files.h"

namespace revstat::tool {
namespace {

std::string_view NameOf(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kCertificate:
      return "certificate";
    case ObjectKind::kCrl:
      return "CRL";
    case ObjectKind::kOcspResponse:
      return "OCSP response";
    case ObjectKind::kOcspRequest:
      return "OCSP request";
  }
  return "";
}

absl::Status NothingIn(const std::string& path, ObjectKind kind) {
  return absl::InvalidArgumentError(
      Concat({path, ": no ", NameOf(kind), " in it"}));
}

// What a file has of one kind, and the first thing that is wrong with it.
struct FileObjects {
  Buffers objects;
  absl::Status failure;
};

absl::Status FailureAt(const std::string& path, uint64_t offset,
                       const absl::Status& status) {
  return Annotate(status,
                  Concat({path, ": at octet ", std::to_string(offset)}));
}

FileObjects ReadAnyObjects(const std::string& path, ObjectKind kind,
                           uint64_t max_bytes) {
  FileObjects read;
  const auto file = path == "-"
                        ? Buffer::ReadDescriptor(STDIN_FILENO, path, max_bytes)
                        : Buffer::ReadFile(path, max_bytes);
  read.failure = file.status();
  if (!file.ok()) return read;
  const Bytes bytes = (*file)->bytes();
  ForEachObject(
      bytes,
      [&](const Object& object) {
        if (object.kind != kind) return;
        const bool whole = object.der.data() == bytes.data() &&
                           object.der.size() == bytes.size();
        read.objects.push_back(
            whole ? *file
                  : Buffer::FromVector({object.der.begin(), object.der.end()}));
      },
      [&](uint64_t offset, const absl::Status& status) {
        if (read.failure.ok()) read.failure = FailureAt(path, offset, status);
      });
  return read;
}

// A link that leads nowhere counts: so it can be reported.
bool MayBeFile(const std::filesystem::directory_entry& entry) {
  std::error_code ignored;
  switch (entry.status(ignored).type()) {
    case std::filesystem::file_type::regular:
    case std::filesystem::file_type::not_found:
    case std::filesystem::file_type::unknown:
    case std::filesystem::file_type::none:
      return true;
    default:
      return false;
  }
}

// The files in a folder, by name.
absl::StatusOr<std::vector<std::string>> FilesIn(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  std::filesystem::directory_iterator walk(folder, error);
  for (; !error && walk != std::filesystem::directory_iterator();
       walk.increment(error)) {
    if (MayBeFile(*walk)) files.push_back(walk->path().string());
  }
  if (error) {
    return MakeError(ErrorCode::kInputUnreadable,
                     Concat({folder, ": ", error.message()}));
  }
  std::sort(files.begin(), files.end());
  return files;
}

absl::StatusOr<std::string> HeadOf(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return MakeError(ErrorCode::kInputUnreadable,
                     Concat({path, ": ", std::strerror(errno)}));
  }
  auto head = ReadHead(descriptor);
  close(descriptor);
  if (!head.ok()) return Annotate(head.status(), path);
  return head;
}

// What a failed download leaves, an empty file or a page in HTML, is no other
// file: what it was to be shows in its name. As a folder of INPUTs has it.
bool IsNamedLikeObjects(const std::string& path) {
  constexpr std::array<std::string_view, 8> kExtensions = {
      ".crl", ".pem", ".der", ".cer", ".crt", ".ors", ".p7b", ".p7c"};
  return HasExtension(path, kExtensions);
}

bool IsKnown(ContentKind content) {
  return content != ContentKind::kOther && content != ContentKind::kList &&
         content != ContentKind::kPkcs12;
}

// Of a file in a folder; empty where it is one of other things.
absl::StatusOr<Buffers> ReadInFolder(const std::string& path, ObjectKind kind,
                                     uint64_t max_bytes) {
  const bool is_meant = IsNamedLikeObjects(path);
  const auto head = HeadOf(path);
  if (!head.ok()) {
    if (!is_meant) return Buffers();
    return head.status();
  }
  const ContentKind content = DetectContent(BytesOf(*head));
  if (!IsKnown(content)) {
    if (!is_meant) return Buffers();
    return FailureAt(path, 0, MakeError(ErrorCode::kUnknownFormat, ""));
  }
  FileObjects read = ReadAnyObjects(path, kind, max_bytes);
  const ErrorCode why = ErrorCodeOf(read.failure);
  // A large CRL among certificates, say; PEM may have anything.
  const bool begins_otherwise =
      content != ContentKind::kPem && ObjectKindOf(content) != kind;
  if (why == ErrorCode::kTooLarge && begins_otherwise) return Buffers();
  // Signed data without certificates, say.
  if (why == ErrorCode::kUnknownFormat && !is_meant && read.objects.empty())
    return Buffers();
  if (!read.failure.ok()) return read.failure;
  return std::move(read.objects);
}

}  // namespace

absl::StatusOr<Buffers> ReadObjects(const std::string& path, ObjectKind kind,
                                    uint64_t max_bytes) {
  FileObjects read = ReadAnyObjects(path, kind, max_bytes);
  if (!read.failure.ok()) return read.failure;
  if (read.objects.empty()) return NothingIn(path, kind);
  return std::move(read.objects);
}

std::string NameOfObject(const std::string& file, size_t index, size_t count) {
  return count == 1 ? file : Concat({file, ":", std::to_string(index + 1)});
}

void ReadObjectsIn(const std::string& path, ObjectKind kind, uint64_t max_bytes,
                   const std::function<void(const std::string& file,
                                            absl::StatusOr<Buffers>)>& visit) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error))
    return visit(path, ReadObjects(path, kind, max_bytes));
  const auto files = FilesIn(path);
  if (!files.ok()) return visit(path, files.status());
  bool has_any = false;
  for (const std::string& file : *files) {
    auto objects = ReadInFolder(file, kind, max_bytes);
    if (objects.ok() && objects->empty()) continue;
    has_any = true;
    visit(file, std::move(objects));
  }
  if (!has_any) visit(path, NothingIn(path, kind));
}

}  // namespace revstat::tool
