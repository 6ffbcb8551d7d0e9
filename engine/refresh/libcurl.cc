#include "engine/refresh/libcurl.h"

#include <dlfcn.h>

#include <mutex>
#include <string>

#include "engine/base/bytes.h"
#include "engine/base/error.h"

namespace revstat {
namespace {

// The ABI of the headers; the same since libcurl 7.16.
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
  return MakeError(ErrorCode::kFetchFailed,
                   Concat({"libcurl cannot be loaded: ", why}));
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

absl::Status Load(Libcurl* functions) {
  // Never closed: its resolver's threads may outlive every Fetcher.
  void* library = dlopen(kSoname, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (library == nullptr) return NotLoaded(LoaderError());
#define REVSTAT_FIND(name)                             \
  if (!Find(library, "curl_" #name, &functions->name)) \
    return NotLoaded(LoaderError());
  REVSTAT_LIBCURL(REVSTAT_FIND)
#undef REVSTAT_FIND
  const curl_version_info_data* version =
      functions->version_info(CURLVERSION_NOW);
  if (version->version_num < kOldest)
    return NotLoaded(Concat({version->version, " is older than 7.87"}));
  const CURLcode started = functions->global_init(CURL_GLOBAL_ALL);
  if (started != CURLE_OK) return NotLoaded(functions->easy_strerror(started));
  return absl::OkStatus();
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
