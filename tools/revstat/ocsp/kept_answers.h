// The file of `ocsp query --cache`, kept also by a run that does not end well.
#ifndef REVSTAT_TOOLS_REVSTAT_OCSP_KEPT_ANSWERS_H_
#define REVSTAT_TOOLS_REVSTAT_OCSP_KEPT_ANSWERS_H_

#include <signal.h>

#include <atomic>
#include <string>
#include <thread>

#include "engine/check/ocsp_cache_file.h"

namespace revstat::tool {

// From Start to End a thread of its own saves the cache every five minutes,
// and on SIGINT and SIGTERM, which then end the process as ever. Make it before
// any other thread: both signals are blocked while it lives.
class KeptAnswers {
 public:
  // Without a path it does nothing. Borrows the cache.
  KeptAnswers(std::string path, const Sha256Digest& context, OcspCache* cache);
  ~KeptAnswers();
  KeptAnswers(const KeptAnswers&) = delete;
  KeptAnswers& operator=(const KeptAnswers&) = delete;

  // Reads the file, if there is one. What is damaged in it is reported, and
  // asked again. An error, and nothing may be saved, where it is no cache, or
  // one that was kept under other options: what it knows would be lost.
  absl::Status Load(Time at, std::chrono::seconds lifetime_without_next_update);
  // The same error, and the answers stay where they are.
  absl::Status CheckFile() const;
  void Start();
  // Saves for the last time.
  absl::Status End();

 private:
  absl::Status Save() const;
  void Run();
  void Stop();

  const std::string path_;
  const Sha256Digest context_;
  OcspCache* const cache_;
  sigset_t signals_;
  sigset_t before_;  // those that were blocked
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_OCSP_KEPT_ANSWERS_H_
