#include "engine/index/crl_index.h"

#include <algorithm>
#include <deque>
#include <unordered_map>
#include <utility>

#include "engine/base/error.h"
#include "engine/index/serial_set_builder.h"
#include "engine/x509/distribution_point.h"

namespace revstat {
namespace {

// Octets of a usual entry, to size the index before the entries are counted.
constexpr uint64_t kUsualEntrySize = 36;

// The directory names in certificateIssuer (RFC 5280 5.3.3).
struct IssuerNames {
  std::string first;  // its CanonicalName; empty when there is none
  size_t count = 0;
};
IssuerNames DirectoryNamesIn(Bytes general_names) {
  IssuerNames names;
  ForEachGeneralName(general_names, [&](const der::Element& name) {
    if (name.tag != kDirectoryName || ++names.count > 1) return;
    der::Trace trace(name.value);
    der::Cursor cursor(name.value, &trace);
    names.first = CanonicalName(NameView::Read(cursor, "certificateIssuer"));
  });
  return names;
}

class CrlIndexer {
 public:
  CrlIndexer(const CrlView& crl, const HashKey& key, const IndexLimits& limits)
      : crl_(crl),
        key_(key),
        limits_(limits),
        own_name_(CanonicalName(crl.issuer())) {
    names_.emplace(own_name_, 0);
    ordered_.push_back(own_name_);
    builders_.emplace_back(key_, crl.entries().size() / kUsualEntrySize);
  }

  absl::StatusOr<CrlIndex> Run() {
    CrlEntryReader reader(crl_);
    for (;;) {
      AddUsualEntries(&reader);
      if (!reader.Next()) break;
      const ParseError error = Add(reader.entry());
      if (!error.ok()) return ToStatus(error);
    }
    if (!reader.error().ok()) return ToStatus(reader.error());
    return Finish();
  }

 private:
  // Takes entries up to the first that is not of the usual form. All but a few
  // entries of real CRLs pass here and only here.
  void AddUsualEntries(CrlEntryReader* entries) {
    CrlEntryReader reader = *entries;  // a copy, to be kept in registers
    SerialSetBuilder& builder = builders_[current_];
    const uint64_t most = limits_.max_entries - statistics_.entries;
    uint64_t count = 0;
    std::array<uint64_t, 16> by_reason = {};
    int64_t oldest = ToUnix(oldest_);
    int64_t newest = ToUnix(newest_);
    for (; count < most; ++count) {
      const uint32_t offset = reader.next_offset();
      const bool is_usual = reader.NextUsual([&](const UsualEntry& entry) {
        ++by_reason[entry.reason % by_reason.size()];
        oldest = std::min(oldest, entry.revocation_seconds);
        newest = std::max(newest, entry.revocation_seconds);
        builder.Add(entry.serial_words(), offset);
      });
      if (!is_usual) break;
    }
    *entries = reader;
    statistics_.entries += count;
    constexpr size_t kNoReason =
        static_cast<size_t>(ReasonCode::kAbsent) % by_reason.size();
    statistics_.without_reason += by_reason[kNoReason];
    for (size_t i = 0; i < statistics_.by_reason.size(); ++i)
      statistics_.by_reason[i] += by_reason[i];
    oldest_ = FromUnix(oldest);
    newest_ = FromUnix(newest);
  }

  ParseError Add(const CrlEntry& entry) {
    if (!entry.certificate_issuer.empty()) {
      const ParseError error = ChangeIssuer(entry);
      if (!error.ok()) return error;
    }
    if (entry.reason == ReasonCode::kRemoveFromCrl && !crl_.is_delta()) {
      return {ErrorCode::kExtensionNotAllowed, entry.offset,
              "reasonCode removeFromCRL"};
    }
    if (++statistics_.entries > limits_.max_entries) {
      return {ErrorCode::kTooMany, entry.offset, "revokedCertificates"};
    }
    Count(entry);
    builders_[current_].Add(entry.serial.Words(), entry.offset);
    return {};
  }

  // 5.3.3: an entry without certificateIssuer has that of the one before it.
  ParseError ChangeIssuer(const CrlEntry& entry) {
    if (!crl_.is_indirect()) {
      return {ErrorCode::kExtensionNotAllowed, entry.offset,
              "certificateIssuer"};
    }
    IssuerNames names = DirectoryNamesIn(entry.certificate_issuer);
    if (names.count == 0)
      return {ErrorCode::kUnexpectedTag, entry.offset, "certificateIssuer"};
    // One of several is the certificate's issuer field, the others are its
    // alternative names. We take the first, and where that may be the wrong one
    // nothing follows from what this CRL does not list.
    if (names.count > 1) NoteUnsupported(entry.offset);
    const auto [position, is_new] =
        names_.try_emplace(std::move(names.first), builders_.size());
    if (is_new) {
      if (names_.size() > limits_.max_certificate_issuers) {
        return {ErrorCode::kTooMany, entry.offset, "certificateIssuer"};
      }
      ordered_.push_back(position->first);
      builders_.emplace_back(key_, 0);
    }
    current_ = position->second;
    return {};
  }

  void Count(const CrlEntry& entry) {
    if (entry.reason == ReasonCode::kAbsent) {
      ++statistics_.without_reason;
    } else {
      ++statistics_.by_reason[static_cast<size_t>(entry.reason)];
    }
    oldest_ = std::min(oldest_, entry.revocation_date);
    newest_ = std::max(newest_, entry.revocation_date);
    if (entry.extensions == EntryExtensions::kUnsupportedCritical)
      NoteUnsupported(entry.offset);
  }

  void NoteUnsupported(uint32_t offset) {
    if (!statistics_.unsupported_entry.has_value())
      statistics_.unsupported_entry = offset;
  }

  CrlIndex Finish() {
    CrlIndex result;
    for (size_t i = 0; i < builders_.size(); ++i) {
      SerialSetBuilder::Result built = std::move(builders_[i]).Build(crl_);
      statistics_.duplicates += built.duplicates;
      result.issuers.push_back(
          {std::move(ordered_[i]), std::move(built.index)});
    }
    if (statistics_.entries > 0) {
      statistics_.oldest_revocation = oldest_;
      statistics_.newest_revocation = newest_;
    }
    result.statistics = statistics_;
    return result;
  }

  const CrlView& crl_;
  const HashKey key_;
  const IndexLimits limits_;
  const std::string own_name_;
  std::unordered_map<std::string, size_t> names_;  // to positions below
  std::vector<std::string> ordered_;
  std::deque<SerialSetBuilder> builders_;
  size_t current_ = 0;
  CrlStatistics statistics_;
  Time oldest_ = Time::max();
  Time newest_ = Time::min();
};

}  // namespace

absl::StatusOr<CrlIndex> IndexCrl(const CrlView& crl, const HashKey& key,
                                  const IndexLimits& limits) {
  return CrlIndexer(crl, key, limits).Run();
}

}  // namespace revstat
