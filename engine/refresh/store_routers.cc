#include "engine/refresh/store_routers.h"

#include <map>
#include <string>
#include <utility>

#include "engine/store/store_writing.h"

namespace revstat {
namespace {

// The plan's routers, each once.
std::vector<std::shared_ptr<const RouterPool::Kept>> PlanRouters(
    const StoreContents& contents) {
  // Readers plan for each authority; one name is nearly always one of them, and
  // a router whose parts are of several serves each all the same.
  std::map<std::string, std::vector<RoutedList>> by_issuer;
  for (const StoredCrl& crl : contents.crls) {
    const CrlSource::IssuerSet& own = crl.source->issuer_sets().front();
    if (own.set.size() == 0) continue;
    by_issuer[own.certificate_issuer].push_back(
        {crl.source->id(), &own.set, 0});
  }
  RouterPool pool;
  for (RouterPool::Kept& kept : contents.RoutersBySource())
    pool.Add(std::move(kept));
  {
    RouterPool::Build build(&pool);
    for (const auto& [issuer, lists] : by_issuer) build.Plan(lists);
  }
  return pool.held();
}

absl::StatusOr<StoredRouter> WriteNew(FileSystem* files,
                                      const StoreFiles& names,
                                      const SerialRouter& router,
                                      const std::vector<uint64_t>& segments,
                                      uint64_t id) {
  const std::string path = names.RouterPath(id);
  const auto staged = StageFile(files, names, 0);
  if (!staged.ok()) return staged.status();
  absl::Status status = WriteRouter(staged->get(), router, segments);
  if (!status.ok()) return status;
  auto mapping = (*staged)->Map();
  if (!mapping.ok()) return mapping.status();
  auto file = RouterFile::Open(*std::move(mapping), path);
  if (!file.ok()) return file.status();
  status = (*staged)->MoveTo(path);
  if (!status.ok()) return status;
  const ManifestRouter record{id, (*file)->file_bytes(),
                              (*file)->header_checksum()};
  return StoredRouter{record, *std::move(file)};
}

}  // namespace

absl::StatusOr<std::vector<StoredRouter>> UpdateRouters(
    FileSystem* files, const StoreFiles& names, const StoreContents& contents,
    uint64_t* next_number) {
  std::map<uint64_t, uint64_t> segment_of;  // by source
  for (const StoredCrl& crl : contents.crls)
    segment_of[crl.source->id()] = crl.record.id;
  std::map<uint64_t, StoredRouter> routers;  // in the order of their numbers
  for (const auto& kept : PlanRouters(contents)) {
    const StoredRouter* held = nullptr;
    for (const StoredRouter& stored : contents.routers) {
      if (stored.file->router() == kept->router) held = &stored;
    }
    if (held != nullptr) {
      routers[held->record.id] = *held;
      continue;
    }
    std::vector<uint64_t> segments;
    for (uint64_t source : kept->sources)
      segments.push_back(segment_of.at(source));
    auto written =
        WriteNew(files, names, *kept->router, segments, *next_number);
    if (!written.ok()) return written.status();
    routers[(*next_number)++] = *std::move(written);
  }
  std::vector<StoredRouter> list;
  for (auto& [id, router] : routers) list.push_back(std::move(router));
  return list;
}

}  // namespace revstat
