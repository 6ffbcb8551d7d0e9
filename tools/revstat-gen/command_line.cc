#include "tools/revstat-gen/command_line.h"

#include <charconv>
#include <string_view>

namespace revstat::gen {
namespace {

Time TimeValue(const std::string& name, const std::string& text) {
  const auto time = ParseTime(text);
  if (!time) {
    throw CLI::ValidationError(
        name,
        "'" + text +
            "' is neither RFC 3339, as 2026-01-01T00:00:00Z, nor Unix seconds");
  }
  return *time;
}

std::optional<unsigned> SmallNumber(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

void ParseSerialBytes(const std::string& text, SerialOptions* options) {
  const size_t dash = text.find('-');
  const auto min = SmallNumber(std::string_view(text).substr(0, dash));
  const auto max = dash == std::string::npos
                       ? min
                       : SmallNumber(std::string_view(text).substr(dash + 1));
  if (!min || !max || *min < 1 || *max > 20 || *min > *max) {
    throw CLI::ValidationError(
        "--serial-bytes",
        "'" + text + "' is neither N nor MIN-MAX within 1 to 20");
  }
  options->min_octets = *min;
  options->max_octets = *max;
}

}  // namespace

CLI::Option* AddTime(CLI::App* app, const std::string& name, Time* target,
                     const std::string& help) {
  return app
      ->add_option_function<std::string>(
          name,
          [name, target](const std::string& text) {
            *target = TimeValue(name, text);
          },
          help)
      ->type_name("TIME");
}

CLI::Option* AddTime(CLI::App* app, const std::string& name,
                     std::optional<Time>* target, const std::string& help) {
  return app
      ->add_option_function<std::string>(
          name,
          [name, target](const std::string& text) {
            *target = TimeValue(name, text);
          },
          help)
      ->type_name("TIME");
}

CLI::Option* AddCount(CLI::App* app, const std::string& name, uint64_t* target,
                      const std::string& help) {
  constexpr uint64_t kMax = 1'000'000'000;
  return app->add_option(name, *target, help)
      ->check(CLI::Range(uint64_t{0}, kMax))
      ->type_name("N");
}

CLI::Option* AddShare(CLI::App* app, const std::string& name, double* target,
                      const std::string& help) {
  return app
      ->add_option_function<double>(
          name,
          [name, target](const double& share) {
            // Written so that NaN fails too.
            if (!(share >= 0 && share <= 1)) {
              throw CLI::ValidationError(name,
                                         "a share is a number from 0 to 1");
            }
            *target = share;
          },
          help)
      ->type_name("SHARE");
}

std::optional<Time> NextUpdate::After(Time this_update) const {
  if (text == "none") return std::nullopt;
  if (text.empty()) return this_update + kDefaultCrlLife;
  return ParseTime(text);
}

CLI::Option* AddNextUpdate(CLI::App* app, NextUpdate* target) {
  return app
      ->add_option_function<std::string>(
          "--next-update",
          [target](const std::string& text) {
            if (text != "none") TimeValue("--next-update", text);
            target->text = text;
          },
          "nextUpdate, or none (a week after thisUpdate)")
      ->type_name("TIME|none");
}

CLI::Option* AddKeyType(CLI::App* app, const std::string& name,
                        std::optional<KeyType>* target,
                        const std::string& help) {
  return AddChoice<KeyType>(app, name, target,
                            {{"p256", KeyType::kP256},
                             {"p384", KeyType::kP384},
                             {"p521", KeyType::kP521},
                             {"rsa2048", KeyType::kRsa2048},
                             {"rsa3072", KeyType::kRsa3072},
                             {"rsa4096", KeyType::kRsa4096},
                             {"rsa-pss", KeyType::kRsaPss},
                             {"ed25519", KeyType::kEd25519},
                             {"ed448", KeyType::kEd448}},
                            help);
}

void AddKeyOptions(CLI::App* app, AuthorityOptions* options) {
  app->add_option("--seed", options->seed, "Everything follows from it (1)");
  AddKeyType(app, "--key", &options->key, "Key of the CA (p256)");
}

void AddDigest(CLI::App* app, AuthorityOptions* options) {
  AddChoice<Digest>(app, "--digest", &options->digest,
                    {{"sha256", Digest::kSha256},
                     {"sha384", Digest::kSha384},
                     {"sha512", Digest::kSha512},
                     {"sha1", Digest::kSha1}},
                    "Digest of the signatures (what suits the key)");
}

void AddCaFiles(CLI::App* app, AuthorityOptions* options, KeyFile key_file) {
  CLI::Option* const ca =
      app->add_option("--ca", options->ca, "Certificate of a CA to use")
          ->type_name("FILE")
          ->group("CA");
  if (key_file == KeyFile::kNotNeeded) return;
  CLI::Option* const key =
      app->add_option("--ca-key", options->ca_key, "Its private key (PEM)")
          ->type_name("FILE")
          ->group("CA");
  ca->needs(key);
  key->needs(ca);
}

void AddCaOutput(CLI::App* app, AuthorityOutput* output) {
  app->add_option("--ca-out", output->certificate,
                  "Write the CA's certificate (PEM)")
      ->type_name("FILE")
      ->group("CA");
  app->add_option("--ca-key-out", output->key,
                  "Write the CA's private key (PEM)")
      ->type_name("FILE")
      ->group("CA");
}

absl::Status WriteAuthority(const Authority& authority,
                            const AuthorityOutput& output) {
  if (!output.certificate.empty()) {
    const absl::Status status =
        WritePemFile(output.certificate, "CERTIFICATE", authority.certificate);
    if (!status.ok()) return status;
  }
  if (output.key.empty()) return absl::OkStatus();
  return WritePrivateKey(output.key, authority.signer.key());
}

void AddCrlUrl(CLI::App* app, std::vector<std::string>* urls) {
  app->add_option_function<std::string>(
         "--crl-url",
         [urls](const std::string& text) {
           urls->clear();
           if (text != "none") urls->push_back(text);
         },
         "cRLDistributionPoints (" + urls->front() + ")")
      ->type_name("URI|none");
}

void AddSerialOptions(CLI::App* app, SerialOptions* options) {
  AddChoice<SerialOrder>(app, "--serials", &options->order,
                         {{"random", SerialOrder::kRandom},
                          {"sequential", SerialOrder::kSequential}},
                         "How serials are drawn (random)")
      ->group("Serials");
  app->add_option_function<std::string>(
         "--serial-bytes",
         [options](const std::string& text) {
           ParseSerialBytes(text, options);
         },
         "Octets of a serial, 1 to 20 (random: 16, sequential: 1-8)")
      ->type_name("N|MIN-MAX")
      ->group("Serials");
}

void AddEncoding(CLI::App* app, Encoding* encoding) {
  AddChoice<Encoding>(app, "--encoding", encoding,
                      {{"pem", Encoding::kPem}, {"der", Encoding::kDer}},
                      *encoding == Encoding::kPem ? "Form of the output (pem)"
                                                  : "Form of the output (der)");
}

}  // namespace revstat::gen
