#include "engine/embed/live_peers.h"

#include <algorithm>
#include <utility>

namespace revstat {
namespace {

// Of bare serials: of partitions any may list one. A listing from a later time
// on counts too, as it lets nobody in (IsAccepted): nobody asks again before
// the next generation. Where the process is left behind, who is listed cannot
// be told, and everybody may be.
template <class Certificates>
bool IsListed(const Snapshot& snapshot, Time at,
              const Certificates& certificates) {
  if (snapshot.is_left_behind()) return true;
  LookupPolicy policy;
  policy.at = at;
  return std::any_of(
      certificates.begin(), certificates.end(), [&](const auto& certificate) {
        const LookupKey key{certificate.serial,
                            snapshot.IssuerWithCertificate(certificate.issuer),
                            snapshot.tag()};
        const Verdict verdict = snapshot.Lookup(policy, key);
        return verdict.status <= Status::kOnHold ||
               verdict.cause == Cause::kRevokedLater;
      });
}

}  // namespace

LivePeers::Added LivePeers::Add(Token token, const RevocationReport& report,
                                const SnapshotPublisher& snapshots, Time at) {
  Certificates certificates;
  for (const CertificateReport& certificate : report.certificates) {
    // Without an issuer nothing lists it, now or later.
    if (certificate.issuer_sha256.has_value())
      certificates.push_back({*certificate.issuer_sha256, certificate.serial});
  }
  certificates.shrink_to_fit();
  Part& part = PartOf(token);
  {
    const std::lock_guard<std::mutex> lock(part.mutex);
    part.peers.erase(token);
    if (part.peers.size() >= max_per_part_) return Added::kFull;
    part.peers.emplace(token, certificates);
  }
  // Once it is in the table: no generation comes in between.
  const bool is_listed = [&] {
    const SnapshotPublisher::Reader snapshot(snapshots);
    return IsListed(*snapshot, at, certificates);
  }();
  if (!is_listed) return Added::kLive;
  Remove(token);
  return Added::kListed;
}

void LivePeers::Remove(Token token) {
  Part& part = PartOf(token);
  const std::lock_guard<std::mutex> lock(part.mutex);
  part.peers.erase(token);
}

void LivePeers::ForEachListed(const SnapshotPublisher& snapshots, Time at,
                              const std::function<void(Token)>& cut) const {
  std::vector<Token> listed;
  for (const Part& part : parts_) {
    const std::lock_guard<std::mutex> lock(part.mutex);
    listed.clear();
    {
      const SnapshotPublisher::Reader snapshot(snapshots);
      for (const auto& [token, certificates] : part.peers) {
        if (IsListed(*snapshot, at, certificates)) listed.push_back(token);
      }
    }
    for (const Token token : listed) cut(token);
  }
}

size_t LivePeers::size() const {
  size_t size = 0;
  for (const Part& part : parts_) {
    const std::lock_guard<std::mutex> lock(part.mutex);
    size += part.peers.size();
  }
  return size;
}

}  // namespace revstat
