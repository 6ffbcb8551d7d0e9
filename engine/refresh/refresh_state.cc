#include "engine/refresh/refresh_state.h"

#include <toml++/toml.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <sstream>

#include "engine/base/bytes.h"

namespace revstat {
namespace {

// What servers sent goes into it, so that octets that TOML cannot hold may be
// there: such a validator is not kept.
bool IsPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= ' ' && c <= '~'; });
}

std::string TextIn(const toml::table& table, std::string_view key) {
  const std::string text =
      table[key].value_exact<std::string>().value_or(std::string());
  return IsPrintable(text) ? text : std::string();
}

// In hexadecimal: names may be in any script.
std::string OctetsIn(const toml::table& table, std::string_view key) {
  const auto octets = FromHex(TextIn(table, key));
  return octets ? std::string(TextOf(*octets)) : std::string();
}

int64_t NumberIn(const toml::table& table, std::string_view key) {
  return table[key].value_exact<int64_t>().value_or(0);
}

// visit(table) for each table in the list under `key`.
template <class Visit>
void ForEachTable(const toml::table& table, std::string_view key,
                  Visit&& visit) {
  const toml::array* list = table[key].as_array();
  if (list == nullptr) return;
  for (const toml::node& node : *list) {
    if (node.is_table()) visit(*node.as_table());
  }
}

toml::table TableOf(const std::string& url, const UrlState& state) {
  toml::table table;
  table.insert("url", url);
  if (!state.etag.empty() && IsPrintable(state.etag))
    table.insert("etag", state.etag);
  if (!state.last_modified.empty() && IsPrintable(state.last_modified))
    table.insert("last_modified", state.last_modified);
  if (state.not_before != Time())
    table.insert("not_before", ToUnix(state.not_before));
  return table;
}

SourceState SourceOf(const toml::table& table) {
  SourceState source;
  source.next_attempt = FromUnix(NumberIn(table, "next_attempt"));
  source.failures = static_cast<unsigned>(std::clamp<int64_t>(
      NumberIn(table, "failures"), 0, std::numeric_limits<int>::max()));
  source.crl_sha256 = TextIn(table, "crl_sha256");
  source.issuer = OctetsIn(table, "issuer");
  source.scope_key = OctetsIn(table, "scope");
  ForEachTable(table, "url", [&](const toml::table& url) {
    source.urls[TextIn(url, "url")] = {TextIn(url, "etag"),
                                       TextIn(url, "last_modified"),
                                       FromUnix(NumberIn(url, "not_before"))};
  });
  return source;
}

}  // namespace

std::string EncodeRefreshState(const RefreshState& state) {
  toml::array sources;
  for (const auto& [id, source] : state) {
    toml::table table;
    table.insert("id", id);
    table.insert("next_attempt", ToUnix(source.next_attempt));
    table.insert("failures", int64_t{source.failures});
    table.insert("crl_sha256", source.crl_sha256);
    table.insert("issuer", ToHex(BytesOf(source.issuer)));
    table.insert("scope", ToHex(BytesOf(source.scope_key)));
    toml::array urls;
    for (const auto& [url, url_state] : source.urls)
      urls.push_back(TableOf(url, url_state));
    table.insert("url", std::move(urls));
    sources.push_back(std::move(table));
  }
  toml::table root;
  root.insert("source", std::move(sources));
  std::ostringstream text;
  text
      << "# Written by revstat refresh. Removing it costs some fetches, and "
         "frees each\n# source from the issuer and scope that it is bound to.\n"
      << root << "\n";
  return text.str();
}

RefreshState DecodeRefreshState(std::string_view text) {
  RefreshState state;
  try {
    const toml::table root = toml::parse(text);
    ForEachTable(root, "source", [&](const toml::table& table) {
      if (const auto id = table["id"].value_exact<std::string>())
        state[*id] = SourceOf(table);
    });
  } catch (const toml::parse_error&) {
    state.clear();
  }
  return state;
}

namespace {

std::string PathIn(const std::string& folder) {
  return folder + "/refresh.toml";
}

}  // namespace

RefreshState ReadRefreshState(FileSystem* files, const std::string& folder) {
  const auto file = files->Map(PathIn(folder));
  return file.ok() ? DecodeRefreshState(TextOf((*file)->bytes()))
                   : RefreshState();
}

absl::Status WriteRefreshState(FileSystem* files, const std::string& folder,
                               const RefreshState& state) {
  const std::string text = EncodeRefreshState(state);
  const std::string aside = PathIn(folder) + ".new";
  {
    const auto file = files->Open(aside, FileSystem::OpenMode::kCreate);
    if (!file.ok()) return file.status();
    absl::Status status = WriteAll(file->get(), 0, BytesOf(text));
    if (status.ok()) status = (*file)->Sync();
    if (!status.ok()) return status;
  }
  const absl::Status status = files->Rename(aside, PathIn(folder));
  return status.ok() ? files->SyncFolder(folder) : status;
}

}  // namespace revstat
