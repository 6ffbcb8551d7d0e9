// Huge pages of the processor: a table on them is read through fewer page
// tables, on which random reads of ordinary pages spend most of their time.
#ifndef REVSTAT_ENGINE_BASE_HUGE_PAGE_H_
#define REVSTAT_ENGINE_BASE_HUGE_PAGE_H_

#include <cstddef>
#include <cstdint>

namespace revstat {

inline constexpr size_t kHugePage = size_t{2} << 20;

// `size` octets of zeros, a multiple of the huge page's, aligned to that. To be
// given back by munmap, in pieces of whole pages if need be. Throws
// std::bad_alloc.
uint8_t* MapHugePages(size_t size);

// Asks for huge pages for a file that was just mapped. The pages are those of
// the page cache, shared by all who map the file; they are huge where the
// system has such for files (ext4 of Linux 6.18, tmpfs mounted with huge=always
// or within_size, perhaps others) and the file was written in pieces of
// kHugePage at multiples of it, or is not in the cache yet: then it is read so.
// What is in the cache on small pages stays there. The first touch of what is
// not in the cache reads some megabytes of the file instead of some 100 KB.
void PreferHugePages(void* mapping, size_t size);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_BASE_HUGE_PAGE_H_
