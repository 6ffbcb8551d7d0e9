// The table of live peers in the C interface.
#include <memory>
#include <utility>

#include "engine/embed/c_store.h"
#include "engine/embed/live_peers.h"
#include "engine/embed/openssl_hook.h"

using revstat::c::Fail;
using revstat::c::Guarded;
using revstat::c::Refuse;

struct revstat_peers {
  revstat_peers(std::shared_ptr<const revstat::SnapshotPublisher> asked,
                size_t most)
      : snapshots(std::move(asked)), table(most) {}

  const std::shared_ptr<const revstat::SnapshotPublisher> snapshots;
  revstat::LivePeers table;
};

revstat_error revstat_peers_new(const revstat_store* store, size_t most,
                                revstat_peers** peers) {
  if (peers == nullptr) return Refuse("peers");
  *peers = nullptr;
  if (store == nullptr) return Refuse("store");
  return Guarded([&]() -> revstat_error {
    *peers = new revstat_peers(store->snapshots(), most);
    return REVSTAT_OK;
  });
}

revstat_error revstat_peers_add(revstat_peers* peers, uint64_t number,
                                const ssl_st* ssl, int64_t at) {
  if (peers == nullptr) return Refuse("peers");
  if (ssl == nullptr) return Refuse("ssl");
  if (!revstat::c::IsTime(at)) return Refuse("at");
  return Guarded([&]() -> revstat_error {
    using Added = revstat::LivePeers::Added;
    const revstat::RevocationReport* const report =
        revstat::RevocationReportOf(ssl);
    if (report == nullptr || report->certificates.empty()) {
      return Fail(REVSTAT_INVALID_ARGUMENT,
                  "nothing was asked about a peer of this connection");
    }
    if (peers->snapshots->is_left_behind()) return revstat::c::IsForked();
    switch (peers->table.Add(number, *report, *peers->snapshots,
                             revstat::FromUnix(at))) {
      case Added::kLive:
        return REVSTAT_OK;
      case Added::kListed:
        return Fail(REVSTAT_LISTED, "the peer is revoked or on hold by now");
      case Added::kFull:
        break;
    }
    return Fail(REVSTAT_UNAVAILABLE, "the table of peers is full");
  });
}

void revstat_peers_remove(revstat_peers* peers, uint64_t number) {
  if (peers == nullptr) return;
  Guarded([&]() -> revstat_error {
    peers->table.Remove(number);
    return REVSTAT_OK;
  });
}

revstat_error revstat_peers_cut_listed(const revstat_peers* peers, int64_t at,
                                       void (*cut)(void* context,
                                                   uint64_t number),
                                       void* context) {
  if (peers == nullptr) return Refuse("peers");
  if (cut == nullptr) return Refuse("cut");
  if (!revstat::c::IsTime(at)) return Refuse("at");
  return Guarded([&]() -> revstat_error {
    peers->table.ForEachListed(
        *peers->snapshots, revstat::FromUnix(at),
        [cut, context](uint64_t number) { cut(context, number); });
    return REVSTAT_OK;
  });
}

void revstat_peers_free(revstat_peers* peers) { delete peers; }
