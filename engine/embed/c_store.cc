#include "engine/embed/c_store.h"

#include <optional>
#include <utility>

using revstat::FromUnix;
using revstat::c::Fail;
using revstat::c::Guarded;
using revstat::c::Refuse;

namespace {

constexpr uint32_t kPolicyFlags =
    REVSTAT_ACCEPT_UNKNOWN | REVSTAT_IGNORE_NEXT_UPDATE | REVSTAT_ALLOW_SHA1 |
    REVSTAT_ALL_PARTITIONS_HELD;
constexpr int64_t kMaxClockSkew = 86400;

// As large as the structure was in its first version.
constexpr size_t kFirstPolicySize =
    offsetof(revstat_policy, short_lived) + sizeof(int64_t);

revstat_policy Defaults() {
  revstat_policy policy = {};
  policy.max_age = -1;
  policy.short_lived = -1;
  return policy;
}

revstat_error ReadPolicy(const revstat_policy* given, revstat_policy* policy) {
  *policy = Defaults();
  const revstat_error error =
      revstat::c::ReadStruct(given, kFirstPolicySize, policy);
  if (error != REVSTAT_OK) return error;
  if ((policy->flags & ~kPolicyFlags) != 0)
    return Refuse("a flag of the policy");
  if (policy->clock_skew < 0 || policy->clock_skew > kMaxClockSkew)
    return Refuse("clock_skew");
  const auto is_limit = [](int64_t seconds) {
    return seconds >= -1 && seconds <= revstat::c::kMaxSeconds;
  };
  if (!is_limit(policy->max_age)) return Refuse("max_age");
  if (!is_limit(policy->short_lived)) return Refuse("short_lived");
  return REVSTAT_OK;
}

revstat::EvidencePolicy EvidencePolicyOf(const revstat_policy& policy,
                                         int64_t at) {
  using std::chrono::seconds;
  revstat::EvidencePolicy evidence;
  revstat::LookupPolicy& lookup = evidence.lookup;
  lookup.at = FromUnix(at);
  lookup.clock_skew = seconds(policy.clock_skew);
  if (policy.max_age >= 0) lookup.max_age = seconds(policy.max_age);
  if (policy.short_lived >= 0) lookup.short_lived = seconds(policy.short_lived);
  if ((policy.flags & REVSTAT_IGNORE_NEXT_UPDATE) != 0)
    lookup.next_update = revstat::NextUpdatePolicy::kIgnore;
  if ((policy.flags & REVSTAT_ALLOW_SHA1) != 0)
    evidence.ingest.signature.weak_digest = revstat::WeakDigest::kAllowSha1;
  if ((policy.flags & REVSTAT_ALL_PARTITIONS_HELD) != 0)
    evidence.partitions = revstat::Partitions::kAllHeld;
  return evidence;
}

}  // namespace

void revstat_policy_init(revstat_policy* policy, size_t size) {
  revstat::c::InitStruct(Defaults(), size, policy);
}

int revstat_accepts(const revstat_policy* policy,
                    const revstat_result* result) {
  revstat_policy read;
  if (result == nullptr || ReadPolicy(policy, &read) != REVSTAT_OK) return 0;
  if (result->status == REVSTAT_ACTIVE) return 1;
  return result->status == REVSTAT_UNKNOWN &&
         (read.flags & REVSTAT_ACCEPT_UNKNOWN) != 0 &&
         result->cause != static_cast<int32_t>(revstat::Cause::kLeftBehind);
}

revstat_error revstat_store_open(const char* folder,
                                 const revstat_policy* policy, int64_t at,
                                 revstat_store** store) {
  if (store == nullptr) return Refuse("store");
  *store = nullptr;
  if (folder == nullptr) return Refuse("folder");
  if (!revstat::c::IsTime(at)) return Refuse("at");
  revstat_policy read;
  const revstat_error error = ReadPolicy(policy, &read);
  if (error != REVSTAT_OK) return error;
  return Guarded([&]() -> revstat_error {
    const revstat::EvidencePolicy evidence = EvidencePolicyOf(read, at);
    auto reader = revstat::StoreReader::Open(folder, evidence);
    if (!reader.ok()) return Fail(reader.status());
    auto opened = std::make_unique<revstat_store>();
    opened->reader = *std::move(reader);
    opened->lookup = evidence.lookup;
    *store = opened.release();
    return REVSTAT_OK;
  });
}

revstat_error revstat_store_update(revstat_store* store, int64_t at) {
  if (store == nullptr) return Refuse("store");
  if (!revstat::c::IsTime(at)) return Refuse("at");
  if (store->is_forked()) return revstat::c::IsForked();
  return Guarded([&]() -> revstat_error {
    const auto outcome = store->reader->Update(FromUnix(at));
    return outcome.ok() ? REVSTAT_OK : Fail(outcome.status());
  });
}

revstat_error revstat_store_follow(revstat_store* store, revstat_clock clock,
                                   void* context) {
  if (store == nullptr) return Refuse("store");
  if (store->is_forked()) return revstat::c::IsForked();
  return Guarded([&]() -> revstat_error {
    const std::lock_guard<std::mutex> turn(store->starting);
    if (store->watcher != nullptr) return REVSTAT_OK;
    revstat::StoreWatcherOptions options;
    options.now = [clock, context] {
      return revstat::c::TimeBy(clock, context);
    };
    const revstat::c::SignalsBlocked blocked;
    store->watcher = std::make_unique<revstat::StoreWatcher>(
        store->reader.get(), std::move(options));
    store->watcher_process.store(getpid(), std::memory_order_relaxed);
    return REVSTAT_OK;
  });
}

uint64_t revstat_store_generation(const revstat_store* store) {
  return store == nullptr ? 0 : store->reader->generation();
}

void revstat_store_close(revstat_store* store) {
  // In a child of fork there is no thread to wait for, and no telling which
  // locks it held: the memory is left to the end of the process.
  if (store == nullptr || store->is_forked()) return;
  delete store;
}
