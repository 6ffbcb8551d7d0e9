// Answers of an OcspCache: what their signers have come to since they were
// kept.
#include <gtest/gtest.h>

#include "engine/check/ocsp_cache_file.h"
#include "tests/check/ocsp_asked.h"
#include "tests/support/fault_server.h"

namespace revstat::test {
namespace {

// The cache that a client which accepts unchecked signers fills.
std::unique_ptr<OcspCache> CacheOf(const Octets& response,
                                   OcspVerifierOptions options = {}) {
  auto cache = std::make_unique<OcspCache>();
  OcspVerifier verifier(std::move(options));
  const auto view = *OcspResponseView::Parse(response);
  const auto verified = verifier.Verify(view, OcspWorld().Issuer(),
                                        WorldQuestion(), AtWorldTime());
  EXPECT_TRUE(verified.ok()) << verified.status();
  const OcspIssuer issuer = OcspWorld().Issuer();
  cache->Put(
      {WorldQuestion().serial,
       cache->AddIssuer(OcspIssuerIdentity(issuer.certificate()))},
      OcspAnswer::Of(*verified, std::chrono::seconds(0), BufferOf(response)),
      kWorldTime);
  return cache;
}

std::string AskKept(const Snapshot& snapshot, const OcspCache& cache,
                    const OcspCheckPolicy& policy,
                    const std::vector<Octets>& responses = {}) {
  OcspSet set;
  for (const Octets& response : responses)
    EXPECT_TRUE(set.Add(BufferOf(response)).ok());
  set.UseCache(std::make_shared<const CachedOcsp>(cache, snapshot));
  const auto checker = *OcspChecker::Create(snapshot, set, policy);
  const Verdict verdict = checker->Ask(WorldCertificate(), {});
  std::string text(NameOf(verdict.status));
  if (verdict.cause != Cause::kNone)
    text += Concat({" ", NameOf(verdict.cause)});
  return text;
}

CertificateText DelegateWith(const std::vector<Octets>& extensions) {
  CertificateText text = OcspWorld().DelegateText();
  text.extensions = extensions;
  return text;
}

// The same bytes read from a file, and out of the cache.
TEST(OcspKeptSigner, unknown_and_active_as_of_a_file) {
  const OcspWorld world;
  const Octets nocheck = world.ByDelegate(world.Response());
  const Octets checked = world.ByDelegate(
      world.Response(), DelegateWith({KeyPurposes({kOcspSigningOid})}));
  const Octets by_ca = world.ByCa(world.Response());
  const auto none = SnapshotWith({});
  const auto listed = SnapshotWith({CrlListing("0d")});
  const auto absent = SnapshotWith({CrlListing("0456")});
  struct Case {
    const Octets& response;
    const Snapshot& snapshot;
    const char* expected;
  };
  for (const Case& c : std::initializer_list<Case>{
           {nocheck, *listed, "unknown responder_revoked"},
           {nocheck, *absent, "active"},
           {nocheck, *none, "active"},
           {checked, *listed, "unknown responder_revoked"},
           {checked, *absent, "active"},
           {checked, *none, "unknown responder_unchecked"},
           {by_ca, *listed, "active"}}) {
    const auto policy = PolicyOf(SourcePolicy::kOcspOnly);
    EXPECT_EQ(Ask(c.snapshot, {c.response}, policy).text, c.expected);
    EXPECT_EQ(AskKept(c.snapshot, *CacheOf(c.response), policy), c.expected);
  }
  OcspCheckPolicy accepting = PolicyOf(SourcePolicy::kOcspOnly);
  accepting.unchecked_signer = UncheckedSigner::kAccept;
  EXPECT_EQ(AskKept(*none, *CacheOf(checked), accepting), "active");
  EXPECT_EQ(AskKept(*listed, *CacheOf(checked), accepting),
            "unknown responder_revoked");
}

TEST(OcspKeptSigner, unknown_where_another_response_lists_the_delegate) {
  const OcspWorld world;
  SingleText single;
  single.cert_id = CertIdFor("SHA1", CommonName("Test CA"), world.ca.key.Spki(),
                             IntegerOf("0d"))
                       .Der();
  single.status = Revoked();
  ResponseText about;
  about.responses = {single.Der()};
  EXPECT_EQ(
      AskKept(*SnapshotWith({}), *CacheOf(world.ByDelegate(world.Response())),
              PolicyOf(SourcePolicy::kOcspOnly), {world.ByCa(about)}),
      "unknown responder_revoked");
}

// The response's nextUpdate is the 20th.
TEST(OcspKeptSigner, stale_and_expired_once_the_signer_has_ended) {
  const OcspWorld world;
  CertificateText delegate = world.DelegateText();
  delegate.not_after = UtcTime("260116000000Z");
  const auto by_delegate =
      CacheOf(world.ByDelegate(world.Response(), delegate));
  OcspCheckPolicy policy = PolicyOf(SourcePolicy::kOcspOnly);
  const auto none = SnapshotWith({});
  LookupPolicy lookup;
  const OcspCacheKey key{WorldQuestion().serial, 0};
  lookup.at = *ParseTime("2026-01-16");
  EXPECT_EQ(by_delegate->Lookup(lookup, key).status, Status::kActive);
  lookup.at += std::chrono::seconds(1);
  EXPECT_EQ(by_delegate->Lookup(lookup, key).cause, Cause::kStale);
  policy.lookup = lookup;
  EXPECT_EQ(AskKept(*none, *by_delegate, policy), "unknown stale");
  // The clocks' difference is none of a certificate's end.
  policy.lookup.clock_skew = std::chrono::minutes(5);
  EXPECT_EQ(AskKept(*none, *by_delegate, policy), "unknown responder_expired");
  // What it has listed stays listed.
  EXPECT_EQ(
      AskKept(*none,
              *CacheOf(world.ByDelegate(world.Response(Revoked()), delegate)),
              policy),
      "revoked");
}

TEST(OcspKeptSigner, stale_once_a_trusted_responder_has_ended) {
  const OcspWorld world;
  CertificateText certificate = world.DelegateText();
  certificate.issuer = CommonName("Elsewhere");
  certificate.not_after = UtcTime("260116000000Z");
  const auto der = BufferOf(world.ca.key.Signed(certificate, world.ca.form));
  ResponseText text = world.Response();
  text.responder = ByName(certificate.subject);
  const Octets response = OcspWorld::Signed(text, world.delegate);
  OcspVerifier verifier;
  ASSERT_TRUE(verifier.AddTrustedResponder(der).ok());
  const auto verified =
      verifier.Verify(*OcspResponseView::Parse(response), world.Issuer(),
                      WorldQuestion(), AtWorldTime());
  ASSERT_TRUE(verified.ok()) << verified.status();
  const OcspAnswer answer =
      OcspAnswer::Of(*verified, std::chrono::seconds(0), BufferOf(response));
  EXPECT_EQ(FormatTime(answer.until), "2026-01-16T00:00:00Z");
  EXPECT_EQ(answer.delegate, nullptr);
}

TEST(OcspKeptSigner, unknown_after_a_restart_as_before) {
  const OcspWorld world;
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/ocsp.cache";
  const auto cache = CacheOf(world.ByDelegate(world.Response()));
  ASSERT_TRUE(SaveOcspCache(*cache, path, {}, kWorldTime).ok());
  OcspCache next;
  ASSERT_TRUE(LoadOcspCache(path, {{}, kWorldTime}, &next).ok());
  const auto policy = PolicyOf(SourcePolicy::kOcspOnly);
  EXPECT_EQ(AskKept(*SnapshotWith({CrlListing("0d")}), next, policy),
            "unknown responder_revoked");
  EXPECT_EQ(AskKept(*SnapshotWith({}), next, policy), "active");
}

TEST(OcspDelegates, good_each_certificate_once_and_no_longer_than_it_is_held) {
  OcspDelegates delegates;
  EXPECT_EQ(delegates.Hold(nullptr), OcspDelegates::kNone);
  EXPECT_EQ(delegates.At(OcspDelegates::kNone), nullptr);
  auto first = Buffer::FromVector({1});
  const std::weak_ptr<const Buffer> watched = first;
  const auto number = delegates.Hold(std::move(first));
  EXPECT_EQ(delegates.Hold(Buffer::FromVector({1})), number);
  const auto second = delegates.Hold(Buffer::FromVector({2}));
  EXPECT_NE(second, number);
  delegates.Release(number);
  EXPECT_FALSE(watched.expired());
  delegates.Release(number);
  EXPECT_TRUE(watched.expired());
  EXPECT_EQ(delegates.Hold(Buffer::FromVector({3})), number);
  EXPECT_EQ(delegates.At(number)->bytes()[0], 3);
  EXPECT_EQ(delegates.At(second)->bytes()[0], 2);
  // No room: the caller is told.
  for (uint32_t i = 2; i < OcspDelegates::kNone; ++i) {
    ASSERT_NE(delegates.Hold(Buffer::FromVector(
                  {0, static_cast<uint8_t>(i >> 8), static_cast<uint8_t>(i)})),
              OcspDelegates::kNone);
  }
  EXPECT_EQ(delegates.Hold(Buffer::FromVector({4})), OcspDelegates::kNone);
}

}  // namespace
}  // namespace revstat::test
