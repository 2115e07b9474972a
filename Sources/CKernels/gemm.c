// Matrix products: the loops of gemm_loops.h for each level of processor.

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "CKernels.h"
#include "blocks.h"

// ROWS of two vectors leave registers for what they are multiplied with; MOST_ROWS bounds how many
// rows have lists at a time.
enum { ROWS = 6, DEPTH = 128, WORDS = DEPTH / 64, MOST_ROWS = 512 };

// Among how many rows, of about the same number of places, the one is looked for that fits best.
enum { NEAR = 8 };

// Whether leaving out what is not listed saves more than lists cost.
#define LISTS_PAY(listed, all) (8 * (listed) <= 7 * (all))

// How many rows of b before they are read: the processor foresees no strides of a page.
enum { AHEAD = 12 };

// From how many rows on, and from how many numbers of b, rows and columns are put together before a
// product is made of them, for how many panels at a time and how many columns; of a transposed a,
// whose numbers stand far from each other, sooner. Measured on Zen 4 with a second cache of 1 MB:
// three panels take less time than one or two, and below 2 MB of b the loops that read it in place
// are level or ahead.
enum {
  PACKED_FROM_ROWS = 48,
  PACKED_FROM = 1 << 19,
  PACKED_FROM_TRANSPOSED = 1 << 18,
  PACKED_PANELS = 3,
  PACKED_COLUMNS = 192
};

// How much of a single row is looked through for zeros at a time.
enum { ROW_DEPTH = 1024 };

// Bit j of word i of 64 becomes bit i of word j.
static void transpose_bits(uint64_t *words) {
  uint64_t mask = 0x00000000ffffffff;
  for (int half = 32; half > 0; half >>= 1, mask ^= mask << half) {
    for (int first = 0; first < 64; first += 2 * half) {
      for (int i = first; i < first + half; i++) {
        uint64_t swapped = (words[i] >> half ^ words[i + half]) & mask;
        words[i] ^= swapped << half;
        words[i + half] ^= swapped;
      }
    }
  }
}

// Where a thread puts rows and columns together: kept until it ends. One large page, where the
// system has any: among many small ones some share their places in a cache.
static pthread_key_t packing_key;
static pthread_once_t packing_once = PTHREAD_ONCE_INIT;

static void make_packing_key(void) { pthread_key_create(&packing_key, free); }

// NULL where there is no memory: then products are made without.
static float *packing_space(void) {
  enum { SIZE = 1 << 21 };
  _Static_assert(sizeof(float) * PACKED_PANELS * DEPTH * (MOST_ROWS + PACKED_COLUMNS) <= SIZE, "one page");
  pthread_once(&packing_once, make_packing_key);
  float *space = pthread_getspecific(packing_key);
  if (space || !(space = aligned_alloc(SIZE, SIZE))) return space;
#ifdef MADV_HUGEPAGE
  madvise(space, SIZE, MADV_HUGEPAGE);
#endif
  pthread_setspecific(packing_key, space);
  return space;
}

// A baseline vector unit that is used as if it held 8 numbers splits them itself.
#define LEVEL(name) name##_baseline
#define TARGET
#define LANES 8
#define GROUP 4
#define WIDE 2
#define STRIPE 0
#define PACKED 0
#include "gemm_loops.h"

#if defined(__x86_64__) && defined(__linux__)
#define LEVEL(name) name##_v3
#define TARGET __attribute__((target("arch=x86-64-v3")))
#define LANES 8
#define GROUP 3
#define WIDE 4
#define STRIPE 0
#define PACKED 6
#include "gemm_loops.h"

// Without a least width, compilers halve vectors of 16 at this level, to spare processors that
// slow down for them: half the speed on all that do not (1.6 to 2.0 times the time on Zen 5).
#define LEVEL(name) name##_v4
#define TARGET __attribute__((target("arch=x86-64-v4"), min_vector_width(512)))
#define LANES 16
#define GROUP 3
#define WIDE 4
#define STRIPE 4
#define PACKED 14
#include "gemm_loops.h"
#endif

bool nn_gemm_at_level(nn_level level, bool transpose_a, bool transpose_b, long m, long n, long k,
                      const float *a, long lda, const float *b, long ldb, float beta, float *c,
                      long ldc) {
  switch (level) {
#if defined(__x86_64__) && defined(__linux__)
    case NN_LEVEL_AVX512:
      if (!__builtin_cpu_supports("x86-64-v4")) return false;
      gemm_v4(transpose_a, transpose_b, m, n, k, a, lda, b, ldb, beta, c, ldc);
      return true;
    case NN_LEVEL_AVX2:
      if (!__builtin_cpu_supports("x86-64-v3")) return false;
      gemm_v3(transpose_a, transpose_b, m, n, k, a, lda, b, ldb, beta, c, ldc);
      return true;
#endif
    case NN_LEVEL_BASELINE:
      gemm_baseline(transpose_a, transpose_b, m, n, k, a, lda, b, ldb, beta, c, ldc);
      return true;
    default: return false;
  }
}

void nn_gemm(bool transpose_a, bool transpose_b, long m, long n, long k, const float *a, long lda,
             const float *b, long ldb, float beta, float *c, long ldc) {
  for (int level = NN_LEVEL_AVX512; level >= NN_LEVEL_BASELINE; level--) {
    if (nn_gemm_at_level((nn_level)level, transpose_a, transpose_b, m, n, k, a, lda, b, ldb, beta,
                         c, ldc)) {
      return;
    }
  }
}
