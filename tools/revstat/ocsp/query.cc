// revstat ocsp query: asks responders, and prints what they say.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/refresh/ocsp_client.h"
#include "tools/revstat/check/answer_session.h"
#include "tools/revstat/check/exit_status.h"
#include "tools/revstat/common/policy_options.h"
#include "tools/revstat/ocsp/kept_answers.h"
#include "tools/revstat/ocsp/ocsp_commands.h"

namespace revstat::tool {
namespace {

// Questions that wait inside the client: enough for any --concurrency.
constexpr size_t kMaxPending = 8192;
// Answers in memory: with a file for them all of a run, else what a block of
// rows needs, and some more for those who are asked about again.
constexpr uint32_t kMaxAnswers = uint32_t{1} << 26;
constexpr size_t kMaxUnsaved = 128 * 1024;
constexpr size_t kMaxReported = 10;

struct OcspQueryOptions {
  std::vector<std::string> inputs;
  std::vector<std::string> issuers;
  std::vector<std::string> responders;
  std::vector<std::string> trusted_responders;
  std::string cache_file;
  OcspCacheUse cache_use = OcspCacheUse::kFirst;
  OcspClientOptions client;
  WeakDigest weak_digest = WeakDigest::kRefuse;
  UnknownPolicy unknown = UnknownPolicy::kRefuse;
  int64_t clock_skew = 300;
  int64_t max_age = -1;
  int64_t lifetime = 300;
  int64_t timeout = 10;
  Format format = Format::kTable;
};

constexpr char kExamples[] = R"(
Asks OCSP responders for the status of certificates and prints it as `revstat
check` does. A response counts if it is authentic and current; every failure has
its own cause. A delegate's own status is not asked.

INPUT is a certificate or a bundle (PEM, DER, PKCS#7), a folder, "-" for standard
input, or a CSV/TSV list whose header names issuer and serial, as in `revstat
check --help`. Each request is about one certificate, so that answers can come
out of caches on the way (RFC 9919); memory does not grow with the list, but for
the answers that --cache keeps (150 octets each, twice while it is written). The
responders are those given with --responder; those that certificates name are
asked only with --certificate-urls. Private and loopback addresses are refused
unless --allow-private is given.

The file of --cache is written at the end, every five minutes, and on SIGINT and
SIGTERM, together with what others have written to it: what was answered is not
asked again by the next run. With --nonce required it does not answer, for what
was kept has another nonce. Who was revoked once, with a reason, stays so in it;
to forget, remove it. Another --trust-responder or --allow-sha1 takes another
file.

Examples:
  revstat ocsp query server.pem --issuer ca.pem --responder http://ocsp.ca.example
  revstat ocsp query server.pem --issuer ca.pem --certificate-urls --format jsonl
  revstat ocsp query list.csv --issuer ca.pem --responder http://ocsp.ca.example \
    --cache ocsp.cache --concurrency 256 --per-host 32 --format csv > result.csv

Exit status: 0 all are active; 1 one is revoked, on hold, expired or not yet
valid; 3 none of these, but one is unknown; 2 wrong usage or unreadable input.)";

int Fail(std::string_view message) {
  Report(message);
  return kExitFailure;
}

Time Now() {
  return std::chrono::floor<std::chrono::seconds>(
      std::chrono::system_clock::now());
}

OcspClientOptions ClientOptionsOf(const OcspQueryOptions& options,
                                  const LoadedEvidence& evidence) {
  OcspClientOptions client = options.client;
  client.clock_skew = std::chrono::seconds(options.clock_skew);
  if (options.max_age >= 0)
    client.max_age = std::chrono::seconds(options.max_age);
  client.lifetime_without_next_update = std::nullopt;
  if (options.lifetime > 0)
    client.lifetime_without_next_update =
        std::chrono::seconds(options.lifetime);
  client.limits.total_time = std::chrono::seconds(options.timeout);
  client.limits.connect_time = client.limits.total_time;
  client.limits.low_speed_time = client.limits.total_time;
  client.deadline = 3 * client.limits.total_time;
  client.verifier.signature.weak_digest = options.weak_digest;
  client.trusted_responders = evidence.trusted_responders;
  return client;
}

// Fills the cache with what the responders say of the inputs' certificates.
class Asking : public Prefetch {
 public:
  Asking(OcspClient* client, OcspCache* cache, const OcspQueryOptions& options)
      : client_(*client), cache_(*cache), options_(options) {}

  absl::Status AddIssuers(const Snapshot& snapshot) {
    for (const Issuer& issuer : snapshot.issuers()) {
      auto prepared = OcspIssuer::Create(issuer.certificates.front());
      if (!prepared.ok()) return prepared.status();
      numbers_.push_back(client_.AddIssuer(
          std::make_shared<const OcspIssuer>(*std::move(prepared)),
          options_.responders));
    }
    return absl::OkStatus();
  }

  void Add(const LookupKey& key, std::vector<std::string> urls) override {
    if (key.issuer >= numbers_.size()) return;  // the result says so
    if (is_at_start_ && options_.cache_file.empty() &&
        cache_.size() > kMaxUnsaved)
      cache_.Clear();
    is_at_start_ = false;
    while (client_.pending() >= kMaxPending) Poll();
    const bool is_named = !urls.empty();
    client_.Ask(
        {key.serial, numbers_[key.issuer]}, std::move(urls), options_.cache_use,
        [this, is_named](const OcspResult& result) { Note(result, is_named); });
  }

  Time Finish() override {
    while (client_.pending() > 0) Poll();
    progress_.Clear();
    is_at_start_ = true;
    return Now();
  }

  // Why there is no answer, and how often, on standard error.
  void ReportFailures() const {
    size_t reported = 0;
    for (const auto& [why, count] : failures_) {
      if (++reported > kMaxReported) {
        Report(Concat({WithCommas(failures_.size() - kMaxReported),
                       " more kinds of failures"}));
        return;
      }
      Report(count == 1
                 ? why
                 : Concat({why, " (", WithCommas(count), " certificates)"}));
    }
  }

 private:
  static constexpr size_t kMaxKinds = 1000;

  void Poll() {
    client_.Poll(std::chrono::milliseconds(100));
    progress_.Update(0, done_);
  }

  std::string ReasonOf(const OcspResult& result, bool is_named) const {
    const ErrorCode code = ErrorCodeOf(result.status);
    if (!result.url.empty())
      return Concat({result.url, ": ", NameOf(code), ": ", MeaningOf(code)});
    if (result.cause != Cause::kNoSource)
      return std::string(MessageOf(result.status));
    return is_named &&
                   options_.client.certificate_urls == CertificateUrls::kIgnored
               ? "no responder is known: --certificate-urls asks the one that "
                 "the certificate names, --responder URL another"
               : "no responder is known: the certificate, or the list, names "
                 "none; --responder URL gives one";
  }

  // `is_named`: the certificate names a responder.
  void Note(const OcspResult& result, bool is_named) {
    ++done_;
    if (result.status.ok()) return;
    std::string why = ReasonOf(result, is_named);
    if (failures_.size() < kMaxKinds || failures_.contains(why))
      ++failures_[std::move(why)];
  }

  OcspClient& client_;
  OcspCache& cache_;
  const OcspQueryOptions& options_;
  Progress progress_{"asking", 0};
  bool is_at_start_ = true;                // of a block
  std::vector<OcspIssuerNumber> numbers_;  // by IssuerId
  std::map<std::string, uint64_t> failures_;
  uint64_t done_ = 0;
};

// Asks about a block of certificates after the other, and prints the cache's
// answers, as `check` prints those of other sources.
int AskAndPrint(const OcspQueryOptions& options, const OcspCache& cache,
                LoadedEvidence* evidence, Asking* asking) {
  LookupPolicy lookup;
  lookup.at = Now();
  lookup.clock_skew = std::chrono::seconds(options.clock_skew);
  if (options.max_age >= 0)
    lookup.max_age = std::chrono::seconds(options.max_age);
  evidence->ocsp.UseCache(
      std::make_shared<const CachedOcsp>(cache, evidence->snapshot()));
  OcspCheckPolicy policy;
  policy.sources = SourcePolicy::kOcspOnly;
  policy.lookup = lookup;
  policy.unchecked_signer = UncheckedSigner::kAccept;
  const auto make = [&] {
    return OcspChecker::Create(evidence->snapshot(), evidence->ocsp, policy);
  };
  auto first = make(), second = make();
  if (!first.ok()) return Fail(MessageOf(first.status()));
  if (!second.ok()) return Fail(MessageOf(second.status()));
  Output output(STDOUT_FILENO);
  AnswerSession session(evidence->snapshot(), lookup, options.format, &output);
  session.UseOcsp(&evidence->ocsp, *std::move(first), *std::move(second));
  session.UsePrefetch(asking);
  const auto start = std::chrono::steady_clock::now();
  session.Begin();
  for (const std::string& input : options.inputs) session.Answer(input);
  const std::chrono::duration<double> elapsed =
      std::chrono::steady_clock::now() - start;
  session.End(elapsed.count());
  output.Flush();
  asking->ReportFailures();
  if (!output.status().ok()) return Fail(MessageOf(output.status()));
  return ExitStatusOf(session.tally(), options.unknown, evidence->failures);
}

int RunOcspQuery(const OcspQueryOptions& options) {
  EvidenceFiles files;
  files.trust = options.issuers;
  files.trusted_responders = options.trusted_responders;
  LoadedEvidence evidence = LoadEvidence(files, EvidencePolicy{});
  // Failures are remembered until the results are written.
  OcspCache cache({.max_answers = kMaxAnswers,
                   .failure_time = std::chrono::hours(24 * 30)});
  const Sha256Digest context =
      OcspCacheContext(options.weak_digest, evidence.trusted_responders);
  KeptAnswers kept(options.cache_file, context, &cache);
  // What was kept has no nonce of ours.
  const absl::Status loaded =
      options.client.nonce == OcspNonceUse::kRequired
          ? kept.CheckFile()
          : kept.Load(Now(), std::chrono::seconds(options.lifetime));
  if (!loaded.ok()) return Fail(MessageOf(loaded));
  auto client = OcspClient::Create(ClientOptionsOf(options, evidence), &cache);
  if (!client.ok()) return Fail(MessageOf(client.status()));
  Asking asking(client->get(), &cache, options);
  const absl::Status added = asking.AddIssuers(evidence.snapshot());
  if (!added.ok()) return Fail(MessageOf(added));
  kept.Start();
  const int status = AskAndPrint(options, cache, &evidence, &asking);
  const absl::Status saved = kept.End();
  return saved.ok() ? status : Fail(MessageOf(saved));
}

void AddNumber(CLI::App* query, const char* name, auto* value, int64_t least,
               int64_t most, const char* type, const char* meaning) {
  query->add_option(name, *value, meaning)
      ->type_name(type)
      ->check(CLI::Range(least, most));
}

// One of a few names, each with its value.
template <class Value>
void AddChoice(CLI::App* query, const char* name, Value* value,
               std::map<std::string, Value> choices, const char* meaning) {
  query
      ->add_option_function<std::string>(
          name,
          [value, choices](const std::string& text) {
            *value = choices.at(text);
          },
          meaning)
      ->type_name("NAME")
      ->check(CLI::IsMember(choices));
}

void AddRequestOptions(CLI::App* query, OcspQueryOptions* options) {
  OcspClientOptions* client = &options->client;
  AddChoice<OcspNonceUse>(query, "--nonce", &client->nonce,
                          {{"off", OcspNonceUse::kOff},
                           {"on", OcspNonceUse::kOn},
                           {"required", OcspNonceUse::kRequired}},
                          "off, on or required; off if not given");
  AddNumber(query, "--nonce-octets", &client->nonce_octets, 1, 128, "N",
            "Length of the nonce; 32 if not given");
  AddChoice<OcspMethod>(query, "--method", &client->method,
                        {{"auto", OcspMethod::kAuto},
                         {"get", OcspMethod::kGet},
                         {"post", OcspMethod::kPost}},
                        "auto, get or post; auto if not given");
  AddChoice<CertIdHash>(
      query, "--cert-id", &client->cert_id_hash,
      {{"sha1", CertIdHash::kSha1}, {"sha256", CertIdHash::kSha256}},
      "The hash that names the issuer; sha1 if not given");
  query->add_flag_callback(
      "--allow-private",
      [client] {
        client->addresses = AddressPolicy::kAny;
        client->certificate_addresses = AddressPolicy::kAny;
      },
      "Ask responders at private and loopback addresses, too");
  query->add_flag_callback(
      "--certificate-urls",
      [client] { client->certificate_urls = CertificateUrls::kAsked; },
      "Ask the responders that certificates name, after those given");
  AddNumber(query, "--timeout", &options->timeout, 1, 3600, "SECONDS",
            "Of one request; 10 if not given");
  AddNumber(query, "--concurrency", &client->queue.max_active, 1, 4096, "N",
            "Requests at a time; 64 if not given");
  AddNumber(query, "--per-host", &client->queue.max_per_host, 1, 4096, "N",
            "Requests at a time to one host; 8 if not given");
}

void AddJudgement(CLI::App* query, OcspQueryOptions* options) {
  AddNumber(query, "--max-age", &options->max_age, 0, int64_t{1} << 40,
            "SECONDS",
            "An answer older than this proves nothing but a revocation");
  AddNumber(query, "--clock-skew", &options->clock_skew, 0, 86400, "SECONDS",
            "Allowed difference of clocks; 300 if not given");
  AddNumber(query, "--no-next-update", &options->lifetime, 0, 86400, "SECONDS",
            "How long an answer without nextUpdate counts; 300 if not given, "
            "0: not at all");
  query->add_flag_callback(
      "--allow-sha1",
      [options] { options->weak_digest = WeakDigest::kAllowSha1; },
      "Accept SHA-1 in signatures");
  AddChoice<UnknownPolicy>(
      query, "--unknown", &options->unknown,
      {{"refuse", UnknownPolicy::kRefuse}, {"accept", UnknownPolicy::kAccept}},
      "refuse or accept what is not known");
}

}  // namespace

void AddOcspQueryCommand(CLI::App& ocsp, int* exit_status) {
  auto options = std::make_shared<OcspQueryOptions>();
  CLI::App* query = ocsp.add_subcommand(
      "query", "Ask responders for the status of certificates");
  query->footer(kExamples);
  query
      ->add_option("INPUT", options->inputs,
                   "Certificates, bundles, folders, lists or -")
      ->required();
  AddFilesOption(query, "--issuer", &options->issuers,
                 "Certificates of the issuers");
  query->get_option("--issuer")->required();
  AddFilesOption(query, "--responder", &options->responders,
                 "Responders to ask, in this order", "URL");
  AddFilesOption(query, "--trust-responder", &options->trusted_responders,
                 "Certificates of responders that are believed");
  query
      ->add_option("--cache", options->cache_file,
                   "Keep answers here, and do not ask again before they end")
      ->type_name("FILE");
  query->add_flag_callback(
      "--no-cache", [options] { options->cache_use = OcspCacheUse::kBypassed; },
      "Ask even where the cache has an answer");
  AddRequestOptions(query, options.get());
  AddJudgement(query, options.get());
  AddFormatOption(query, {"table", "csv", "jsonl"}, &options->format);
  query->callback(
      [options, exit_status] { *exit_status = RunOcspQuery(*options); });
}

}  // namespace revstat::tool
