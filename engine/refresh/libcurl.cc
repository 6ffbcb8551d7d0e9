#include "engine/refresh/libcurl.h"

#include <dlfcn.h>

#include <mutex>
#include <string>

#include "engine/base/bytes.h"
#include "engine/base/error.h"

namespace revstat {
namespace {

// That of the headers, since libcurl 7.16.
constexpr char kSoname[] = "libcurl.so.4";
// 7.87: CURLOPT_QUICK_EXIT. From 7.84 on, curl_global_init is thread-safe.
constexpr unsigned kOldest = 0x075700;

struct Loaded {
  std::mutex mutex;
  bool is_ready = false;  // under the mutex
  Libcurl functions;      // constant once is_ready
};
Loaded& TheLoaded() {
  static auto& loaded = *new Loaded;  // outlives threads at the process's end
  return loaded;
}

absl::Status NotLoaded(const std::string& why) {
  return MakeError(
      ErrorCode::kFetchFailed,
      Concat({"libcurl cannot be loaded (Debian: libcurl4): ", why}));
}

std::string LoaderError() {
  const char* error = dlerror();
  return error != nullptr ? error : "for an unknown reason";
}

template <class Function>
bool Find(void* library, const char* name, Function* function) {
  *function = reinterpret_cast<Function>(dlsym(library, name));
  return *function != nullptr;
}

// An older one has not all the functions: its version says more.
absl::Status CheckVersion(void* library) {
  decltype(&curl_version_info) version_info = nullptr;
  if (!Find(library, "curl_version_info", &version_info))
    return NotLoaded(LoaderError());
  const curl_version_info_data* const version = version_info(CURLVERSION_NOW);
  return version->version_num >= kOldest
             ? absl::OkStatus()
             : NotLoaded(Concat({version->version, " is older than 7.87"}));
}

absl::Status FindFunctions(void* library, Libcurl* functions) {
#define REVSTAT_FIND(name)                             \
  if (!Find(library, "curl_" #name, &functions->name)) \
    return NotLoaded(LoaderError());
  REVSTAT_LIBCURL(REVSTAT_FIND)
#undef REVSTAT_FIND
  return absl::OkStatus();
}

absl::Status Load(Libcurl* functions) {
  void* const library = dlopen(kSoname, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return NotLoaded(LoaderError());
  absl::Status status = CheckVersion(library);
  if (status.ok()) status = FindFunctions(library, functions);
  if (!status.ok()) {
    dlclose(library);
    return status;
  }
  // From here on it stays: its resolver's threads may outlive every Fetcher.
  const CURLcode started = functions->global_init(CURL_GLOBAL_ALL);
  return started == CURLE_OK ? absl::OkStatus()
                             : NotLoaded(functions->easy_strerror(started));
}

}  // namespace

absl::Status LoadLibcurl() {
  Loaded& loaded = TheLoaded();
  const std::lock_guard lock(loaded.mutex);
  if (loaded.is_ready) return absl::OkStatus();
  const absl::Status status = Load(&loaded.functions);
  loaded.is_ready = status.ok();
  return status;
}

const Libcurl& libcurl() { return TheLoaded().functions; }

}  // namespace revstat
