#include "engine/refresh/watch_list.h"

#include <algorithm>
#include <set>
#include <utility>

#include "engine/base/error.h"
#include "engine/refresh/fetcher.h"
#include "engine/x509/certificate.h"
#include "engine/x509/distribution_point.h"

namespace revstat {
namespace {

// More than any CA has; certificates may be strangers'.
constexpr size_t kMaxPointsOfBlock = 4096;

class ListMaker {
 public:
  void Add(const IssuerSource& source, size_t issuer) {
    WatchedCrl watched;
    watched.issuer = issuer;
    watched.allowed_issuers = SubjectsOf(source);
    Push(source, watched, CrlKind::kComplete, source.crl_urls);
    Push(source, watched, CrlKind::kDelta, source.delta_urls);
  }

  void Discover(const IssuerSource& source, size_t issuer) {
    if (source.discovery == Discovery::kOff) return;
    WatchedCrl watched;
    watched.issuer = issuer;
    watched.allowed_issuers = SubjectsOf(source);
    watched.origin = WatchedCrl::Origin::kDiscovered;
    size_t points = 0;
    for (const auto* certificates :
         {&source.trusted, &source.untrusted, &source.certificates}) {
      for (const auto& certificate : *certificates) {
        const auto view = CertificateView::Parse(certificate->bytes());
        if (view.ok()) DiscoverIn(source, *view, watched, &points);
      }
    }
  }

  std::vector<WatchedCrl> Take() { return std::move(list_); }

 private:
  static std::vector<std::string> SubjectsOf(const IssuerSource& source) {
    std::set<std::string> names;
    for (const auto* certificates : {&source.trusted, &source.untrusted}) {
      for (const auto& certificate : *certificates) {
        const auto view = CertificateView::Parse(certificate->bytes());
        if (view.ok()) names.insert(CanonicalName(view->subject()));
      }
    }
    return {names.begin(), names.end()};
  }

  void Push(const IssuerSource& source, WatchedCrl watched, CrlKind kind,
            const std::vector<std::string>& urls) {
    watched.kind = kind;
    watched.id = Concat({source.name, "\n", NameOf(kind)});
    for (const std::string& url : urls) {
      if (!known_.insert(url).second) continue;
      watched.urls.push_back(url);
      watched.id += "\n" + url;
    }
    if (!watched.urls.empty()) list_.push_back(std::move(watched));
  }

  // An address that is not allowed stays, for an event to say so.
  static bool IsFetchable(const IssuerSource& source, const std::string& url) {
    const bool is_ascii = std::all_of(
        url.begin(), url.end(), [](char c) { return c > ' ' && c <= '~'; });
    FetchRequest request = RequestFor(source, url);
    request.files = FilePolicy::kRefuse;
    const ErrorCode code = ErrorCodeOf(CheckRequest(request));
    return is_ascii &&
           (code == ErrorCode::kOk || code == ErrorCode::kAddressNotAllowed);
  }

  void DiscoverIn(const IssuerSource& source,
                  const CertificateView& certificate, const WatchedCrl& watched,
                  size_t* points) {
    const Bytes content = certificate.crl_distribution_points();
    der::Trace trace(content);
    der::Cursor cursor(content, &trace);
    while (!cursor.AtEnd() && *points < kMaxPointsOfBlock) {
      const DistributionPoint point = ReadDistributionPoint(cursor);
      ++*points;
      std::vector<std::string> urls;
      ForEachGeneralName(point.name.full_name, [&](const der::Element& name) {
        const std::string url(TextOf(name.value));
        if (name.tag == kUri && IsFetchable(source, url)) urls.push_back(url);
      });
      Push(source, watched, CrlKind::kComplete, urls);
    }
  }

  std::set<std::string> known_;
  std::vector<WatchedCrl> list_;
};

}  // namespace

std::vector<WatchedCrl> MakeWatchList(
    const std::vector<IssuerSource>& issuers) {
  ListMaker maker;
  // What the operator wrote comes first, and keeps his policy for files.
  for (size_t i = 0; i < issuers.size(); ++i) maker.Add(issuers[i], i);
  for (size_t i = 0; i < issuers.size(); ++i) maker.Discover(issuers[i], i);
  return maker.Take();
}

}  // namespace revstat
