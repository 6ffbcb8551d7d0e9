// Free memory that is really there.
#ifndef REVSTAT_BENCH_FREE_MEMORY_H_
#define REVSTAT_BENCH_FREE_MEMORY_H_

namespace revstat::bench {

// Writes to 1.6 GB of free memory, to half of it where there is less than twice
// that, and frees it again. The host of a virtual machine may take back what is
// free there, some seconds after it became so, and then each page has to be
// asked for again: what is measured next would measure the host. Some tenths of
// a second to 3 s. Not while other threads run.
void TouchFreeMemory();

}  // namespace revstat::bench

#endif  // REVSTAT_BENCH_FREE_MEMORY_H_
