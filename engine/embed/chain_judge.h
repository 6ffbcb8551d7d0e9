// The status of the certificates of a chain that somebody else has built.
#ifndef REVSTAT_ENGINE_EMBED_CHAIN_JUDGE_H_
#define REVSTAT_ENGINE_EMBED_CHAIN_JUDGE_H_

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/check/ocsp_checker.h"
#include "engine/check/path_checker.h"

namespace revstat {

// What a host accepts.
struct RevocationPolicy {
  CheckDepth depth = CheckDepth::kChain;
  UnknownPolicy unknown = UnknownPolicy::kRefuse;
  // How fresh sources must be, and how OCSP counts beside the CRLs. Its
  // lookup.at is set at each verification.
  OcspCheckPolicy evidence;
  // Verified answers that count beside the CRLs and a stapled response, for all
  // certificates; null: none. The host fills it and keeps it fresh, on a thread
  // of its own (OcspClient::Ask, RefreshDue): what is asked here asks nobody.
  std::shared_ptr<const OcspCache> ocsp_cache = nullptr;
};

// The CRL or OCSP response behind a verdict, as values: outlives its snapshot.
struct RevocationSource {
  enum class Kind : uint8_t { kNone, kCrl, kOcsp };
  Kind kind = Kind::kNone;
  std::string issuer;      // of a CRL, RFC 4514
  std::string crl_number;  // of a CRL, hexadecimal; empty where it has none
  Time this_update;
  std::optional<Time> next_update;
  std::optional<Time> invalidity_time;  // of the entry
  Sha256Digest sha256 = {};             // of the whole CRL or response
};

// That of a verdict by CRLs; of kind kNone where no source decided.
RevocationSource SourceOfCrl(const Evidence& evidence);

struct CertificateReport {
  int depth = 0;  // 0: the end entity
  SerialNumber serial;
  // A certificate of its issuer in the snapshot that was asked; absent: none is
  // there, and the status is unknown.
  std::optional<Sha256Digest> issuer_sha256;
  // Its `source` is of that snapshot: see below instead. Of an expired or not
  // yet valid certificate a cause says why its revocation is not known either.
  Verdict verdict;
  RevocationSource source;
};

// What one verification asked and was answered. A value.
struct RevocationReport {
  Time at;  // the time that was asked about
  // The end entity first. Trust anchors above it are not asked about, nor one
  // alone that has signed itself.
  std::vector<CertificateReport> certificates;
};

// Whether the policy lets a certificate with this verdict pass. A certificate
// that demands a stapled response (RFC 7633) and came without one does not.
bool IsAccepted(const RevocationPolicy& policy, const Verdict& verdict);

// A certificate and its issuer's, one DER certificate each; no issuer: it is
// the CA in the snapshot whose key has signed it, as where a chain was accepted
// without an end, or a host trusts the certificate itself.
struct ChainLink {
  Bytes certificate;
  Bytes issuer;
};

// What a server sent along with its certificate, and whether it was asked to.
struct StapledResponse {
  enum class Asked : uint8_t { kNo, kYes };
  Asked asked = Asked::kNo;
  Bytes der;  // one OCSPResponse; empty: none came
};

// Asks for each link, by the CRLs of that very issuer: its certificate, or
// another of the same name and key. CAs that only share a name never mix. The
// stapled response is about the first link. Never fails: what cannot be read is
// unknown, for cause kBadInput. Cost: some microseconds a link, and some more
// with a cache; a signature check for a stapled response. Call it inside a
// SnapshotPublisher::Reader.
RevocationReport JudgeChain(const Snapshot& snapshot,
                            const RevocationPolicy& policy, Time at,
                            std::span<const ChainLink> links,
                            const StapledResponse& stapled = {});

// The same where only the end entity is at hand, as after the resumption of a
// TLS session: its issuers are those that the snapshot knows, found by name and
// key identifier and, where these leave a choice, by signature. It goes up to a
// root, or to a CA that the store trusts and whose issuer it does not know: a
// trusted CA below a known one is asked about.
RevocationReport JudgePeer(const Snapshot& snapshot,
                           const RevocationPolicy& policy, Time at,
                           Bytes certificate);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_EMBED_CHAIN_JUDGE_H_
