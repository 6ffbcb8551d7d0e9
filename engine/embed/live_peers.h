// Which established connections a new generation puts an end to.
#ifndef REVSTAT_ENGINE_EMBED_LIVE_PEERS_H_
#define REVSTAT_ENGINE_EMBED_LIVE_PEERS_H_

#include <array>
#include <cstdint>
#include <functional>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "engine/embed/chain_judge.h"
#include "engine/snapshot/publisher.h"

namespace revstat {

// A table of peers, each with what the host knows it by and the certificates
// that a RevocationReport names. After each generation, ForEachListed says whom
// to cut: call it from WatchStore's on_published, or wherever the host
// publishes.
//
// Nobody slips through between the two: a peer whose verification saw the
// generation before either is in the table when ForEachListed looks, or Add
// sees the new one and says so.
//
// Thread-safety: all of it on any number of threads; a lock for each 64th of
// the table, held while that part is gone through. A fork meanwhile leaves the
// child's copy unusable: make one in each worker. Memory: at most `max_peers`,
// some 100 octets each and 56 for each certificate. Cost: Add a lookup;
// ForEachListed some tenths of a microsecond a certificate.
class LivePeers {
 public:
  // A descriptor, say, or a number that the host gives out. Of one peer at a
  // time.
  using Token = uint64_t;

  explicit LivePeers(size_t max_peers)
      : max_per_part_(max_peers / kParts + 1) {}

  enum class Added : uint8_t {
    kLive,
    kListed,  // revoked or on hold by now, and not in the table: cut it
    kFull,    // not in the table: cut it, or let it go unwatched
  };
  // `report` is RevocationReportOf the connection, `at` the host's time. A peer
  // that had this token before is forgotten.
  Added Add(Token token, const RevocationReport& report,
            const SnapshotPublisher& snapshots, Time at);
  // When the connection is closed, and before its token names another one.
  void Remove(Token token);

  // Calls cut(token) for each peer of which a certificate is revoked or on hold
  // by the newest snapshot, be it from a later time on, in no order; for all
  // where the publisher is left behind (SnapshotPublisher::is_left_behind). A
  // part of the table is locked meanwhile, so that Remove waits and the token
  // still names that peer; so `cut` does not wait and calls nothing of this
  // table: it shuts a socket down, say, and whoever serves that removes the
  // peer.
  void ForEachListed(const SnapshotPublisher& snapshots, Time at,
                     const std::function<void(Token)>& cut) const;

  size_t size() const;

 private:
  static constexpr size_t kParts = 64;
  struct Certificate {
    Sha256Digest issuer;
    SerialNumber serial;
  };
  using Certificates = std::vector<Certificate>;
  struct Part {
    mutable std::mutex mutex;
    std::unordered_map<Token, Certificates> peers;
  };

  Part& PartOf(Token token) {
    // Fibonacci hashing: descriptors are small and close together.
    return parts_[(token * 0x9E3779B97F4A7C15) >> 58];
  }

  const size_t max_per_part_;
  std::array<Part, kParts> parts_;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_EMBED_LIVE_PEERS_H_
