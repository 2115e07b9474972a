// Matrix products: oneDNN where it is installed and the product is large, our own loops else.

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"
#include "blocks.h"

// MARK: Our own loops (gemm_loops.h)

// ROWS of two vectors leave registers for what they are multiplied with; MOST_ROWS bounds how many
// rows have lists at a time.
enum { ROWS = 6, DEPTH = 128, WORDS = DEPTH / 64, MOST_ROWS = 256 };

// Among how many rows, of about the same number of places, the one is looked for that fits best.
enum { NEAR = 8 };

// Whether leaving out what is not listed saves more than lists cost.
#define LISTS_PAY(listed, all) (8 * (listed) <= 7 * (all))

// How many rows of b before they are read: the processor foresees no strides of a page.
enum { AHEAD = 12 };

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

// A baseline vector unit that is used as if it held 8 numbers splits them itself.
#define LEVEL(name) name##_baseline
#define TARGET
#define LANES 8
#define GROUP 4
#define WIDE 2
#define STRIPE 0
#include "gemm_loops.h"

#if defined(__x86_64__) && defined(__linux__)
#define LEVEL(name) name##_v3
#define TARGET __attribute__((target("arch=x86-64-v3")))
#define LANES 8
#define GROUP 3
#define WIDE 4
#define STRIPE 0
#include "gemm_loops.h"

// Without a least width, compilers halve vectors of 16 at this level, to spare processors that
// slow down for them: half the speed on all that do not (1.6 to 2.0 times the time on Zen 5).
#define LEVEL(name) name##_v4
#define TARGET __attribute__((target("arch=x86-64-v4"), min_vector_width(512)))
#define LANES 16
#define GROUP 3
#define WIDE 4
#define STRIPE 4
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

void nn_gemm_portable(bool transpose_a, bool transpose_b, long m, long n, long k, const float *a,
                      long lda, const float *b, long ldb, float beta, float *c, long ldc) {
  for (int level = NN_LEVEL_AVX512; level >= NN_LEVEL_BASELINE; level--) {
    if (nn_gemm_at_level((nn_level)level, transpose_a, transpose_b, m, n, k, a, lda, b, ldb, beta,
                         c, ldc)) {
      return;
    }
  }
}

// MARK: oneDNN
//
// Loaded when first needed: loading takes 30 to 40 ms, which most runs never have to pay.

typedef int (*sgemm_function)(char, char, long, long, long, float, const float *, long,
                              const float *, long, float, float *, long);
typedef void (*set_threads_function)(int);

static sgemm_function onednn_sgemm;
static set_threads_function openmp_set_threads;
static pthread_once_t onednn_once = PTHREAD_ONCE_INIT;

static void load_onednn(void) {
  if (getenv("NNS_NO_ONEDNN")) return;
  const char *names[] = {"libdnnl.so.3", "libdnnl.so.2", "libdnnl.so"};
  for (int i = 0; i < 3 && !onednn_sgemm; i++) {
    void *library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (!library) continue;
    onednn_sgemm = (sgemm_function)dlsym(library, "dnnl_sgemm");
    openmp_set_threads = (set_threads_function)dlsym(library, "omp_set_num_threads");
  }
}

bool nn_onednn_available(void) {
  pthread_once(&onednn_once, load_onednn);
  return onednn_sgemm != 0;
}

bool nn_gemm_onednn(bool transpose_a, bool transpose_b, long m, long n, long k, const float *a,
                    long lda, const float *b, long ldb, float beta, float *c, long ldc) {
  if (!nn_onednn_available()) return false;
  // OpenMP keeps its number of threads for each calling thread. Ours are the threads here, so
  // each calls oneDNN for one.
  static _Thread_local bool single;
  if (!single && openmp_set_threads) {
    openmp_set_threads(1);
    single = true;
  }
  return onednn_sgemm(transpose_a ? 'T' : 'N', transpose_b ? 'T' : 'N', m, n, k, 1, a, lda, b,
                      ldb, beta, c, ldc) == 0;
}

void nn_gemm(bool transpose_a, bool transpose_b, long m, long n, long k, const float *a, long lda,
             const float *b, long ldb, float beta, float *c, long ldc) {
  // Where b is small, or there are few rows, our loops are level or ahead, by the more the more
  // zeros a has. Beyond, oneDNN's blocking for the outer caches pays: 92 against 73 GFLOP/s for
  // three times 1024 on Zen 3; on Zen 5, where the second cache is larger, 254 against 245 there
  // and 254 against 229 at 2048.
  if (m >= 96 && n * k >= 1 << 20 &&
      nn_gemm_onednn(transpose_a, transpose_b, m, n, k, a, lda, b, ldb, beta, c, ldc)) {
    return;
  }
  nn_gemm_portable(transpose_a, transpose_b, m, n, k, a, lda, b, ldb, beta, c, ldc);
}
