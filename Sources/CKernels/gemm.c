// Matrix products: oneDNN where it is installed and the product is large, our own loops else.

#include <dlfcn.h>
#include <pthread.h>

#include "CKernels.h"
#include "blocks.h"

// MARK: Our own loops
//
// The result is made in blocks of 6 rows and 16 columns held in registers (12 of the 16 vectors
// AVX2 has). A panel of 16 columns of b, at most DEPTH long, is copied next to each other on the
// stack (16 KB: it stays in the first-level cache) and used for all rows; a is read in place.
//
//        b ┌──16──┐
//          │ panel│ ≤ DEPTH
//   a ┌────┴──────┤
//   6 │ ───▶      │ c
//     └───────────┘
//
// Each number of c is summed in the same order whatever rows are computed together, so splitting
// a product by rows never changes a bit.

enum { ROWS = 6, COLUMNS = 16, DEPTH = 256 };

// How many rows of b before they are read: the processor foresees no strides of a page.
enum { AHEAD = 24 };

// R rows of c, all 16 columns. a[i, p] stands at a[i * row + p * step], b[p] at b + p * ldb. With
// `keep`, b is copied there on its way: the units that multiply have no part in that, so it costs
// next to nothing, while a copy beforehand takes as long as multiplying by 4 rows.
#define DEFINE_BLOCK(R)                                                                     \
  NN_INLINE void block_##R(long depth, const float *a, long row, long step, const float *b, \
                           long ldb, float *keep, float *c, long ldc, bool add) {           \
    vector left[R], right[R];                                                               \
    for (int i = 0; i < R; i++) {                                                           \
      left[i] = add ? *(const vector *)(c + i * ldc) : (vector){0};                         \
      right[i] = add ? *(const vector *)(c + i * ldc + 8) : (vector){0};                    \
    }                                                                                       \
    for (long p = 0; p < depth; p++) {                                                      \
      vector b0 = *(const vector *)(b + p * ldb);                                           \
      vector b1 = *(const vector *)(b + p * ldb + 8);                                       \
      if (keep) {                                                                           \
        __builtin_prefetch(b + (p + AHEAD) * ldb);                                          \
        *(vector *)(keep + p * COLUMNS) = b0;                                               \
        *(vector *)(keep + p * COLUMNS + 8) = b1;                                           \
      }                                                                                     \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < R; i++) {                      \
        float x = a[i * row + p * step];                                                    \
        left[i] += x * b0;                                                                  \
        right[i] += x * b1;                                                                 \
      }                                                                                     \
    }                                                                                       \
    for (int i = 0; i < R; i++) {                                                           \
      *(vector *)(c + i * ldc) = left[i];                                                   \
      *(vector *)(c + i * ldc + 8) = right[i];                                              \
    }                                                                                       \
  }

DEFINE_BLOCK(1)
DEFINE_BLOCK(2)
DEFINE_BLOCK(3)
DEFINE_BLOCK(4)
DEFINE_BLOCK(5)
DEFINE_BLOCK(6)

NN_INLINE void block(long rows, long depth, const float *a, long row, long step, const float *b,
                     long ldb, float *keep, float *c, long ldc, bool add) {
  switch (rows) {
    case 1: block_1(depth, a, row, step, b, ldb, keep, c, ldc, add); break;
    case 2: block_2(depth, a, row, step, b, ldb, keep, c, ldc, add); break;
    case 3: block_3(depth, a, row, step, b, ldb, keep, c, ldc, add); break;
    case 4: block_4(depth, a, row, step, b, ldb, keep, c, ldc, add); break;
    case 5: block_5(depth, a, row, step, b, ldb, keep, c, ldc, add); break;
    default: block_6(depth, a, row, step, b, ldb, keep, c, ldc, add); break;
  }
}

// Columns j ..< j + columns and rows p ..< p + depth of op(b) where they do not stand as blocks
// read them; missing columns become 0.
NN_INLINE void fill_panel(float *panel, const float *b, long ldb, bool transpose, long p, long j,
                          long depth, long columns) {
  if (!transpose) {
    const float *source = b + p * ldb + j;
    for (long q = 0; q < depth; q++) {
      for (long i = 0; i < COLUMNS; i++) {
        panel[q * COLUMNS + i] = i < columns ? source[q * ldb + i] : 0;
      }
    }
    return;
  }
  const float *source = b + j * ldb + p;
  long q = 0;
  if (columns == COLUMNS) {
    for (; q + 8 <= depth; q += 8) {
      transpose_8x8(source + q, ldb, panel + q * COLUMNS, COLUMNS);
      transpose_8x8(source + 8 * ldb + q, ldb, panel + q * COLUMNS + 8, COLUMNS);
    }
  }
  for (; q < depth; q++) {
    for (long i = 0; i < COLUMNS; i++) {
      panel[q * COLUMNS + i] = i < columns ? source[i * ldb + q] : 0;
    }
  }
}

enum { WIDE = 64 };

// One row of a times `n` columns of b, a multiple of 64, read where they stand: enough sums to
// keep the units busy, and no copies. Numbers of a that are 0, half of a picture or of what relu
// gives, cost nothing; adding their products would change no sum.
NN_INLINE void multiply_row(long n, long k, const float *a, const float *b, long ldb, float *c) {
  for (long j = 0; j < n; j += WIDE) {
    vector sums[WIDE / 8] = {0};
    for (long p = 0; p < k; p++) {
      float x = a[p];
      if (x == 0) continue;
      const vector *from = (const vector *)(b + p * ldb + j);
      _Pragma("clang loop unroll(full)") for (int i = 0; i < WIDE / 8; i++) {
        sums[i] += x * from[i];
      }
    }
    for (int i = 0; i < WIDE / 8; i++) *(vector *)(c + j + i * 8) = sums[i];
  }
}

NN_CLONES
void nn_gemm_portable(bool transpose_a, bool transpose_b, long m, long n, long k, const float *a,
                      long lda, const float *b, long ldb, float beta, float *c, long ldc) {
  _Alignas(64) float panel[DEPTH * COLUMNS];
  long row = transpose_a ? 1 : lda, step = transpose_a ? lda : 1;
  if (m == 1 && step == 1 && !transpose_b && beta == 0 && n >= WIDE) {
    long wide = n - n % WIDE;
    multiply_row(wide, k, a, b, ldb, c);
    b += wide;
    c += wide;
    n -= wide;
  }
  if (k == 0 && beta == 0) {
    for (long i = 0; i < m; i++) {
      for (long j = 0; j < n; j++) c[i * ldc + j] = 0;
    }
  }
  for (long p = 0; p < k; p += DEPTH) {
    long depth = k - p < DEPTH ? k - p : DEPTH;
    bool add = beta != 0 || p > 0;
    for (long j = 0; j < n; j += COLUMNS) {
      long columns = n - j < COLUMNS ? n - j : COLUMNS;
      bool copies = transpose_b || columns < COLUMNS;
      if (copies) fill_panel(panel, b, ldb, transpose_b, p, j, depth, columns);
      for (long i = 0, rows; i < m; i += rows) {
        // The last 7 or 8 rows go as 4 and the rest: a block of 1 or 2 wastes the vector unit.
        rows = m - i;
        if (rows > ROWS) rows = rows <= 8 ? 4 : ROWS;
        const float *a0 = a + i * row + p * step;
        float *c0 = c + i * ldc + j;
        if (i == 0 && !copies) {
          float *keep = rows < m ? panel : NULL;
          block(rows, depth, a0, row, step, b + p * ldb + j, ldb, keep, c0, ldc, add);
        } else if (columns == COLUMNS) {
          block(rows, depth, a0, row, step, panel, COLUMNS, NULL, c0, ldc, add);
        } else {
          _Alignas(32) float edge[ROWS * COLUMNS];
          if (add) {
            for (long r = 0; r < rows; r++) {
              for (long q = 0; q < COLUMNS; q++) {
                edge[r * COLUMNS + q] = q < columns ? c0[r * ldc + q] : 0;
              }
            }
          }
          block(rows, depth, a0, row, step, panel, COLUMNS, NULL, edge, COLUMNS, add);
          for (long r = 0; r < rows; r++) {
            for (long q = 0; q < columns; q++) c0[r * ldc + q] = edge[r * COLUMNS + q];
          }
        }
      }
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
  // Measured on Zen 3: level from 20 to 500 columns and rows, our loops far ahead below and
  // wherever rows are few (53 against 37 GFLOP/s for 64 rows by 2048 x 2048); beyond, oneDNN's
  // blocking for the outer caches pays (92 against 73 at 1024).
  if (m >= 96 && m * n * k >= 1 << 24 &&
      nn_gemm_onednn(transpose_a, transpose_b, m, n, k, a, lda, b, ldb, beta, c, ldc)) {
    return;
  }
  nn_gemm_portable(transpose_a, transpose_b, m, n, k, a, lda, b, ldb, beta, c, ldc);
}
