#include "tests/support/fault_server.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

extern char** environ;

namespace revstat::test {

TemporaryFolder::TemporaryFolder() {
  // In memory where that can be: what a disk would keep makes no difference to
  // the tests, and syncing it takes most of their time.
  for (const auto& parent : {std::filesystem::path("/dev/shm"),
                             std::filesystem::temp_directory_path()}) {
    path_ = (parent / "revstat-XXXXXX").string();
    if (mkdtemp(path_.data()) != nullptr) return;
  }
  std::perror("mkdtemp");
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryFolder::Write(std::string_view name,
                                   std::string_view content) const {
  const std::string path = path_ + "/" + std::string(name);
  std::ofstream(path + ".new", std::ios::binary) << content;
  std::filesystem::rename(path + ".new", path);
  return path;
}

FaultServer::FaultServer(const std::vector<std::string>& certificate_and_key) {
  int to_server[2], from_server[2];
  if (pipe2(to_server, O_CLOEXEC) != 0 || pipe2(from_server, O_CLOEXEC) != 0) {
    ADD_FAILURE() << "no pipe";
    return;
  }
  std::vector<std::string> words = {"python3", "-I", "-S", REVSTAT_FAULT_SERVER,
                                    folder_.path()};
  words.insert(words.end(), certificate_and_key.begin(),
               certificate_and_key.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, to_server[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, from_server[1], STDOUT_FILENO);
  const int error = posix_spawnp(&pid_, "python3", &actions, nullptr,
                                 arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(to_server[0]);
  close(from_server[1]);
  input_ = to_server[1];
  if (error != 0) {
    ADD_FAILURE() << "python3 does not start";
    close(from_server[0]);
    return;
  }
  FILE* output = fdopen(from_server[0], "r");
  char line[32] = {};
  for (std::string* port : {&port_, &tls_port_}) {
    if (port == &tls_port_ && certificate_and_key.empty()) break;
    if (std::fgets(line, sizeof line, output) != nullptr) *port = line;
    while (!port->empty() && port->back() == '\n') port->pop_back();
  }
  std::fclose(output);
  EXPECT_FALSE(port_.empty()) << "the fault server did not start";
}

FaultServer::~FaultServer() {
  if (input_ >= 0) close(input_);
  if (pid_ > 0) waitpid(pid_, nullptr, 0);
}

std::string FaultServer::Url(std::string_view path) const {
  return "http://127.0.0.1:" + port_ + std::string(path);
}

std::string FaultServer::TlsUrl(std::string_view path) const {
  return "https://localhost:" + tls_port_ + std::string(path);
}

void FaultServer::Route(std::string_view name, std::string_view path) const {
  folder_.Write(std::string(name) + ".route", path);
}

}  // namespace revstat::test
