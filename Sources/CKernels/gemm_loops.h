// Our own matrix product for one level of processor. gemm.c includes this file once for each, with
//
//   LEVEL(name)   the name made for the level
//   TARGET        the attribute that lets the compiler use the level
//   LANES         how many numbers one of its vectors holds
//
// The result is made in blocks of 6 rows and two vectors of columns, held in registers. A panel of
// as many columns of b, PANEL numbers at most, is copied next to each other on the stack (it takes
// half of the first-level cache) and used for all rows; a is read in place.
//
//        b ┌──2 vectors─┐
//          │    panel   │ ≤ depth
//   a ┌────┴────────────┤
//   6 │ ───▶            │ c
//     └─────────────────┘
//
// Pictures are half zeros and more, and neighbours are zero together. Where 4 rows of a have many
// places with nothing in any of them, these are left out: a list names the others. Rows that hold
// about as much in a panel's places hold it mostly in the same ones, so they are put together.
//
// Each number of c is summed in the same order whatever rows are computed together, and leaving out
// products with 0 changes no sum; so splitting a product by rows never changes a bit.

typedef float LEVEL(vector) __attribute__((vector_size(4 * LANES), aligned(4)));
#define VECTOR LEVEL(vector)
#define COLUMNS (2 * LANES)
#define DEPTH (PANEL / COLUMNS)

// 4 rows of a from a panel's first place on, and of c, with the places where one holds something.
typedef struct {
  const float *a[4];
  float *c[4];
  long count;
  uint8_t list[DEPTH];
} LEVEL(group);

// R rows of c, V vectors of columns. a[i, p] stands at A(i)[p * step], c[i] at C(i), b[p] at
// b + p * ldb; PLACE is the p of a round. With `keep`, b is copied there on its way: the units that
// multiply have no part in that, so it costs next to nothing, while a copy beforehand takes as long
// as multiplying by 4 rows.
#define BLOCK(R, V, PLACE, A, C)                                                            \
  VECTOR sums[R][V];                                                                        \
  for (int i = 0; i < R; i++) {                                                             \
    for (int v = 0; v < V; v++) {                                                           \
      sums[i][v] = add ? *(const VECTOR *)(C(i) + v * LANES) : (VECTOR){0};                 \
    }                                                                                       \
  }                                                                                         \
  for (long q = 0; q < count; q++) {                                                        \
    long p = PLACE;                                                                         \
    VECTOR from[V];                                                                         \
    for (int v = 0; v < V; v++) from[v] = *(const VECTOR *)(b + p * ldb + v * LANES);       \
    if (keep) {                                                                             \
      __builtin_prefetch(b + (p + AHEAD) * ldb);                                            \
      for (int v = 0; v < V; v++) *(VECTOR *)(keep + (p * V + v) * LANES) = from[v];        \
    }                                                                                       \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < R; i++) {                        \
      float x = A(i)[p * step];                                                             \
      for (int v = 0; v < V; v++) sums[i][v] += x * from[v];                                \
    }                                                                                       \
  }                                                                                         \
  for (int i = 0; i < R; i++) {                                                             \
    for (int v = 0; v < V; v++) *(VECTOR *)(C(i) + v * LANES) = sums[i][v];                 \
  }

#define ROW_OF_A(i) (a + (i) * row)
#define ROW_OF_C(i) (c + (i) * ldc)
#define DEFINE_BLOCK(R, V)                                                                  \
  TARGET static void LEVEL(block_##R##_##V)(long count, const float *a, long row, long step, \
                                            const float *b, long ldb, float *keep, float *c, \
                                            long ldc, bool add) {                           \
    BLOCK(R, V, q, ROW_OF_A, ROW_OF_C)                                                      \
  }

// The same for a group, from column j on: all places of b, and those of its list of a panel.
#define OWN_A(i) (rows[i])
#define OWN_C(i) (group->c[i] + j)
#define DEFINE_GROUP(V)                                                                     \
  TARGET static void LEVEL(whole_##V)(const LEVEL(group) *group, long count, long step,     \
                                      const float *b, long ldb, float *keep, long j,        \
                                      bool add) {                                           \
    const float *rows[] = {group->a[0], group->a[1], group->a[2], group->a[3]};             \
    BLOCK(4, V, q, OWN_A, OWN_C)                                                            \
  }                                                                                         \
  TARGET static void LEVEL(listed_##V)(const LEVEL(group) *group, long step, const float *b, \
                                       long j, bool add) {                                  \
    enum { ldb = V * LANES };                                                               \
    float *keep = NULL;                                                                     \
    long count = group->count;                                                              \
    const float *rows[] = {group->a[0], group->a[1], group->a[2], group->a[3]};             \
    BLOCK(4, V, group->list[q], OWN_A, OWN_C)                                               \
  }

#define DEFINE_BLOCKS(V)                                                                    \
  DEFINE_BLOCK(1, V)                                                                        \
  DEFINE_BLOCK(2, V)                                                                        \
  DEFINE_BLOCK(3, V)                                                                        \
  DEFINE_BLOCK(4, V)                                                                        \
  DEFINE_BLOCK(5, V)                                                                        \
  DEFINE_BLOCK(6, V)                                                                        \
  DEFINE_GROUP(V)

DEFINE_BLOCKS(1)
DEFINE_BLOCKS(2)

#define CHOICES(V)                                                                          \
  {                                                                                         \
    LEVEL(block_1_##V), LEVEL(block_2_##V), LEVEL(block_3_##V), LEVEL(block_4_##V),         \
        LEVEL(block_5_##V), LEVEL(block_6_##V)                                              \
  }

// By vectors of columns and rows, each less one.
static void (*const LEVEL(blocks)[2][ROWS])(long, const float *, long, long, const float *, long,
                                            float *, float *, long, bool) = {CHOICES(1),
                                                                             CHOICES(2)};

// Columns j ..< j + columns and rows p ..< p + depth of op(b) where they do not stand as blocks
// read them; missing columns, of `stride` in the panel, become 0.
TARGET static void LEVEL(fill_panel)(float *panel, const float *b, long ldb, bool transpose,
                                     long p, long j, long depth, long columns, long stride) {
  if (!transpose) {
    const float *source = b + p * ldb + j;
    for (long q = 0; q < depth; q++) {
      for (long i = 0; i < stride; i++) {
        panel[q * stride + i] = i < columns ? source[q * ldb + i] : 0;
      }
    }
    return;
  }
  const float *source = b + j * ldb + p;
  long q = 0;
  if (columns == stride) {
    for (; q + 8 <= depth; q += 8) {
      for (long i = 0; i < stride; i += 8) {
        transpose_8x8(source + i * ldb + q, ldb, panel + q * stride + i, stride);
      }
    }
  }
  for (; q < depth; q++) {
    for (long i = 0; i < stride; i++) {
      panel[q * stride + i] = i < columns ? source[i * ldb + q] : 0;
    }
  }
}

// Which of some numbers are not 0, as bits; at most 64.
TARGET static uint64_t LEVEL(nonzeros)(const float *x, long count) {
  typedef float sixteen __attribute__((ext_vector_type(16), aligned(4)));
  typedef bool signs __attribute__((ext_vector_type(16)));
  uint64_t bits = 0;
  long i = 0;
  for (; i + 16 <= count; i += 16) {
    signs are = __builtin_convertvector(*(const sixteen *)(x + i) != 0, signs);
    uint16_t word;
    memcpy(&word, &are, sizeof word);
    bits |= (uint64_t)word << i;
  }
  for (; i < count; i++) bits |= (uint64_t)(x[i] != 0) << i;
  return bits;
}

// Puts rows of a with `depth` places each into groups of 4, those that hold most first, and lists
// their places; gives how many places there are in all.
TARGET static long LEVEL(sort_rows)(LEVEL(group) *groups, long count, const float *a, long row,
                                    long depth, float *c, long ldc) {
  enum { WORDS = DEPTH / 64 };
  uint64_t holds[MOST_ROWS][WORDS];
  uint16_t amounts[MOST_ROWS], firsts[DEPTH + 2] = {0};
  for (long i = 0; i < 4 * count; i++) {
    int amount = 0;
    for (long w = 0; w < WORDS; w++) {
      long left = depth - 64 * w;
      holds[i][w] =
          left > 0 ? LEVEL(nonzeros)(a + i * row + 64 * w, left < 64 ? left : 64) : 0;
      amount += __builtin_popcountll(holds[i][w]);
    }
    amounts[i] = (uint16_t)(DEPTH - amount);
    firsts[amounts[i] + 1]++;
  }
  for (long i = 0; i <= DEPTH; i++) firsts[i + 1] += firsts[i];
  uint16_t order[MOST_ROWS];
  for (long i = 0; i < 4 * count; i++) order[firsts[amounts[i]]++] = (uint16_t)i;
  long total = 0;
  for (long g = 0; g < count; g++) {
    const uint16_t *own = order + 4 * g;
    for (int i = 0; i < 4; i++) {
      groups[g].a[i] = a + own[i] * row;
      groups[g].c[i] = c + own[i] * ldc;
    }
    long found = 0;
    for (long w = 0; w < WORDS; w++) {
      uint64_t any = holds[own[0]][w] | holds[own[1]][w] | holds[own[2]][w] | holds[own[3]][w];
      for (; any; any &= any - 1) {
        groups[g].list[found++] = (uint8_t)(64 * w + __builtin_ctzll(any));
      }
    }
    groups[g].count = found;
    total += found;
  }
  return total;
}

// The same for rows that stand next to each other, a place being `step` from the one before: four
// that are read together stay together.
TARGET static long LEVEL(list_places)(LEVEL(group) *groups, long count, const float *a, long step,
                                      long depth, float *c, long ldc) {
  long total = 0;
  for (long g = 0; g < count; g++) {
    uint8_t holds[DEPTH];
    for (long p = 0; p < depth; p++) {
      // Two reads, of which all but the signs must be 0.
      uint64_t pairs[2];
      memcpy(pairs, a + 4 * g + p * step, sizeof pairs);
      holds[p] = ((pairs[0] | pairs[1]) & 0x7fffffff7fffffff) != 0;
    }
    long found = 0;
    for (long p = 0; p < depth; p++) {
      groups[g].list[found] = (uint8_t)p;
      found += holds[p];
    }
    for (int i = 0; i < 4; i++) {
      groups[g].a[i] = a + 4 * g + i;
      groups[g].c[i] = c + (4 * g + i) * ldc;
    }
    groups[g].count = found;
    total += found;
    // The first rows tell whether the others pay.
    if (g == 1 && 8 * total > 7 * 2 * depth) return 4 * count * depth;
  }
  return total;
}

// One row of a times V vectors of columns of b, read where they stand: what is read of b is read
// once, so copies would only cost. The row holds something at the places of a list.
#define DEFINE_ROW(V)                                                                       \
  TARGET static void LEVEL(row_##V)(long count, const uint16_t *list, const float *a,       \
                                    const float *b, long ldb, float *c, bool add) {         \
    VECTOR sums[V];                                                                         \
    for (int v = 0; v < V; v++) sums[v] = add ? *(const VECTOR *)(c + v * LANES) : (VECTOR){0}; \
    for (long q = 0; q < count; q++) {                                                      \
      float x = a[list[q]];                                                                 \
      const VECTOR *from = (const VECTOR *)(b + list[q] * ldb);                             \
      _Pragma("clang loop unroll(full)") for (int v = 0; v < V; v++) sums[v] += x * from[v]; \
    }                                                                                       \
    for (int v = 0; v < V; v++) *(VECTOR *)(c + v * LANES) = sums[v];                       \
  }

DEFINE_ROW(8)
DEFINE_ROW(1)

// One row of a times `n` columns of b, a multiple of LANES. Half of a picture and of what relu gives
// is 0 and costs nothing.
TARGET static void LEVEL(multiply_row)(long n, long k, const float *a, const float *b, long ldb,
                                       float *c) {
  uint16_t list[ROW_DEPTH];
  for (long p = 0; p < k; p += ROW_DEPTH) {
    long depth = k - p < ROW_DEPTH ? k - p : ROW_DEPTH, count = 0;
    for (long q = 0; q < depth; q++) {
      list[count] = (uint16_t)q;
      count += a[p + q] != 0;
    }
    long j = 0;
    for (; j + 8 * LANES <= n; j += 8 * LANES) {
      LEVEL(row_8)(count, list, a + p, b + p * ldb + j, ldb, c + j, p > 0);
    }
    for (; j < n; j += LANES) {
      LEVEL(row_1)(count, list, a + p, b + p * ldb + j, ldb, c + j, p > 0);
    }
  }
}

// At most MOST_ROWS rows of the product.
TARGET static void LEVEL(multiply)(bool transpose_b, long m, long n, long k, const float *a,
                                   long row, long step, const float *b, long ldb, bool adds,
                                   float *c, long ldc) {
  _Alignas(64) float panel[PANEL];
  LEVEL(group) groups[MOST_ROWS / 4];
  for (long p = 0; p < k; p += DEPTH) {
    long depth = k - p < DEPTH ? k - p : DEPTH;
    bool add = adds || p > 0;
    // Lists cost about as much as a panel of products.
    long listed = n >= 4 * COLUMNS && m >= 8 && (step == 1 || row == 1) ? m / 4 : 0;
    if (listed > 0) {
      long places = step == 1
          ? LEVEL(sort_rows)(groups, listed, a + p, row, depth, c, ldc)
          : LEVEL(list_places)(groups, listed, a + p * step, step, depth, c, ldc);
      if (8 * places > 7 * listed * depth) listed = 0;
    }
    for (long j = 0; j < n; j += COLUMNS) {
      long columns = n - j < COLUMNS ? n - j : COLUMNS;
      int vectors = columns <= LANES ? 1 : 2;
      long stride = vectors * LANES;
      bool copies = transpose_b || columns < stride;
      if (copies) {
        LEVEL(fill_panel)(panel, b, ldb, transpose_b, p, j, depth, columns, stride);
      }
      long i = 0;
      // Columns at the edge go through a block of their own, below.
      for (long group = 0; group < listed && columns == stride; group++, i += 4) {
        if (group == 0 && !copies) {
          (vectors == 1 ? LEVEL(whole_1) : LEVEL(whole_2))(
              groups, depth, step, b + p * ldb + j, ldb, panel, j, add);
        } else {
          (vectors == 1 ? LEVEL(listed_1) : LEVEL(listed_2))(groups + group, step, panel, j, add);
        }
      }
      for (long rows; i < m; i += rows) {
        // The last 7 or 8 rows go as 4 and the rest: a block of 1 or 2 wastes the vector unit.
        rows = m - i;
        if (rows > ROWS) rows = rows <= 8 ? 4 : ROWS;
        const float *a0 = a + i * row + p * step;
        float *c0 = c + i * ldc + j;
        if (i == 0 && !copies) {
          LEVEL(blocks)[vectors - 1][rows - 1](depth, a0, row, step, b + p * ldb + j, ldb,
                                               rows < m ? panel : NULL, c0, ldc, add);
        } else if (columns == stride) {
          LEVEL(blocks)[vectors - 1][rows - 1](depth, a0, row, step, panel, stride, NULL, c0, ldc,
                                               add);
        } else {
          _Alignas(64) float edge[ROWS * COLUMNS];
          if (add) {
            for (long r = 0; r < rows; r++) {
              for (long q = 0; q < stride; q++) {
                edge[r * stride + q] = q < columns ? c0[r * ldc + q] : 0;
              }
            }
          }
          LEVEL(blocks)[vectors - 1][rows - 1](depth, a0, row, step, panel, stride, NULL, edge,
                                               stride, add);
          for (long r = 0; r < rows; r++) {
            for (long q = 0; q < columns; q++) c0[r * ldc + q] = edge[r * stride + q];
          }
        }
      }
    }
  }
}

// The whole product; see nn_gemm.
TARGET static void LEVEL(gemm)(bool transpose_a, bool transpose_b, long m, long n, long k,
                               const float *a, long lda, const float *b, long ldb, float beta,
                               float *c, long ldc) {
  long row = transpose_a ? 1 : lda, step = transpose_a ? lda : 1;
  if (m == 1 && step == 1 && !transpose_b && beta == 0 && n >= COLUMNS) {
    long wide = n - n % LANES;
    LEVEL(multiply_row)(wide, k, a, b, ldb, c);
    b += wide;
    c += wide;
    n -= wide;
  }
  if (k == 0 && beta == 0) {
    for (long i = 0; i < m; i++) {
      for (long j = 0; j < n; j++) c[i * ldc + j] = 0;
    }
  }
  for (long i = 0; i < m; i += MOST_ROWS) {
    LEVEL(multiply)(transpose_b, m - i < MOST_ROWS ? m - i : MOST_ROWS, n, k, a + i * row, row,
                    step, b, ldb, beta != 0, c + i * ldc, ldc);
  }
}

#undef CHOICES
#undef DEFINE_ROW
#undef DEFINE_BLOCKS
#undef DEFINE_GROUP
#undef OWN_A
#undef OWN_C
#undef ROW_OF_A
#undef ROW_OF_C
#undef DEFINE_BLOCK
#undef BLOCK
#undef DEPTH
#undef COLUMNS
#undef VECTOR
#undef LANES
#undef TARGET
#undef LEVEL
