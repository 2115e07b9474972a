// A small thread pool. Whoever waits, worker or caller, spins for a moment and then sleeps: the
// pieces of a training step follow each other closely, and a thread that spins longer takes its
// core from another process, or from the very thread it waits for.
//
// All hand-over goes through one 64-bit word: the number of the job in the upper half, how many
// of its tiles are not yet taken in the lower. Taking a tile is one compare-and-swap, which fails
// where the job has changed; so no worker has to be waited for, only the tiles they took.

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "CKernels.h"

struct nn_pool {
  // Each on its own cache line: all threads write them.
  _Alignas(64) _Atomic uint64_t claim;
  _Alignas(64) _Atomic uint32_t done;
  _Atomic bool caller_sleeps;
  _Alignas(64) _Atomic uint32_t wake;
  _Atomic uint32_t sleeping;
  _Atomic bool stop;

  // The job: written before `claim` announces it, left alone until `done` reaches `tiles`.
  _Alignas(64) void (*work)(void *, long);
  void *context;
  long tiles;
  uint32_t job;

  pthread_mutex_t busy;
  int threads;
  int started;
  pthread_t *workers;
};

// About 80 µs on the machines measured: longer than the gap between two pieces of one step and
// than most tiles that others have begun; waking a sleeper of a virtual machine takes 50.
enum { SPINS = 4000 };

static void sleep_while(_Atomic uint32_t *word, uint32_t value) {
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

static void wake_sleepers(_Atomic uint32_t *word) {
  syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

static inline void pause_briefly(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

// Works on the current job until none of its tiles is left to take.
static void take_tiles(nn_pool *pool) {
  for (;;) {
    uint64_t claim = atomic_load_explicit(&pool->claim, memory_order_acquire);
    uint32_t left = (uint32_t)claim;
    if (left == 0) return;
    if (!atomic_compare_exchange_weak_explicit(&pool->claim, &claim, claim - 1,
                                               memory_order_acq_rel, memory_order_relaxed)) {
      continue;
    }
    uint32_t tiles = (uint32_t)pool->tiles;
    pool->work(pool->context, (long)(tiles - left));
    // Behind the last tile the job is the caller's again.
    if (atomic_fetch_add(&pool->done, 1) + 1 == tiles && atomic_load(&pool->caller_sleeps)) {
      wake_sleepers(&pool->done);
    }
  }
}

static void *worker(void *argument) {
  nn_pool *pool = argument;
  for (;;) {
    uint32_t seen = atomic_load(&pool->wake);
    take_tiles(pool);
    bool found = false;
    for (int i = 0; i < SPINS && !found; i++) {
      pause_briefly();
      found = (uint32_t)atomic_load_explicit(&pool->claim, memory_order_relaxed) != 0 ||
              atomic_load_explicit(&pool->stop, memory_order_relaxed);
    }
    if (atomic_load(&pool->stop)) return NULL;
    if (found) continue;
    // Announced before the last look, so that a job that arrives between the two is seen either
    // here or by the one who wakes.
    atomic_fetch_add(&pool->sleeping, 1);
    if ((uint32_t)atomic_load(&pool->claim) == 0 && !atomic_load(&pool->stop)) {
      sleep_while(&pool->wake, seen);
    }
    atomic_fetch_sub(&pool->sleeping, 1);
  }
}

int nn_processor_count(void) {
  // The processors this process may use, which in a container are fewer than the machine's.
  cpu_set_t set;
  int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
  return count < 1 ? 1 : count;
}

nn_pool *nn_pool_create(int threads) {
  nn_pool *pool = aligned_alloc(64, sizeof(nn_pool));
  if (!pool) return NULL;
  *pool = (nn_pool){0};
  pool->threads = threads < 1 ? 1 : threads;
  pthread_mutex_init(&pool->busy, NULL);
  return pool;
}

// Fewer threads than asked for is no error: the caller does what is left.
static void start_workers(nn_pool *pool) {
  int wanted = pool->threads - 1;
  pool->workers = calloc((size_t)wanted, sizeof(pthread_t));
  if (!pool->workers) {
    pool->threads = 1;
    return;
  }
  while (pool->started < wanted &&
         pthread_create(&pool->workers[pool->started], NULL, worker, pool) == 0) {
    pool->started++;
  }
  pool->threads = pool->started + 1;
}

static void wake_workers(nn_pool *pool) {
  atomic_fetch_add(&pool->wake, 1);
  if (atomic_load(&pool->sleeping) != 0) wake_sleepers(&pool->wake);
}

void nn_pool_destroy(nn_pool *pool) {
  if (!pool) return;
  atomic_store(&pool->stop, true);
  wake_workers(pool);
  for (int i = 0; i < pool->started; i++) pthread_join(pool->workers[i], NULL);
  free(pool->workers);
  pthread_mutex_destroy(&pool->busy);
  free(pool);
}

// What the others took is nearly finished, unless one of them has lost its core: asleep, we leave
// it ours.
static void wait_for_others(nn_pool *pool, uint32_t tiles) {
  for (int i = 0; i < SPINS; i++) {
    if (atomic_load_explicit(&pool->done, memory_order_acquire) == tiles) return;
    pause_briefly();
  }
  // Announced before the last look, as the workers do it.
  atomic_store(&pool->caller_sleeps, true);
  for (;;) {
    uint32_t done = atomic_load(&pool->done);
    if (done == tiles) break;
    sleep_while(&pool->done, done);
  }
  atomic_store(&pool->caller_sleeps, false);
}

void nn_pool_run(nn_pool *pool, long tiles, void (*work)(void *context, long tile),
                 void *context) {
  if (tiles <= 1 || !pool || pthread_mutex_trylock(&pool->busy) != 0) {
    for (long tile = 0; tile < tiles; tile++) work(context, tile);
    return;
  }
  if (pool->threads > 1 && !pool->workers) start_workers(pool);
  if (pool->threads == 1 || tiles > UINT32_MAX) {
    pthread_mutex_unlock(&pool->busy);
    for (long tile = 0; tile < tiles; tile++) work(context, tile);
    return;
  }
  pool->work = work;
  pool->context = context;
  pool->tiles = tiles;
  atomic_store_explicit(&pool->done, 0, memory_order_relaxed);
  pool->job++;
  atomic_store(&pool->claim, (uint64_t)pool->job << 32 | (uint64_t)tiles);
  wake_workers(pool);
  take_tiles(pool);
  wait_for_others(pool, (uint32_t)tiles);
  pthread_mutex_unlock(&pool->busy);
}
