// The one writer of a store: what it takes in, what it refuses, and when that
// becomes a new generation.
#ifndef REVSTAT_ENGINE_REFRESH_STORE_UPDATER_H_
#define REVSTAT_ENGINE_REFRESH_STORE_UPDATER_H_

#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/check/store_contents.h"
#include "engine/refresh/held_certificates.h"
#include "engine/refresh/odd_crl.h"
#include "engine/snapshot/vanished.h"
#include "engine/store/generation_word.h"
#include "engine/store/pack_plan.h"
#include "engine/store/staged_file.h"
#include "engine/store/store_writing.h"

namespace revstat {

struct StoreUpdaterOptions {
  IngestOptions ingest;
  uint64_t max_crl_bytes = CrlView::kMaxBytes;
  // A number, or a time where there is none, used again with other octets
  // (kConflictingCrl). Taken in, both are held and a listing in either stands.
  OddCrl conflicting = OddCrl::kReport;
  // A complete CRL with fewer entries than this share of those of the one it
  // replaces, where that has shrink_from entries or more (kShrunk).
  OddCrl shrunk = OddCrl::kReport;
  double shrink_to = 0.5;
  uint64_t shrink_from = 100;
  // Certificates that are known not to have expired and are revoked no longer
  // (kVanished): see FindVanished, and ExpectedCrl::certificates.
  OddCrl vanished = OddCrl::kReport;
  PackLimits packing;
  // Told to whoever finds the store locked: "revstat refresh".
  std::string holder;
};

// What the caller knows of a CRL before it comes; an absent field is not known.
struct ExpectedCrl {
  enum class Kind : uint8_t { kComplete, kDelta };

  std::optional<std::string> issuer;     // CanonicalName
  std::optional<std::string> scope_key;  // CrlScope::Key()
  std::optional<Kind> kind;
  OddRules odd;  // of whoever sends it
  // Whose expiry is known, beside those of the store: one in DER each; others
  // are passed over. Nothing of them is trusted.
  std::vector<std::shared_ptr<const Buffer>> certificates;
};

struct TakeResult {
  enum class Outcome : uint8_t {
    kTaken,       // in the store with the next Commit
    kSameAsHeld,  // these very octets are held
    kRefused,     // not taken; `refusal` says why
  };

  Outcome outcome = Outcome::kRefused;
  absl::Status refusal;
  // What was let pass: kConflictingCrl, kShrunk, kVanished.
  std::vector<absl::Status> odd;
  uint64_t vanished = 0;  // certificates, with kVanished
  // The CRL that is held now; null where it was refused. Its file may be packed
  // and removed soon, and takes room on the disk for as long as this is kept.
  std::shared_ptr<const CrlSource> crl;
  // The newest of the same signer, scope and kind that was held before; null
  // for none.
  std::shared_ptr<const CrlSource> before;
};

// Lifetime: holds the store's lock; the file system outlives it. Thread-safety:
// one thread at a time, but StageFile and the files it gives may be used on any
// thread beside it. Starts no thread that outlives a call. The clock is the
// caller's.
//
// Nothing is in the store before Commit, by which readers see all of it at
// once; when that was OK, all that was taken before survives a power cut.
// Errors of a StatusOr are the disk's (kNotWritable) and damage; after an error
// of Commit nothing more can be done with the object but to end it: opened
// again, the store holds one whole generation, the old or the new.
//
// The folder that is open may be renamed and another put in its place. Then
// nothing more is written, for another process may hold the lock of that one:
// StageFile and Commit fail with kNotWritable, and the path can be opened anew.
class StoreUpdater {
 public:
  // Makes the folder, whose parent must exist, where it is missing. Errors:
  // kStoreLocked, whose message names the holder; those of ReadStore. Reads all
  // octets. Segments, packs and routers that are damaged or missing are set
  // aside or left out (FORMAT.md), for else nothing more could be done with the
  // store: see lost().
  static absl::StatusOr<std::unique_ptr<StoreUpdater>> Open(
      const std::string& folder, const StoreUpdaterOptions& options,
      FileSystem* files = &FileSystem::System());
  // The same, but makes nothing: kNoSuchFile where there is no store. To open
  // one again that was there before: if it is not, somebody is about to put it
  // back, and must not find another in its place.
  static absl::StatusOr<std::unique_ptr<StoreUpdater>> OpenExisting(
      const std::string& folder, const StoreUpdaterOptions& options,
      FileSystem* files = &FileSystem::System());

  // A CA's certificate, one in DER. Vouched for by the operator, or untrusted:
  // then an issuer while a path leads from it to one that is vouched for. The
  // buffer is kept. Adding one again changes nothing, but that the operator's
  // word for it counts from then on. Errors: those of CertificateView, and
  // kBadCertificate where OpenSSL cannot read it.
  absl::Status AddTrusted(std::shared_ptr<const Buffer> certificate);
  absl::Status AddUntrusted(std::shared_ptr<const Buffer> certificate);

  // Takes back what AddTrusted or AddUntrusted gave: with the next Commit the
  // certificate is gone, and an untrusted certificate whose path ended there
  // has none. The CRLs that were verified with it are written anew as those of
  // another certificate of the same name and key, where one is held; else they
  // are gone as well, and what was known of them is forgotten: an older one is
  // taken in then. False where no such certificate is held. After an error, the
  // disk's, Commit fails.
  absl::StatusOr<bool> Withdraw(const Sha256Digest& sha256);
  // Withdraws all certificates but these, and the operator's word for those
  // that are untrusted only.
  absl::Status KeepOnly(
      std::span<const std::shared_ptr<const Buffer>> trusted,
      std::span<const std::shared_ptr<const Buffer>> untrusted);

  // A file of the store to write one CRL into, for Take.
  absl::StatusOr<std::unique_ptr<StagedFile>> StageFile();
  // OK where the folder at this path is the one that was opened; kNotWritable
  // where it is another or none; else why that cannot be told. On any thread.
  absl::Status CheckFolder() const;
  // Whether it is known that it is another or none. On any thread.
  bool IsReplaced() const;

  // Verifies and indexes a CRL, one in DER, where it stands, and puts it beside
  // or in place of what is held. Refused (see TakeResult) with the errors of
  // CrlSource::Ingest, and
  //   kOlderThanHeld   its number or time is before that of one held of the
  //                    same signer, scope and kind, or newer ones say all that
  //                    it does;
  //   kScopeChanged    it is not what the caller expects;
  //   kConflictingCrl, kShrunk, kVanished  where the options say so.
  // Cost: ingest, writing its index, and a SHA-256 of it beside the disk; once
  // in 64 MiB of small CRLs also UpdatePacks.
  absl::StatusOr<TakeResult> Take(std::unique_ptr<StagedFile> staged, Time at,
                                  const ExpectedCrl& expected = {});
  // The same from memory: writes it to a staged file first.
  absl::StatusOr<TakeResult> Take(const Buffer& der, Time at,
                                  const ExpectedCrl& expected = {});

  // Makes all that was taken and added the next generation, wakes the readers,
  // and removes the files that only the last one needed. Validates the
  // untrusted certificates' paths anew where time has changed them. Gives the
  // newest generation's number, which stays where nothing has changed.
  absl::StatusOr<uint64_t> Commit(Time at);

  // Removes what a writer that died has left, but no file that StageFile of
  // this process gave. Open and Commit leave nothing.
  absl::Status Prune();

  uint64_t generation() const { return manifest().generation; }
  // What Open has found damaged or missing: the next Commit is without them,
  // and readers can open the store again.
  std::span<const LostFile> lost() const { return lost_; }
  // The CRLs that the next Commit will hold, and all certificates.
  std::span<const StoredCrl> crls() const { return contents_.crls; }
  std::span<const ManifestCertificate> certificates() const {
    return certificates_.list();
  }
  const StoreFiles& names() const { return names_; }

 private:
  using Group = std::vector<const StoredCrl*>;  // of one signer and scope
  using Sources = std::vector<std::shared_ptr<const CrlSource>>;

  StoreUpdater(const std::string& folder, const StoreUpdaterOptions& options,
               FileSystem* files);
  static absl::StatusOr<std::unique_ptr<StoreUpdater>> OpenFolder(
      const std::string& folder, const StoreUpdaterOptions& options,
      FileSystem* files);
  const Manifest& manifest() const { return contents_.manifest; }
  absl::Status Load();
  absl::Status Salvage();
  absl::Status Add(std::shared_ptr<const Buffer> certificate,
                   HeldCertificates::Trust trust);
  absl::Status Remove(const std::set<Sha256Digest>& gone);
  absl::StatusOr<StoredCrl> Attribute(const StoredCrl& crl,
                                      const Sha256Digest& signer);
  void Note(HeldCertificates::Outcome outcome);
  void Validate(Time at);
  void Index(const StoredCrl& crl);
  std::string GroupKeyOf(const CrlView& crl, const Sha256Digest& signer) const;
  Group GroupOf(const std::string& key) const;
  const StoredCrl* FindSame(const CrlView& crl) const;
  absl::Status CheckOdd(const std::shared_ptr<const CrlSource>& source,
                        const Sources& held, const ExpectedCrl& expected,
                        TakeResult* result) const;
  Vanished FindVanishedBeside(const std::shared_ptr<const CrlSource>& source,
                              const Sources& held,
                              const ExpectedCrl& expected) const;
  absl::StatusOr<StoredCrl> Write(std::unique_ptr<StagedFile> staged,
                                  const CrlSource& source,
                                  const Sha256Digest& signer, Time at);
  void PackAnew(Time at);
  absl::Status SyncFiles();
  void Discard(const std::string& path);
  absl::Status RouteAnew();
  absl::StatusOr<uint64_t> WriteGeneration(Time at);
  void DropSuperseded(const std::string& group_key, Time at);
  void Drop(const std::set<uint64_t>& ids);

  const StoreFiles names_;
  const StoreUpdaterOptions options_;
  FileSystem* const files_;
  StoreLock lock_;
  std::optional<GenerationWord> word_;
  StoreContents contents_;
  std::vector<LostFile> lost_;
  HeldCertificates certificates_;  // of the next manifest
  // Numbers of the segments of one signer and scope.
  std::unordered_map<std::string, std::vector<uint64_t>> groups_;
  std::vector<std::string> dropped_;  // to be removed after the next Commit
  // Segments that no manifest names yet, to be synced before one does.
  std::set<std::string> unsynced_;
  uint64_t bytes_since_packing_ = 0;  // of small segments, since PackAnew
  Time pack_from_;                    // after a failure: not before this
  bool has_changed_ = false;
  bool has_new_segments_ = false;
  bool has_failed_ = false;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_STORE_UPDATER_H_
