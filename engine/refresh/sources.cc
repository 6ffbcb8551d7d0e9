#include "engine/refresh/sources.h"

#include <toml++/toml.h>

#include <algorithm>
#include <map>
#include <set>

#include "engine/base/error.h"
#include "engine/refresh/fetcher.h"
#include "engine/refresh/units.h"

namespace revstat {
namespace {

using std::chrono::seconds;

constexpr seconds kMostTime = std::chrono::hours(24 * 366);
constexpr uint64_t kMostBytes = 0xffffffff;  // of any CRL: CrlView::kMaxBytes

// Reads the keys of one table and notes what is wrong with them.
class TableReader {
 public:
  TableReader(const toml::table& table, std::vector<ConfigProblem>* problems)
      : table_(table), problems_(problems) {}

  void Problem(const toml::source_region& place, std::string message) {
    problems_->push_back(
        {place.begin.line, place.begin.column, std::move(message)});
  }
  void Problem(std::string message) {
    Problem(table_.source(), std::move(message));
  }

  bool Has(std::string_view key) const { return table_.contains(key); }

  void Read(std::string_view key, std::string* value) {
    if (const toml::node* node = Find(key)) {
      const auto text = node->value_exact<std::string>();
      if (!text || text->empty()) {
        WrongType(key, *node, "a text that is not empty");
      } else {
        *value = *text;
      }
    }
  }

  void Read(std::string_view key, std::vector<std::string>* values) {
    const toml::node* node = Find(key);
    if (node == nullptr) return;
    if (!node->is_array()) return WrongType(key, *node, "a list of texts");
    values->clear();
    for (const toml::node& item : *node->as_array()) {
      const auto text = item.value_exact<std::string>();
      if (text && !text->empty()) {
        values->push_back(*text);
      } else {
        WrongType(key, item, "a list of texts");
      }
    }
  }

  // A switch: calls set with each of the two values.
  template <class Enum>
  void Read(std::string_view key, Enum* value, Enum when_false,
            Enum when_true) {
    if (const toml::node* node = Find(key)) {
      const auto flag = node->value_exact<bool>();
      if (!flag) return WrongType(key, *node, "true or false");
      *value = *flag ? when_true : when_false;
    }
  }

  template <class Duration>
  void ReadTime(std::string_view key, seconds least, Duration* value) {
    if (const auto number = ReadNumber(key, &ParseSecondsText,
                                       "a time such as \"90s\" or \"24h\"")) {
      if (*number < static_cast<uint64_t>(least.count()) ||
          *number > static_cast<uint64_t>(kMostTime.count()))
        return OutOfRange(key);
      *value = seconds(static_cast<int64_t>(*number));
    }
  }

  void ReadBytes(std::string_view key, uint64_t* value) {
    if (const auto number =
            ReadNumber(key, &ParseBytesText, "a size such as \"100MiB\"")) {
      if (*number == 0 || *number > kMostBytes) return OutOfRange(key);
      *value = *number;
    }
  }

  void ReadShare(std::string_view key, std::optional<double>* value) {
    if (const toml::node* node = Find(key)) {
      const auto share = node->value<double>();
      if (!share) return WrongType(key, *node, "a share such as 0.5");
      if (!(*share >= 0 && *share <= 1)) return OutOfRange(key);
      *value = *share;
    }
  }

  void ReadOdd(std::string_view key, std::optional<OddCrl>* value) {
    OddCrl odd = value->value_or(OddCrl::kReport);
    Read(key, &odd, OddCrl::kReport, OddCrl::kRefuse);
    if (Has(key)) *value = odd;
  }

  // Where a key's value stands; the n-th item of a list.
  toml::source_region PlaceOf(std::string_view key, size_t item) const {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return table_.source();
    const toml::array* list = node->as_array();
    return list != nullptr && item < list->size() ? list->get(item)->source()
                                                  : node->source();
  }

  // Last: what nobody has asked for.
  void RefuseOthers() {
    for (const auto& [key, value] : table_) {
      if (!asked_.contains(key.str()))
        Problem(key.source(), Concat({"unknown key \"", key.str(), "\""}));
    }
  }

 private:
  const toml::node* Find(std::string_view key) {
    asked_.emplace(key);
    return table_.get(key);
  }

  std::optional<uint64_t> ReadNumber(
      std::string_view key, std::optional<uint64_t> (*parse)(std::string_view),
      const char* form) {
    const toml::node* node = Find(key);
    if (node == nullptr) return std::nullopt;
    if (const auto number = node->value_exact<int64_t>()) {
      if (*number >= 0) return static_cast<uint64_t>(*number);
    } else if (const auto text = node->value_exact<std::string>()) {
      if (const auto value = parse(*text)) return value;
    }
    WrongType(key, *node, form);
    return std::nullopt;
  }

  void WrongType(std::string_view key, const toml::node& node,
                 std::string_view form) {
    Problem(node.source(), Concat({"\"", key, "\" must be ", form}));
  }
  void OutOfRange(std::string_view key) {
    Problem(table_.get(key)->source(),
            Concat({"\"", key, "\" is out of range"}));
  }

  const toml::table& table_;
  std::vector<ConfigProblem>* const problems_;
  std::set<std::string, std::less<>> asked_;
};

void ReadOptions(TableReader& reader, IssuerSource* issuer) {
  reader.ReadTime("min_interval", seconds(1), &issuer->schedule.min_interval);
  reader.ReadTime("max_interval", seconds(1), &issuer->schedule.max_interval);
  reader.ReadTime("grace", seconds(0), &issuer->grace);
  reader.ReadTime("max_time", seconds(1), &issuer->limits.total_time);
  reader.ReadBytes("max_bytes", &issuer->limits.max_bytes);
  reader.Read("proxy", &issuer->proxy);
  reader.Read("ca_file", &issuer->ca_file);
  reader.Read("headers", &issuer->headers);
  reader.Read("user_agent", &issuer->user_agent);
  reader.Read("allow_private_addresses", &issuer->addresses,
              AddressPolicy::kPublicOnly, AddressPolicy::kAny);
  reader.Read("allow_downgrade", &issuer->downgrade, DowngradePolicy::kRefuse,
              DowngradePolicy::kAllow);
  reader.Read("discover", &issuer->discovery, Discovery::kOff, Discovery::kOn);
  reader.Read("discover_by_proxy", &issuer->discovered_by_proxy,
              ProxyPolicy::kRefuse, ProxyPolicy::kAllow);
  reader.ReadOdd("refuse_shrunk", &issuer->odd.shrunk);
  reader.ReadShare("shrink_to", &issuer->odd.shrink_to);
  reader.ReadOdd("refuse_conflicting", &issuer->odd.conflicting);
  reader.ReadOdd("refuse_vanished", &issuer->odd.vanished);
}

// What is wrong between keys that are right by themselves.
class BlockChecker {
 public:
  explicit BlockChecker(std::string_view folder) : folder_(folder) {}

  void Check(TableReader& reader, IssuerSource* issuer) {
    if (issuer->name.empty() && !reader.Has("name"))
      reader.Problem("\"name\" is missing");
    if (!issuer->name.empty() && !names_.insert(issuer->name).second) {
      reader.Problem(
          reader.PlaceOf("name", 0),
          Concat({"another block is called \"", issuer->name, "\" as well"}));
    }
    if (issuer->trust_files.empty() && !reader.Has("trust"))
      reader.Problem("\"trust\" is missing");
    if (issuer->crl_urls.empty() && !reader.Has("crl_urls") &&
        issuer->discovery == Discovery::kOff)
      reader.Problem("neither \"crl_urls\" nor \"discover\"");
    if (issuer->schedule.min_interval > issuer->schedule.max_interval)
      reader.Problem(reader.PlaceOf("min_interval", 0),
                     "\"min_interval\" is above \"max_interval\"");
    CheckUrls(reader, "crl_urls", *issuer, issuer->crl_urls);
    CheckUrls(reader, "delta_urls", *issuer, issuer->delta_urls);
    for (std::vector<std::string>* files :
         {&issuer->trust_files, &issuer->untrusted_files,
          &issuer->certificate_files}) {
      for (std::string& file : *files) PutFolderBefore(&file);
    }
    if (!issuer->ca_file.empty()) PutFolderBefore(&issuer->ca_file);
  }

 private:
  void CheckUrls(TableReader& reader, std::string_view key,
                 const IssuerSource& issuer,
                 const std::vector<std::string>& urls) {
    for (size_t i = 0; i < urls.size(); ++i) {
      absl::Status status;
      if (has_libcurl_) status = CheckRequest(RequestFor(issuer, urls[i]));
      // Without libcurl nothing is known of any: LoadSources says so.
      if (ErrorCodeOf(status) == ErrorCode::kFetchFailed) {
        has_libcurl_ = false;
        status = absl::OkStatus();
      }
      if (!status.ok()) {
        reader.Problem(reader.PlaceOf(key, i),
                       Concat({"\"", urls[i], "\": ", MessageOf(status)}));
      } else if (!urls_.insert(urls[i]).second) {
        reader.Problem(reader.PlaceOf(key, i),
                       Concat({"\"", urls[i], "\" is there twice"}));
      }
    }
  }

  void PutFolderBefore(std::string* file) const {
    if (!folder_.empty() && !file->starts_with('/'))
      *file = Concat({folder_, "/", *file});
  }

  const std::string_view folder_;
  bool has_libcurl_ = true;  // as far as is known
  std::set<std::string> names_;
  std::set<std::string> urls_;
};

void ReadBlock(const toml::table& block, const IssuerSource& defaults,
               BlockChecker* checker, ParsedSources* parsed) {
  TableReader reader(block, &parsed->problems);
  IssuerSource issuer = defaults;
  issuer.line = block.source().begin.line;
  reader.Read("name", &issuer.name);
  reader.Read("trust", &issuer.trust_files);
  reader.Read("untrusted", &issuer.untrusted_files);
  reader.Read("certificates", &issuer.certificate_files);
  reader.Read("crl_urls", &issuer.crl_urls);
  reader.Read("delta_urls", &issuer.delta_urls);
  ReadOptions(reader, &issuer);
  reader.RefuseOthers();
  checker->Check(reader, &issuer);
  parsed->issuers.push_back(std::move(issuer));
}

ParsedSources ReadRoot(const toml::table& root, std::string_view folder) {
  ParsedSources parsed;
  TableReader reader(root, &parsed.problems);
  IssuerSource defaults;
  BlockChecker checker(folder);
  for (const auto& [key, value] : root) {
    if (key.str() == "defaults" && value.is_table()) {
      TableReader table(*value.as_table(), &parsed.problems);
      ReadOptions(table, &defaults);
      table.RefuseOthers();
    } else if (key.str() != "issuer" || !value.is_array_of_tables()) {
      reader.Problem(key.source(), Concat({"unknown key \"", key.str(),
                                           "\": there are [defaults] and "
                                           "[[issuer]]"}));
    }
  }
  const toml::node* blocks = root.get("issuer");
  if (blocks == nullptr) reader.Problem("no [[issuer]]");
  if (blocks != nullptr && blocks->is_array_of_tables()) {
    for (const toml::node& block : *blocks->as_array())
      ReadBlock(*block.as_table(), defaults, &checker, &parsed);
  }
  return parsed;
}

}  // namespace

ParsedSources ParseSources(std::string_view text, std::string_view folder) {
  ParsedSources parsed;
  try {
    parsed = ReadRoot(toml::parse(text), folder);
  } catch (const toml::parse_error& error) {
    const toml::source_position& place = error.source().begin;
    parsed.problems.push_back(
        {place.line, place.column, std::string(error.description())});
  }
  std::stable_sort(parsed.problems.begin(), parsed.problems.end(),
                   [](const ConfigProblem& a, const ConfigProblem& b) {
                     return a.line != b.line ? a.line < b.line
                                             : a.column < b.column;
                   });
  return parsed;
}

std::string Describe(const std::vector<ConfigProblem>& problems,
                     std::string_view file) {
  std::string text;
  for (const ConfigProblem& problem : problems) {
    text +=
        Concat({file, ":", std::to_string(problem.line), ":",
                std::to_string(problem.column), ": ", problem.message, "\n"});
  }
  return text;
}

FetchRequest RequestFor(const IssuerSource& issuer, const std::string& url) {
  FetchRequest request;
  request.url = url;
  request.headers = issuer.headers;
  request.user_agent = issuer.user_agent;
  request.proxy = issuer.proxy;
  request.ca_file = issuer.ca_file;
  request.addresses = issuer.addresses;
  request.files = FilePolicy::kAllow;
  request.downgrade = issuer.downgrade;
  request.limits = issuer.limits;
  return request;
}

}  // namespace revstat
