// Whether the work of this thread goes on: asked of its owner every few milliseconds, from wherever
// work is done. Threads that help with tiles ask nobody; they see that their job was given up.

#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "CKernels.h"
#include "watch.h"

static _Thread_local nn_watch *current;
// That of the thread whose job this one helps with.
static _Thread_local const nn_watch *helped;
static _Thread_local void *owner;

nn_watch *nn_watch_get(void) { return current; }

void nn_watch_set(nn_watch *watch) { current = watch; }

void *nn_watch_owner(void) { return owner; }

void nn_watch_set_owner(void *new_owner) { owner = new_owner; }

void nn_watch_poll(void) {
  nn_watch *watch = current;
  if (!watch) return;
  // The coarse clock is 5 ns to read and moves every 1 to 4 ms, which is as often as one asks.
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  int64_t time = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
  if (time == watch->asked) return;
  watch->asked = time;
  watch->ask(watch->context);
}

void nn_watch_help(const nn_watch *watch) { helped = watch; }

bool nn_watch_is_halted(void) {
  const nn_watch *watch = current ? current : helped;
  return watch && atomic_load_explicit(&watch->halted, memory_order_relaxed) != 0;
}

bool nn_watch_ends(void) {
  nn_watch_poll();
  return nn_watch_is_halted();
}

void nn_watch_halt(nn_watch *watch, bool halts) {
  atomic_store_explicit(&watch->halted, halts, memory_order_relaxed);
}

bool nn_watch_is_unsettled(void) { return current && current->unsettled != 0; }

void nn_watch_unsettle(nn_watch *watch, bool is_unsettled) { watch->unsettled = is_unsettled; }

nn_watch *nn_watch_create(void (*ask)(void *), void *context) {
  nn_watch *watch = calloc(1, sizeof *watch);
  if (!watch) abort();
  watch->ask = ask;
  watch->context = context;
  return watch;
}

void nn_trim_memory(void) { malloc_trim(0); }

void nn_watch_destroy(nn_watch *watch) { free(watch); }

void nn_run_tiles(long tiles, void (*work)(void *, long), void *context) {
  for (long tile = 0; tile < tiles; tile++) {
    nn_watch_poll();
    if (nn_watch_is_halted()) return;
    work(context, tile);
  }
}
