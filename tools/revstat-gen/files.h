// Files read and written, PEM included. A path "-" is standard output.
#ifndef REVSTAT_TOOLS_REVSTAT_GEN_FILES_H_
#define REVSTAT_TOOLS_REVSTAT_GEN_FILES_H_

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "tools/revstat-gen/der.h"

namespace revstat::gen {

enum class Encoding : uint8_t { kPem, kDer };

// An output of any length in constant memory. Errors are kept and told by
// Close(), as a full disk shows only then.
//
// Thread-safety: none.
class OutputFile {
 public:
  explicit OutputFile(const std::string& path);

  void Write(Bytes bytes);
  void Write(std::string_view text) { Write(BytesOf(text)); }
  // As "-----BEGIN <label>-----" ... with lines of 64 characters (RFC 7468).
  void WritePem(std::string_view label, Bytes der);

  // Must be called; what is not closed may not be on the disk.
  [[nodiscard]] absl::Status Close();

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  void Flush();

  std::string path_;
  std::unique_ptr<std::FILE, Closer> file_;
  Octets buffer_;
  int error_ = 0;  // the first errno
};

absl::Status WriteFile(const std::string& path, Bytes bytes);
absl::Status WriteFile(const std::string& path, std::string_view text);
absl::Status WritePemFile(const std::string& path, std::string_view label,
                          Bytes der);

}  // namespace revstat::gen

#endif  // REVSTAT_TOOLS_REVSTAT_GEN_FILES_H_
