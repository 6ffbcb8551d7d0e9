// Starts fault_server.py, which see for what its URLs do.
#ifndef REVSTAT_TESTS_SUPPORT_FAULT_SERVER_H_
#define REVSTAT_TESTS_SUPPORT_FAULT_SERVER_H_

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace revstat::test {

// A new folder that goes, with all in it, when this does.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }
  // Writes a file aside and renames it into place; returns its path.
  std::string Write(std::string_view name, std::string_view content) const;

 private:
  std::string path_;
};

// One server process with a folder of its own; ends with this object.
class FaultServer {
 public:
  // With a certificate and a key (PEM files) it also speaks TLS.
  explicit FaultServer(
      const std::vector<std::string>& certificate_and_key = {});
  ~FaultServer();
  FaultServer(const FaultServer&) = delete;
  FaultServer& operator=(const FaultServer&) = delete;

  const TemporaryFolder& folder() const { return folder_; }
  std::string Url(std::string_view path) const;     // of http
  std::string TlsUrl(std::string_view path) const;  // https, "localhost"
  // What /via/NAME does from now on.
  void Route(std::string_view name, std::string_view path) const;

 private:
  TemporaryFolder folder_;
  pid_t pid_ = -1;
  int input_ = -1;
  std::string port_;
  std::string tls_port_;
};

}  // namespace revstat::test

#endif  // REVSTAT_TESTS_SUPPORT_FAULT_SERVER_H_
