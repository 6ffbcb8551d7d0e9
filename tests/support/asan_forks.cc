// Keeps the allocator of AddressSanitizer whole in a child of fork: other
// threads of its parent may be inside, and the locks they hold are then held
// for ever. malloc itself is safe in this way, and clang's run-time library is
// from version 17 on; that of g++ is not helped here. Linked into the tests
// that fork beside threads. The names are those inside the library; where it is
// a shared one, they are not to be had.
#if defined(__clang__) && __clang_major__ < 17 && defined(__has_feature)
#if __has_feature(address_sanitizer)

#include <pthread.h>

namespace __lsan {
[[gnu::weak]] void LockThreadRegistry();
[[gnu::weak]] void UnlockThreadRegistry();
[[gnu::weak]] void LockAllocator();
[[gnu::weak]] void UnlockAllocator();
}  // namespace __lsan
namespace __sanitizer {
[[gnu::weak]] void StackDepotLockAll();
[[gnu::weak]] void StackDepotUnlockAll();
}  // namespace __sanitizer

namespace {

void Lock() {
  __lsan::LockThreadRegistry();
  __lsan::LockAllocator();
  __sanitizer::StackDepotLockAll();
}

void Unlock() {
  __sanitizer::StackDepotUnlockAll();
  __lsan::UnlockAllocator();
  __lsan::UnlockThreadRegistry();
}

// Before all other handlers of the program are registered, so that it locks
// after them: what they wait for may allocate.
[[gnu::constructor(101)]] void LockInForks() {
  if (__lsan::LockAllocator != nullptr) pthread_atfork(Lock, Unlock, Unlock);
}

}  // namespace

#endif
#endif
