// A call on a stack of its own, for hosts that start a session on a thread with little of it. It stays
// the same thread, so whatever hangs on that (locks held, thread-local values) is as before; and a
// stack that is too small for the language's limits of depth is a crash that no check would catch.

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "CKernels.h"

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define NN_THREAD_SANITIZER 1
#include <sanitizer/tsan_interface.h>
#endif
#if __has_feature(address_sanitizer)
#define NN_ADDRESS_SANITIZER 1
#include <sanitizer/common_interface_defs.h>
#endif
#endif

// The end of the stack this thread runs on: where the system put it, or where a call here did.
static _Thread_local uintptr_t lowest;

static uintptr_t own_lowest(void) {
  pthread_attr_t attributes;
  void *start = NULL;
  size_t size = 0;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return 0;
  // The guard lies within what is told as the stack.
  size_t guard = 0;
  pthread_attr_getstack(&attributes, &start, &size);
  pthread_attr_getguardsize(&attributes, &guard);
  pthread_attr_destroy(&attributes);
  return (uintptr_t)start + guard;
}

size_t nn_stack_left(void) {
  if (lowest == 0) lowest = own_lowest();
  uintptr_t here = (uintptr_t)__builtin_frame_address(0);
  return lowest != 0 && here > lowest ? here - lowest : 0;
}

typedef struct {
  ucontext_t back;
  void (*work)(void *);
  void *context;
  void *fiber;
  const void *stack;
  size_t size;
} call;

static void enter(unsigned high, unsigned low) {
  call *made = (call *)((uintptr_t)high << 32 | (uintptr_t)low);
#ifdef NN_ADDRESS_SANITIZER
  __sanitizer_finish_switch_fiber(NULL, &made->stack, &made->size);
#endif
  made->work(made->context);
#ifdef NN_ADDRESS_SANITIZER
  __sanitizer_start_switch_fiber(NULL, made->stack, made->size);
#endif
#ifdef NN_THREAD_SANITIZER
  __tsan_switch_to_fiber(made->fiber, 0);
#endif
  setcontext(&made->back);
}

bool nn_call_on_stack(size_t size, void (*work)(void *), void *context) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  size = (size + page - 1) / page * page;
  // Pages are taken as they are used. The lowest is a guard.
  char *stack = mmap(
    NULL, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK,
    -1, 0);
  if (stack == MAP_FAILED) return false;
  mprotect(stack, page, PROT_NONE);
  ucontext_t there;
  call made = {.work = work, .context = context};
  if (getcontext(&there) != 0) {
    munmap(stack, size + page);
    return false;
  }
  there.uc_stack.ss_sp = stack + page;
  there.uc_stack.ss_size = size;
  there.uc_link = NULL;
  makecontext(
    &there, (void (*)(void))enter, 2, (unsigned)((uintptr_t)&made >> 32), (unsigned)(uintptr_t)&made);
  uintptr_t before = lowest;
  lowest = (uintptr_t)stack + page;
#ifdef NN_THREAD_SANITIZER
  made.fiber = __tsan_get_current_fiber();
  void *fiber = __tsan_create_fiber(0);
  __tsan_switch_to_fiber(fiber, 0);
#endif
#ifdef NN_ADDRESS_SANITIZER
  void *fake = NULL;
  __sanitizer_start_switch_fiber(&fake, stack + page, size);
#endif
  swapcontext(&made.back, &there);
#ifdef NN_ADDRESS_SANITIZER
  __sanitizer_finish_switch_fiber(fake, NULL, NULL);
#endif
#ifdef NN_THREAD_SANITIZER
  __tsan_destroy_fiber(fiber);
#endif
  lowest = before;
  munmap(stack, size + page);
  return true;
}
