#include "engine/refresh/event_json.h"

#include "engine/base/bytes.h"
#include "engine/base/error.h"
#include "engine/base/json_text.h"

namespace revstat {
namespace {

void AddHealth(const SourceHealth& health, Time now, JsonObject* object) {
  if (health.issuer.empty()) return;
  object->Text("issuer", health.issuer);
  object->Text("kind", NameOf(health.kind));
  object->Text("state", NameOf(health.state));
  if (health.stale_from)
    object->Number("time_left", (*health.stale_from - now).count());
}

void AddWhy(const absl::Status& why, JsonObject* object) {
  if (why.ok()) return;
  object->Text("error", NameOf(ErrorCodeOf(why)));
  object->Text("message", MessageOf(why));
}

std::string ChangesOf(const CrlChanges& changes) {
  JsonObject object;
  object.Number("revoked", static_cast<int64_t>(changes.revoked));
  object.Number("put_on_hold", static_cast<int64_t>(changes.put_on_hold));
  object.Number("lifted", static_cast<int64_t>(changes.lifted));
  object.Number("gone", static_cast<int64_t>(changes.gone));
  object.Number("gone_too_early", static_cast<int64_t>(changes.gone_too_early));
  std::string first;
  for (const CrlChanges::Entry& entry : changes.first) {
    JsonObject item;
    item.Text("change", NameOf(entry.change));
    item.Text("serial", entry.serial);
    item.Text("reason", NameOf(entry.reason));
    first += Concat({first.empty() ? "" : ",", item.Take()});
  }
  object.Raw("first", Concat({"[", first, "]"}));
  return object.Take();
}

}  // namespace

std::string JsonOf(const RefreshEvent& event) {
  JsonObject object;
  object.At("time", event.at);
  object.Text("event", NameOf(event.kind));
  AddHealth(event.health, event.at, &object);
  object.Text("url", event.url);
  AddWhy(event.why, &object);
  if (event.http_status != 0) object.Number("http_status", event.http_status);
  object.Text("address", event.address);
  if (event.kind == RefreshEvent::Kind::kFetched)
    object.Number("bytes", static_cast<int64_t>(event.bytes));
  if (event.kind == RefreshEvent::Kind::kPublished) {
    object.Number("generation", static_cast<int64_t>(event.generation));
    object.Text("crl_number", event.crl_number);
    object.At("this_update", event.this_update);
    if (event.next_update) object.At("next_update", *event.next_update);
    object.Number("entries", static_cast<int64_t>(event.entries));
    object.Raw("changes", ChangesOf(event.changes));
  }
  return object.Take() + "\n";
}

std::string JsonOf(const SourceHealth& health, Time now) {
  JsonObject object;
  object.At("time", now);
  object.Text("event", "status");
  AddHealth(health, now, &object);
  std::string urls;
  for (const std::string& url : health.urls)
    urls += Concat({urls.empty() ? "" : ",", JsonString(url)});
  object.Raw("urls", Concat({"[", urls, "]"}));
  object.At("next_attempt", health.next_attempt);
  object.Number("failures", health.failures);
  AddWhy(health.last_error, &object);
  return object.Take() + "\n";
}

}  // namespace revstat
