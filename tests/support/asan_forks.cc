// Keeps the allocator of AddressSanitizer whole in a child of fork: other
// threads of its parent may be inside, and the locks they hold are then held
// for ever. malloc itself is safe in this way, and clang's run-time library is
// from version 17 on. Linked into every test program; the locks' names are
// those inside that library.
#if defined(__clang__) && __clang_major__ < 17 && defined(__has_feature)
#if __has_feature(address_sanitizer)

#include <pthread.h>

namespace __lsan {
void LockThreadRegistry();
void UnlockThreadRegistry();
void LockAllocator();
void UnlockAllocator();
}  // namespace __lsan
namespace __sanitizer {
void StackDepotLockAll();
void StackDepotUnlockAll();
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

// Before all other handlers are registered, so that it locks after them: what
// they wait for may allocate.
[[gnu::constructor(101)]] void LockInForks() {
  pthread_atfork(Lock, Unlock, Unlock);
}

}  // namespace

#endif
#endif
