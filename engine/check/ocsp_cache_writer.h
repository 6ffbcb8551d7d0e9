// The changes to an OcspCache: for ocsp_cache*.cc alone.
#ifndef REVSTAT_ENGINE_CHECK_OCSP_CACHE_WRITER_H_
#define REVSTAT_ENGINE_CHECK_OCSP_CACHE_WRITER_H_

#include "engine/check/ocsp_cache_table.h"

namespace revstat {

// One change. Holds the lock while it lives.
class OcspCache::Writer {
 public:
  Writer(OcspCache& cache, Time at)
      : cache_(cache), turn_(cache.changing_), at_(ToUnix(at)) {}

  // The entry with this key, or kNotFound.
  uint32_t Find(const std::array<uint64_t, 3>& words) const;
  // What only evidence needs.
  struct Rest {
    Sha256Digest sha256 = {};
    std::shared_ptr<const Buffer> response;
    std::shared_ptr<const Buffer> delegate;
  };
  // Puts a new entry in the place of `old`, or beside all others where that is
  // kNotFound.
  void Put(const Entry& entry, Rest rest, uint32_t old);
  void Clear();

 private:
  Table& table();
  uint32_t NewEntry(const Entry& entry, Rest rest);
  void AddBlock(Block* block);
  void Retire(uint32_t index);
  void FreeRetired();
  // What no lookup can see any more.
  void Free(uint32_t index);
  void Replace(const Entry& entry, uint32_t old, uint32_t next);
  void Insert(const Entry& entry, uint32_t index);
  static bool InsertInto(Table& table, uint64_t hash, uint32_t index);
  void RemoveWord(Table::Word& word);
  void MakeRoom();
  // How soon an entry may go: smaller is sooner.
  std::pair<int, int64_t> WorthOf(const Entry& entry) const;
  void Rebuild(size_t lines);
  // Waits for the lookups in the table before.
  void Publish(std::unique_ptr<Table> next);

  OcspCache& cache_;
  const std::lock_guard<std::mutex> turn_;
  const int64_t at_;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_CHECK_OCSP_CACHE_WRITER_H_
