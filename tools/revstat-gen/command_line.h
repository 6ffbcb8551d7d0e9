// Options that several commands share, and the kinds of values they take.
//
// A bad value throws CLI::ValidationError, which CLI11 turns into a message
// that names the option; nothing else throws.
#ifndef REVSTAT_TOOLS_REVSTAT_GEN_COMMAND_LINE_H_
#define REVSTAT_TOOLS_REVSTAT_GEN_COMMAND_LINE_H_

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "tools/revstat-gen/authority.h"
#include "tools/revstat-gen/files.h"
#include "tools/revstat-gen/serial_sequence.h"

namespace revstat::gen {

// No clock is read: where no time is given, it is this one.
constexpr Time kDefaultTime =
    std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);
constexpr std::chrono::days kDefaultCrlLife{7};

// One of a list of words.
template <typename T>
using Choices = std::vector<std::pair<std::string, T>>;

template <typename T, typename Target>
CLI::Option* AddChoice(CLI::App* app, const std::string& name, Target* target,
                       const Choices<T>& choices, const std::string& help) {
  std::string words;
  for (const auto& [word, value] : choices)
    words += (words.empty() ? "" : "|") + word;
  return app
      ->add_option_function<std::string>(
          name,
          [name, target, choices, words](const std::string& text) {
            for (const auto& [word, value] : choices) {
              if (word != text) continue;
              *target = value;
              return;
            }
            throw CLI::ValidationError(name,
                                       "'" + text + "' is not one of " + words);
          },
          help)
      ->type_name(words);
}

// RFC 3339 or Unix seconds.
CLI::Option* AddTime(CLI::App* app, const std::string& name, Time* target,
                     const std::string& help);
CLI::Option* AddTime(CLI::App* app, const std::string& name,
                     std::optional<Time>* target, const std::string& help);
// A number of things, at most a thousand million.
CLI::Option* AddCount(CLI::App* app, const std::string& name, uint64_t* target,
                      const std::string& help);
// 0 to 1.
CLI::Option* AddShare(CLI::App* app, const std::string& name, double* target,
                      const std::string& help);

// nextUpdate: a time, "none", or not given: a week after thisUpdate.
struct NextUpdate {
  std::string text;
  std::optional<Time> After(Time this_update) const;
};
CLI::Option* AddNextUpdate(CLI::App* app, NextUpdate* target);

// An option with the words of KeyType.
CLI::Option* AddKeyType(CLI::App* app, const std::string& name,
                        std::optional<KeyType>* target,
                        const std::string& help);

// --seed, --key.
void AddKeyOptions(CLI::App* app, AuthorityOptions* options);

// --digest.
void AddDigest(CLI::App* app, AuthorityOptions* options);

// --ca (and with it --ca-key): a CA that exists already.
enum class KeyFile : uint8_t { kNeeded, kNotNeeded };
void AddCaFiles(CLI::App* app, AuthorityOptions* options, KeyFile key_file);

// --ca-out, --ca-key-out: where to write the CA made from the seed.
struct AuthorityOutput {
  std::string certificate;
  std::string key;
};
void AddCaOutput(CLI::App* app, AuthorityOutput* output);
absl::Status WriteAuthority(const Authority& authority,
                            const AuthorityOutput& output);

// --crl-url; "none" takes the default away.
void AddCrlUrl(CLI::App* app, std::vector<std::string>* urls);

// --serials, --serial-bytes.
void AddSerialOptions(CLI::App* app, SerialOptions* options);

// --encoding, PEM or DER.
void AddEncoding(CLI::App* app, Encoding* encoding);

}  // namespace revstat::gen

#endif  // REVSTAT_TOOLS_REVSTAT_GEN_COMMAND_LINE_H_
