// A small thread pool. Whoever waits, worker or caller, spins for a moment and then sleeps: the
// pieces of a training step follow each other closely, and a thread that spins longer takes its
// core from another process, or from the very thread it waits for.
//
// A job's tiles are dealt out as evenly as their sizes allow, and each thread works through its own
// hand; who is done helps the others, from the far end of theirs. So the same tile comes to the same
// thread step after step, and with it what the caches of its core hold: weights and their moving
// means that travel from core to core cost four times the arithmetic of an update.
//
//     thread 0   [ 0 1 2 3 4 ]        a hand: one 64-bit word of job, next and end, so that
//                  ▲ own    ▲ helper  taking a tile is one compare-and-swap, which fails where
//     thread 1   [ 5 6 7 8 9 ]        the job has changed: nobody waits for a thread, only for tiles
//
// What threads tell each other goes from core to core in lines of 64 bytes, 20 ns and more for each:
// a hand's line tells its owner all about a job, and each thread says once how many tiles it did.

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "CKernels.h"
#include "watch.h"

// A hand of tiles: from the top bits the job's number (24 bits), the next tile (20), the end (20).
enum { TILE_BITS = 20, MOST_TILES = 1 << TILE_BITS };

// Each on its own cache line. The work is written before the tiles, and left alone until all tiles
// of the job are done.
typedef struct {
  _Alignas(64) _Atomic uint64_t tiles;
  void (*work)(void *, long);
  void *context;
  // The caller's watch: once it is halted, tiles are taken and left as they are.
  const nn_watch *watch;
} hand;

struct nn_pool {
  // How many tiles the workers did in all jobs so far.
  _Alignas(64) _Atomic uint32_t done;
  _Atomic bool caller_sleeps;
  // How often sleepers were woken, and how many there are.
  _Alignas(64) _Atomic uint32_t wake;
  _Atomic uint32_t sleeping;
  _Atomic bool stop;

  // The caller's own.
  _Alignas(64) pthread_mutex_t busy;
  uint32_t job;
  // What stays as it is once threads run.
  _Alignas(64) int threads;
  int started;
  hand *hands;
  struct member {
    nn_pool *pool;
    int number;
    pthread_t thread;
    // Where it may run, while it has been told to wake up elsewhere than its caller.
    cpu_set_t allowed;
    _Atomic bool sleeps, moved;
  } *workers;
};

// About 80 µs on the machines measured: longer than the gap between two pieces of one step and
// than most tiles that others have begun; waking a sleeper of a virtual machine takes 50.
enum { SPINS = 4000 };

static void sleep_while(_Atomic uint32_t *word, uint32_t value) {
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

// The same for some milliseconds at most.
static void sleep_briefly_while(_Atomic uint32_t *word, uint32_t value) {
  struct timespec time = {.tv_nsec = 10000000};
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, &time, NULL, 0);
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

static uint64_t hand_of(uint32_t job, uint32_t next, uint32_t end) {
  return (uint64_t)job << 2 * TILE_BITS | (uint64_t)next << TILE_BITS | end;
}

// Takes a tile of a hand, its owner the next and a helper the last; -1 where none is left.
static long take(hand *hand, bool own) {
  uint64_t tiles = atomic_load_explicit(&hand->tiles, memory_order_acquire);
  for (;;) {
    uint32_t end = (uint32_t)tiles & (MOST_TILES - 1);
    uint32_t next = (uint32_t)(tiles >> TILE_BITS) & (MOST_TILES - 1);
    if (next == end) return -1;
    if (atomic_compare_exchange_weak_explicit(
            &hand->tiles, &tiles, own ? tiles + MOST_TILES : tiles - 1, memory_order_acq_rel,
            memory_order_acquire)) {
      return own ? next : end - 1;
    }
  }
}

// Works through a hand; gives how many tiles it did.
static uint32_t work_through(hand *hand, bool own) {
  uint32_t count = 0;
  for (long tile; (tile = take(hand, own)) >= 0; count++) {
    nn_watch_poll();
    const nn_watch *watch = hand->watch;
    nn_watch_help(watch);
    if (watch && atomic_load_explicit(&watch->halted, memory_order_relaxed)) continue;
    hand->work(hand->context, tile);
  }
  // Behind its last tile the job may be over, and its watch gone.
  if (count > 0) nn_watch_help(NULL);
  return count;
}

// Works on the current job until none of its tiles is left to take.
static void take_tiles(nn_pool *pool, int number) {
  int threads = pool->threads;
  for (int i = 0; i < threads; i++) {
    uint32_t count = work_through(&pool->hands[(number + i) % threads], i == 0);
    if (count == 0) continue;
    // Behind the last tile the job is the caller's again.
    atomic_fetch_add(&pool->done, count);
    if (atomic_load(&pool->caller_sleeps)) wake_sleepers(&pool->done);
  }
}

static uint32_t job_of(const hand *hand) {
  return (uint32_t)(atomic_load_explicit(&hand->tiles, memory_order_acquire) >> 2 * TILE_BITS);
}

static void *worker(void *argument) {
  struct member *self = argument;
  nn_pool *pool = self->pool;
  const hand *own = &pool->hands[self->number];
  for (;;) {
    uint32_t job = job_of(own);
    take_tiles(pool, self->number);
    bool found = false;
    for (int i = 0; i < SPINS && !found; i++) {
      pause_briefly();
      found = job_of(own) != job;
    }
    if (atomic_load(&pool->stop)) return NULL;
    if (found) continue;
    // Announced before the last look, so that a job that arrives between the two is seen either
    // there or by the one who wakes.
    uint32_t seen = atomic_load(&pool->wake);
    atomic_store(&self->sleeps, true);
    atomic_fetch_add(&pool->sleeping, 1);
    if (job_of(own) == job && !atomic_load(&pool->stop)) sleep_while(&pool->wake, seen);
    atomic_fetch_sub(&pool->sleeping, 1);
    atomic_store(&self->sleeps, false);
    if (atomic_exchange(&self->moved, false)) {
      pthread_setaffinity_np(self->thread, sizeof self->allowed, &self->allowed);
    }
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

// Fewer threads than asked for is no error: the others do what is left.
static void start_workers(nn_pool *pool) {
  int wanted = pool->threads - 1;
  pool->workers = calloc((size_t)wanted, sizeof *pool->workers);
  pool->hands = aligned_alloc(64, (size_t)pool->threads * sizeof *pool->hands);
  if (!pool->workers || !pool->hands) {
    pool->threads = 1;
    return;
  }
  memset(pool->hands, 0, (size_t)pool->threads * sizeof *pool->hands);
  for (int i = 0; i < wanted; i++) {
    struct member *member = &pool->workers[pool->started];
    *member = (struct member){.pool = pool, .number = i + 1};
    if (pthread_create(&member->thread, NULL, worker, member) == 0) pool->started++;
  }
  if (pool->started == 0) pool->threads = 1;
}

// A sleeper is often woken on the core of the one who wakes it, and has half of that until the
// kernel balances its load some 15 ms later, which is longer than many trainings. So it is kept
// from there while it wakes.
static void wake_elsewhere(nn_pool *pool) {
  int here = sched_getcpu();
  for (int i = 0; i < pool->started && here >= 0; i++) {
    struct member *member = &pool->workers[i];
    if (!atomic_load(&member->sleeps) || atomic_load(&member->moved)) continue;
    cpu_set_t others;
    if (pthread_getaffinity_np(member->thread, sizeof others, &others) != 0) continue;
    member->allowed = others;
    CPU_CLR(here, &others);
    if (CPU_COUNT(&others) == 0) continue;
    // In this order, whoever takes `moved` back widens what is already narrow; one that wakes too
    // early for it does so the next time.
    pthread_setaffinity_np(member->thread, sizeof others, &others);
    atomic_store(&member->moved, true);
  }
  atomic_fetch_add(&pool->wake, 1);
  wake_sleepers(&pool->wake);
}

void nn_pool_destroy(nn_pool *pool) {
  if (!pool) return;
  atomic_store(&pool->stop, true);
  wake_elsewhere(pool);
  for (int i = 0; i < pool->started; i++) pthread_join(pool->workers[i].thread, NULL);
  free(pool->workers);
  free(pool->hands);
  pthread_mutex_destroy(&pool->busy);
  free(pool);
}

// Waits until the workers have done so many tiles. What they took is nearly finished, unless one of
// them has lost its core: asleep, we leave it ours.
static void wait_for_others(nn_pool *pool, uint32_t done_then) {
  for (int i = 0; i < SPINS; i++) {
    if (atomic_load_explicit(&pool->done, memory_order_acquire) == done_then) return;
    pause_briefly();
  }
  // Announced before the last look, as the workers do it.
  atomic_store(&pool->caller_sleeps, true);
  for (;;) {
    uint32_t done = atomic_load(&pool->done);
    if (done == done_then) break;
    sleep_briefly_while(&pool->done, done);
    // Nobody else asks whether the others' tiles are to go on.
    nn_watch_poll();
  }
  atomic_store(&pool->caller_sleeps, false);
}

// The first tile of a thread: that before which its share of the work stands, as nearly as tiles
// allow. `sizes` tells how much work they are up to and with each; without it they are equal.
static uint32_t first_tile(int thread, int threads, long tiles, const long *sizes) {
  if (!sizes) return (uint32_t)(tiles * thread / threads);
  long tile = 0, before = 0, share = sizes[tiles - 1] / threads * thread;
  while (tile < tiles && (before + sizes[tile]) / 2 < share) before = sizes[tile++];
  return (uint32_t)tile;
}

void nn_pool_run(nn_pool *pool, long tiles, const long *sizes,
                 void (*work)(void *context, long tile), void *context) {
  if (tiles <= 1 || !pool || pthread_mutex_trylock(&pool->busy) != 0) {
    nn_run_tiles(tiles, work, context);
    return;
  }
  if (pool->threads > 1 && !pool->workers) start_workers(pool);
  if (pool->threads == 1 || tiles >= MOST_TILES) {
    pthread_mutex_unlock(&pool->busy);
    nn_run_tiles(tiles, work, context);
    return;
  }
  pool->job = (pool->job + 1) & 0xffffff;
  const nn_watch *watch = nn_watch_get();
  uint32_t done = atomic_load_explicit(&pool->done, memory_order_relaxed);
  // The others' first: they wait for them.
  uint32_t end = (uint32_t)tiles;
  for (int i = pool->threads - 1; i >= 0; i--) {
    hand *hand = &pool->hands[i];
    hand->work = work;
    hand->context = context;
    hand->watch = watch;
    uint32_t next = first_tile(i, pool->threads, tiles, sizes);
    atomic_store_explicit(&hand->tiles, hand_of(pool->job, next, end), memory_order_release);
    end = next;
  }
  // Who goes to sleep announces it and looks at its hand; we fill it and look who sleeps.
  atomic_thread_fence(memory_order_seq_cst);
  if (atomic_load(&pool->sleeping) != 0) wake_elsewhere(pool);
  uint32_t own = 0;
  for (int i = 0; i < pool->threads; i++) own += work_through(&pool->hands[i], i == 0);
  wait_for_others(pool, done + (uint32_t)tiles - own);
  pthread_mutex_unlock(&pool->busy);
}

// MARK: Places

long nn_take_place(uint8_t *taken, long count) {
  for (long place = 0;; place = (place + 1) % count) {
    if (!__atomic_exchange_n(taken + place, 1, __ATOMIC_ACQUIRE)) return place;
  }
}

void nn_give_place(uint8_t *taken, long place) {
  __atomic_store_n(taken + place, 0, __ATOMIC_RELEASE);
}
