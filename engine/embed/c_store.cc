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

revstat::EvidencePolicy EvidencePolicyOf(const revstat_policy& policy,
                                         int64_t at) {
  revstat::EvidencePolicy evidence;
  evidence.lookup = revstat::c::LookupPolicyOf(policy);
  evidence.lookup.at = FromUnix(at);
  if ((policy.flags & REVSTAT_ALLOW_SHA1) != 0)
    evidence.ingest.signature.weak_digest = revstat::WeakDigest::kAllowSha1;
  if ((policy.flags & REVSTAT_ALL_PARTITIONS_HELD) != 0)
    evidence.partitions = revstat::Partitions::kAllHeld;
  return evidence;
}

constexpr size_t kFirstFollowSize =
    offsetof(revstat_follow_options, context) + sizeof(void*);

revstat::StoreWatcherOptions WatcherOptionsOf(
    const revstat_follow_options& given, const revstat::StoreReader& reader) {
  using Outcome = revstat::StoreReader::Outcome;
  revstat::StoreWatcherOptions options;
  options.now = [given] {
    return revstat::c::TimeBy(given.clock, given.context);
  };
  options.notify = [given, &reader](const absl::StatusOr<Outcome>& outcome) {
    if (outcome.ok() && given.on_published != nullptr)
      given.on_published(given.context, reader.generation());
    if (!outcome.ok() && given.on_failure != nullptr) {
      const revstat_error error = Fail(outcome.status());
      given.on_failure(given.context, error, revstat_last_error());
    }
  };
  return options;
}

// True where it starts to be followed by this.
bool Follow(const revstat_follow_options& options, revstat_store* store) {
  const std::lock_guard<std::mutex> turn(store->starting);
  if (store->watcher != nullptr) return false;
  const revstat::c::SignalsBlocked blocked;
  // First: a child forked from now on has no such thread.
  const pid_t before =
      store->watcher_process.exchange(getpid(), std::memory_order_relaxed);
  try {
    store->watcher = std::make_unique<revstat::StoreWatcher>(
        store->reader.get(), WatcherOptionsOf(options, *store->reader));
  } catch (...) {
    store->watcher_process.store(before, std::memory_order_relaxed);
    throw;
  }
  return true;
}

}  // namespace

namespace revstat::c {

revstat_error ReadPolicy(const revstat_policy* given, revstat_policy* policy) {
  *policy = Defaults();
  const revstat_error error = ReadStruct(given, kFirstPolicySize, policy);
  if (error != REVSTAT_OK) return error;
  if ((policy->flags & ~kPolicyFlags) != 0)
    return Refuse("a flag of the policy");
  if (policy->clock_skew < 0 || policy->clock_skew > kMaxClockSkew)
    return Refuse("clock_skew");
  const auto is_limit = [](int64_t seconds) {
    return seconds >= -1 && seconds <= kMaxSeconds;
  };
  if (!is_limit(policy->max_age)) return Refuse("max_age");
  if (!is_limit(policy->short_lived)) return Refuse("short_lived");
  return REVSTAT_OK;
}

LookupPolicy LookupPolicyOf(const revstat_policy& policy) {
  using std::chrono::seconds;
  LookupPolicy lookup;
  lookup.clock_skew = seconds(policy.clock_skew);
  if (policy.max_age >= 0) lookup.max_age = seconds(policy.max_age);
  if (policy.short_lived >= 0) lookup.short_lived = seconds(policy.short_lived);
  if ((policy.flags & REVSTAT_IGNORE_NEXT_UPDATE) != 0)
    lookup.next_update = NextUpdatePolicy::kIgnore;
  return lookup;
}

}  // namespace revstat::c

void revstat_policy_init(revstat_policy* policy, size_t size) {
  revstat::c::InitStruct(Defaults(), size, policy);
}

int revstat_accepts(const revstat_policy* policy,
                    const revstat_result* result) {
  revstat_policy read;
  if (result == nullptr || revstat::c::ReadPolicy(policy, &read) != REVSTAT_OK)
    return 0;
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
  const revstat_error error = revstat::c::ReadPolicy(policy, &read);
  if (error != REVSTAT_OK) return error;
  return Guarded([&]() -> revstat_error {
    const revstat::EvidencePolicy evidence = EvidencePolicyOf(read, at);
    auto reader = revstat::StoreReader::Open(folder, evidence);
    if (!reader.ok()) return Fail(reader.status());
    auto opened = std::make_unique<revstat_store>();
    opened->reader = *std::move(reader);
    opened->policy = read;
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
  revstat_follow_options options = {};
  options.clock = clock;
  options.context = context;
  return Guarded([&]() -> revstat_error {
    Follow(options, store);
    return REVSTAT_OK;
  });
}

void revstat_follow_options_init(revstat_follow_options* options, size_t size) {
  revstat::c::InitStruct(revstat_follow_options{}, size, options);
}

revstat_error revstat_store_follow_with(revstat_store* store,
                                        const revstat_follow_options* options) {
  if (store == nullptr) return Refuse("store");
  revstat_follow_options read = {};
  const revstat_error error =
      revstat::c::ReadStruct(options, kFirstFollowSize, &read);
  if (error != REVSTAT_OK) return error;
  if (read.flags != 0) return Refuse("a flag of the options");
  if (store->is_forked()) return revstat::c::IsForked();
  return Guarded([&]() -> revstat_error {
    if (Follow(read, store)) return REVSTAT_OK;
    return Fail(REVSTAT_INVALID_ARGUMENT, "the store is followed already");
  });
}

uint64_t revstat_store_generation(const revstat_store* store) {
  return store == nullptr ? 0 : store->reader->generation();
}

void revstat_store_close(revstat_store* store) {
  // In a child of fork there is no thread to wait for, and no telling which
  // locks it held: the memory is left to the end of the process.
  if (store == nullptr || store->is_forked()) return;
  store->watcher.reset();
  store->reader->SetKeeper(revstat::SnapshotPublisher::Keeper::kNobody);
  delete store;
}
