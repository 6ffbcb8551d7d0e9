// From what a caller holds (a certificate, a digest, a typed name) to the
// issuer in a snapshot.
#ifndef REVSTAT_ENGINE_CHECK_ISSUER_RESOLVER_H_
#define REVSTAT_ENGINE_CHECK_ISSUER_RESOLVER_H_

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/check/checker.h"
#include "engine/snapshot/snapshot.h"
#include "engine/x509/certificate.h"

namespace revstat {

// Remembers what it has resolved: the certificates of a batch mostly share a
// few issuers, and comparing names under RFC 5280 is slow beside a lookup.
// Lifetime: borrows the snapshot. Thread-safety: one thread each. Memory: at
// most kMaxRemembered names of kMaxKeyBytes, three times, and kMaxParts parts
// of coverages.
class IssuerResolver {
 public:
  static constexpr size_t kMaxRemembered = 4096;
  static constexpr size_t kMaxKeyBytes = 4096;  // what is longer is not kept
  static constexpr size_t kMaxParts = size_t{1} << 18;  // of 16 octets

  explicit IssuerResolver(const Snapshot& snapshot) : snapshot_(snapshot) {}

  // The issuer of a certificate, by its issuer name and authorityKeyIdentifier;
  // where CAs of one name remain, by whose key signed it. kUnknownIssuer where
  // none fits. Does not prove that the issuer signed the certificate: that is
  // path validation.
  IssuerId IssuerOf(const CertificateView& certificate);

  // The question to ask about a certificate.
  Question QuestionOf(const CertificateView& certificate) {
    return QuestionOf(certificate, IssuerOf(certificate));
  }
  // The same where the issuer is known, from a path say.
  Question QuestionOf(const CertificateView& certificate, IssuerId issuer);

  // The issuer named in a list: the SHA-256 of its certificate in hexadecimal,
  // or its subject in RFC 4514 form; or, where there is a space behind a comma
  // or around '=', in the order in which OpenSSL prints names as well.
  // kUnknownIssuer, or kAmbiguousIssuer for what several are called, in one
  // order or the other; kBadText for none of these forms.
  absl::StatusOr<IssuerId> IssuerNamed(std::string_view text);
  // Which of these forms a text has.
  static IssuerNaming NamingOf(std::string_view text);
  // An issuer and the other keys that the same CA has had; empty for none of
  // the snapshot. Until the next call.
  std::span<const IssuerId> KeysOf(IssuerId issuer);

 private:
  // By name and key identifiers alone, so kAmbiguousIssuer where they leave a
  // choice.
  IssuerId IssuerByKey(const CertificateView& certificate);
  IssuerId Choose(const CertificateView& certificate);
  // Null where the certificate is as well asked about by its serial alone.
  std::shared_ptr<const Coverage> CoverageOf(const CertificateView& certificate,
                                             IssuerId issuer);
  std::shared_ptr<const Coverage> RememberedCoverageOf(
      const CertificateView& certificate, IssuerId issuer);

  const Snapshot& snapshot_;
  std::string key_;  // its memory is used again
  // Runs of certificates mostly have one issuer.
  std::string last_key_;
  IssuerId last_issuer_ = kUnknownIssuer;
  std::unordered_map<std::string, IssuerId> by_certificate_;
  std::unordered_map<std::string, IssuerId> by_text_;
  std::vector<IssuerId> keys_;  // of the authority that was asked about last
  std::unordered_map<std::string, std::shared_ptr<const Coverage>> coverages_;
  size_t remembered_parts_ = 0;  // of coverages_
  std::string last_coverage_key_;
  std::shared_ptr<const Coverage> last_coverage_;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_CHECK_ISSUER_RESOLVER_H_
