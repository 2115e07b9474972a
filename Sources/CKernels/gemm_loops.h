// Our own matrix product for one level of processor. gemm.c includes this file once for each, with
//
//   LEVEL(name)   the name made for the level
//   TARGET        the attribute that lets the compiler use the level
//   LANES         how many numbers one of its vectors holds
//   GROUP, WIDE   how many rows and vectors of columns the product with lists holds in registers
//   STRIPE        the logarithm of how many vectors of columns that of a single row holds there; 0
//                 where registers are too few for that
//   PACKED        the most rows of a large product's blocks, which are two vectors wide; 0 where
//                 these do without
//
// The result is made in blocks of 6 rows and two vectors of columns, held in registers. A panel of
// as many columns of b, DEPTH rows at most, is copied next to each other on the stack (it takes at
// most half of the first-level cache) and used for all rows; a is read in place.
//
//        b ┌──2 vectors─┐
//          │    panel   │ ≤ DEPTH
//   a ┌────┴────────────┤
//   6 │ ───▶            │ c
//     └─────────────────┘
//
// Pictures are half zeros and more, and half of what relu gives is 0. Where a group of rows of a
// has many places with nothing in any of them, these are left out: a list names the others. A group
// has few rows, since each makes its list longer, and many columns, for what is read of a list.
// Rows that hold something in nearly the same places are put together.
//
// Each number of c is summed in the same order whatever rows are computed together, and leaving out
// products with 0 changes no sum; so splitting a product by rows never changes a bit.

typedef float LEVEL(vector) __attribute__((vector_size(4 * LANES), aligned(4)));
#define VECTOR LEVEL(vector)
#define COLUMNS (2 * LANES)
#define PANEL (DEPTH * LANES * (WIDE > 2 ? WIDE : 2))

// Rows of a from a panel's first place on, and of c, with the places where one holds something.
typedef struct {
  const float *a[GROUP];
  float *c[GROUP];
  long count;
  uint16_t list[DEPTH + 4];
} LEVEL(group);

// R rows of c, V vectors of columns. a[i, p] stands at A(i)[p * step], c[i] at C(i), b[p] at
// b + p * ldb; PLACE is the p of a round. With `keep`, b is copied there on its way: the units that
// multiply have no part in that, so it costs next to nothing, while a copy beforehand takes as long
// as multiplying by 4 rows. What a round holds of the shorter side stays in registers; AT_ONCE
// rounds are written out one after the other.
#define BLOCK(R, V, PLACE, A, C)                                                            \
  VECTOR sums[R][V];                                                                        \
  _Pragma("clang loop unroll(full)") for (int i = 0; i < R; i++) {                          \
    for (int v = 0; v < V; v++) {                                                           \
      sums[i][v] = add ? *(const VECTOR *)(C(i) + v * LANES) : (VECTOR){0};                 \
    }                                                                                       \
  }                                                                                         \
  _Pragma("clang loop unroll_count(AT_ONCE)") for (long q = 0; q < count; q++) {            \
    long p = PLACE;                                                                         \
    const VECTOR *from = (const VECTOR *)(b + p * ldb);                                     \
    if (keep) {                                                                             \
      const float *next = b + (p + AHEAD) * ldb;                                            \
      for (int v = 0; v < V; v += 16 / LANES) __builtin_prefetch(next + v * LANES);         \
      for (int v = 0; v < V; v++) *(VECTOR *)(keep + (p * V + v) * LANES) = from[v];        \
    }                                                                                       \
    if (R < V) {                                                                            \
      float x[R];                                                                           \
      for (int i = 0; i < R; i++) x[i] = A(i)[p * step];                                    \
      _Pragma("clang loop unroll(full)") for (int v = 0; v < V; v++) {                      \
        VECTOR y = from[v];                                                                 \
        for (int i = 0; i < R; i++) sums[i][v] += x[i] * y;                                 \
      }                                                                                     \
    } else {                                                                                \
      VECTOR y[V];                                                                          \
      for (int v = 0; v < V; v++) y[v] = from[v];                                           \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < R; i++) {                      \
        float x = A(i)[p * step];                                                           \
        for (int v = 0; v < V; v++) sums[i][v] += x * y[v];                                 \
      }                                                                                     \
    }                                                                                       \
  }                                                                                         \
  _Pragma("clang loop unroll(full)") for (int i = 0; i < R; i++) {                          \
    for (int v = 0; v < V; v++) *(VECTOR *)(C(i) + v * LANES) = sums[i][v];                 \
  }

#define ROW_OF_A(i) (a + (i) * row)
#define ROW_OF_C(i) (c + (i) * ldc)
#define DEFINE_BLOCK(R, V)                                                                  \
  TARGET static void LEVEL(block_##R##_##V)(long count, const float *a, long row, long step, \
                                            const float *b, long ldb, float *keep, float *c, \
                                            long ldc, bool add) {                           \
    enum { AT_ONCE = 1 };                                                                   \
    BLOCK(R, V, q, ROW_OF_A, ROW_OF_C)                                                      \
  }

#define DEFINE_BLOCKS(V)                                                                    \
  DEFINE_BLOCK(1, V)                                                                        \
  DEFINE_BLOCK(2, V)                                                                        \
  DEFINE_BLOCK(3, V)                                                                        \
  DEFINE_BLOCK(4, V)                                                                        \
  DEFINE_BLOCK(5, V)                                                                        \
  DEFINE_BLOCK(6, V)

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

#if PACKED
// The same of rows of a that were put together, place after place. Meanwhile the numbers of c that
// the next block goes on from are fetched.
#define PACKED_A(i) (a + (i))
#define DEFINE_PACKED(R)                                                                    \
  TARGET static void LEVEL(packed_##R)(long count, const float *a, const float *b, float *c, \
                                       long ldc, bool add, const float *next) {             \
    enum { AT_ONCE = 1, step = R, ldb = COLUMNS };                                          \
    float *keep = NULL;                                                                     \
    for (int i = 0; i < R; i++) {                                                           \
      for (int v = 0; v < 2; v += 16 / LANES) {                                             \
        __builtin_prefetch(next + i * ldc + v * LANES);                                     \
      }                                                                                     \
    }                                                                                       \
    BLOCK(R, 2, q, PACKED_A, ROW_OF_C)                                                      \
  }

DEFINE_PACKED(1)
DEFINE_PACKED(2)
DEFINE_PACKED(3)
DEFINE_PACKED(4)
DEFINE_PACKED(5)
DEFINE_PACKED(6)
#if PACKED > 6
DEFINE_PACKED(7)
DEFINE_PACKED(8)
DEFINE_PACKED(9)
DEFINE_PACKED(10)
DEFINE_PACKED(11)
DEFINE_PACKED(12)
DEFINE_PACKED(13)
DEFINE_PACKED(14)
#define MORE_PACKED                                                                         \
  , LEVEL(packed_7), LEVEL(packed_8), LEVEL(packed_9), LEVEL(packed_10), LEVEL(packed_11),  \
      LEVEL(packed_12), LEVEL(packed_13), LEVEL(packed_14)
#else
#define MORE_PACKED
#endif

// By rows, less one.
static void (*const LEVEL(packeds)[PACKED])(long, const float *, const float *, float *, long, bool,
                                            const float *) = {
    LEVEL(packed_1), LEVEL(packed_2), LEVEL(packed_3),
    LEVEL(packed_4), LEVEL(packed_5), LEVEL(packed_6) MORE_PACKED};
#undef MORE_PACKED
#undef DEFINE_PACKED
#undef PACKED_A
#endif

// The same for a group, from column j on: all places of b, and those of its list of a panel. Where
// a's places stand next to each other, the compiler knows it.
#define OWN_A(i) (rows[i])
#define OWN_C(i) (group->c[i] + j)
#define DEFINE_GROUP(V)                                                                     \
  TARGET static void LEVEL(whole_##V)(const LEVEL(group) *group, long count, long step,     \
                                      const float *b, long ldb, float *keep, long j,        \
                                      bool add) {                                           \
    const float *rows[GROUP];                                                               \
    for (int i = 0; i < GROUP; i++) rows[i] = group->a[i];                                  \
    enum { AT_ONCE = 1 };                                                                   \
    BLOCK(GROUP, V, q, OWN_A, OWN_C)                                                        \
  }                                                                                         \
  TARGET NN_INLINE void LEVEL(picked_##V)(const LEVEL(group) *group, long step,             \
                                          const float *b, long j, bool add) {               \
    enum { AT_ONCE = 4, ldb = V * LANES };                                                  \
    float *keep = NULL;                                                                     \
    long count = group->count;                                                              \
    const float *rows[GROUP];                                                               \
    for (int i = 0; i < GROUP; i++) rows[i] = group->a[i];                                  \
    BLOCK(GROUP, V, group->list[q], OWN_A, OWN_C)                                           \
  }                                                                                         \
  TARGET static void LEVEL(listed_##V)(const LEVEL(group) *group, long step, const float *b, \
                                       long j, bool add) {                                  \
    if (step == 1) {                                                                        \
      LEVEL(picked_##V)(group, 1, b, j, add);                                               \
    } else {                                                                                \
      LEVEL(picked_##V)(group, step, b, j, add);                                            \
    }                                                                                       \
  }

DEFINE_GROUP(1)
DEFINE_GROUP(2)
#if WIDE > 2
DEFINE_GROUP(3)
DEFINE_GROUP(4)
#define WIDTHS(name) LEVEL(name##_1), LEVEL(name##_2), LEVEL(name##_3), LEVEL(name##_4)
#else
#define WIDTHS(name) LEVEL(name##_1), LEVEL(name##_2)
#endif

// By vectors of columns, less one.
static void (*const LEVEL(wholes)[WIDE])(const LEVEL(group) *, long, long, const float *, long,
                                         float *, long, bool) = {WIDTHS(whole)};
static void (*const LEVEL(listeds)[WIDE])(const LEVEL(group) *, long, const float *, long,
                                          bool) = {WIDTHS(listed)};

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
  typedef float eight __attribute__((ext_vector_type(8), aligned(4)));
  typedef bool bool8 __attribute__((ext_vector_type(8)));
  typedef bool bool16 __attribute__((ext_vector_type(16)));
  typedef float sixteen __attribute__((ext_vector_type(16), aligned(4)));
  uint64_t bits = 0;
  long i = 0;
  for (; i + 16 <= count; i += 16) {
    bool16 are = __builtin_convertvector(*(const sixteen *)(x + i) != 0, bool16);
    uint16_t word;
    memcpy(&word, &are, sizeof word);
    bits |= (uint64_t)word << i;
  }
  if (i + 8 <= count) {
    bool8 are = __builtin_convertvector(*(const eight *)(x + i) != 0, bool8);
    uint8_t byte;
    memcpy(&byte, &are, sizeof byte);
    bits |= (uint64_t)byte << i;
    i += 8;
  }
  for (; i < count; i++) bits |= (uint64_t)(x[i] != 0) << i;
  return bits;
}

// Which places of rows of a hold something, as bits; gives how many there are in all. Either the
// places of a row or the rows stand next to each other.
TARGET static long LEVEL(find_places)(uint64_t (*holds)[WORDS], const float *a, long row, long step,
                                      long m, long depth) {
  for (long w = 0; w < WORDS; w++) {
    const float *source = a + 64 * w * step;
    long count = depth - 64 * w < 64 ? depth - 64 * w : 64;
    // A panel may end before the last word.
    if (count < 0) count = 0;
    if (step == 1) {
      for (long i = 0; i < m; i++) holds[i][w] = LEVEL(nonzeros)(source + i * row, count);
      continue;
    }
    for (long i = 0; i < m; i += 64) {
      long rows = m - i < 64 ? m - i : 64;
      uint64_t square[64] = {0};
      for (long q = 0; q < count; q++) square[q] = LEVEL(nonzeros)(source + q * step + i, rows);
      transpose_bits(square);
      for (long r = 0; r < rows; r++) holds[i + r][w] = square[r];
    }
  }
  long total = 0;
  for (long i = 0; i < m; i++) {
    for (long w = 0; w < WORDS; w++) total += __builtin_popcountll(holds[i][w]);
  }
  return total;
}

// An order of rows in which those that hold most come first.
TARGET static void LEVEL(sort_rows)(uint16_t *order, const uint64_t (*holds)[WORDS], long m) {
  uint16_t lacks[MOST_ROWS], firsts[DEPTH + 2] = {0};
  for (long i = 0; i < m; i++) {
    lacks[i] = DEPTH;
    for (long w = 0; w < WORDS; w++) lacks[i] -= __builtin_popcountll(holds[i][w]);
    firsts[lacks[i] + 1]++;
  }
  for (long i = 0; i < DEPTH; i++) firsts[i + 1] += firsts[i];
  for (long i = 0; i < m; i++) order[firsts[lacks[i]]++] = (uint16_t)i;
}

// Changes the row at order[first] for that which differs least from what `any` holds, among the
// NEAR next.
TARGET NN_INLINE void LEVEL(bring_nearest)(uint16_t *order, const uint64_t (*holds)[WORDS],
                                           long first, long end, const uint64_t *any) {
  long nearest = first;
  int least = DEPTH + 1;
  if (end > first + NEAR) end = first + NEAR;
  for (long i = first; i < end; i++) {
    int differs = 0;
    for (long w = 0; w < WORDS; w++) differs += __builtin_popcountll(any[w] ^ holds[order[i]][w]);
    if (differs < least) {
      least = differs;
      nearest = i;
    }
  }
  uint16_t row = order[nearest];
  order[nearest] = order[first];
  order[first] = row;
}

// Lists the places that are set in some words; gives how many. Four numbers are written for every
// four places, so the list has room for as many behind its end.
TARGET NN_INLINE long LEVEL(list_places)(uint16_t *list, const uint64_t *holds, long words) {
  static const uint16_t offsets[16][4] = {
      {0},    {0},    {1},    {0, 1},    {2},    {0, 2},    {1, 2},    {0, 1, 2},
      {3},    {0, 3}, {1, 3}, {0, 1, 3}, {2, 3}, {0, 2, 3}, {1, 2, 3}, {0, 1, 2, 3}};
  long count = 0;
  for (long w = 0; w < words; w++) {
    uint64_t bits = holds[w];
    for (uint64_t place = 64 * w; bits; place += 4, bits >>= 4) {
      uint64_t four;
      memcpy(&four, offsets[bits & 15], sizeof four);
      four += place * 0x0001000100010001;
      memcpy(list + count, &four, sizeof four);
      count += __builtin_popcountll(bits & 15);
    }
  }
  return count;
}

#if PACKED
// Whether rows of a are empty in so many places that lists might pay.
TARGET static bool LEVEL(has_holes)(const float *a, long row, long step, long m, long depth) {
  uint64_t holds[MOST_ROWS][WORDS];
  return LISTS_PAY(LEVEL(find_places)(holds, a, row, step, m, depth), m * depth);
}
#endif

// Puts rows of a into groups; false where lists would leave out too little to pay. A last group
// that lacks rows repeats one, which is then computed more than once, to the same end.
TARGET static bool LEVEL(make_groups)(LEVEL(group) *groups, const float *a, long row, long step,
                                      long m, long depth, float *c, long ldc) {
  uint64_t holds[MOST_ROWS][WORDS];
  long total = LEVEL(find_places)(holds, a, row, step, m, depth);
  if (!LISTS_PAY(total, m * depth)) return false;
  uint16_t order[MOST_ROWS];
  if (step == 1) {
    LEVEL(sort_rows)(order, holds, m);
  } else {
    // Rows that are read together stay together.
    for (long i = 0; i < m; i++) order[i] = (uint16_t)i;
  }
  total = 0;
  for (long first = 0; first < m; first += GROUP, groups++) {
    uint64_t any[WORDS] = {0};
    for (long i = 0; i < GROUP; i++) {
      long place = first + i < m ? first + i : m - 1;
      if (i > 0 && step == 1) LEVEL(bring_nearest)(order, holds, place, m, any);
      long own = order[place];
      groups->a[i] = a + own * row;
      groups->c[i] = c + own * ldc;
      for (long w = 0; w < WORDS; w++) any[w] |= holds[own][w];
    }
    groups->count = LEVEL(list_places)(groups->list, any, WORDS);
    total += groups->count * GROUP;
  }
  return LISTS_PAY(total, m * depth);
}

#if STRIPE
// Adds to V vectors of c the products of a row's places that hold something with b's.
#define DEFINE_STRIPE(V)                                                                    \
  TARGET static void LEVEL(add_stripe_##V)(const uint64_t *holds, long words,               \
                                           const float *a, const float *b, long ldb,        \
                                           float *c) {                                      \
    VECTOR sums[V];                                                                         \
    for (int v = 0; v < V; v++) sums[v] = *(const VECTOR *)(c + v * LANES);                 \
    for (long w = 0; w < words; w++, a += 64, b += 64 * ldb) {                              \
      for (uint64_t bits = holds[w]; bits; bits &= bits - 1) {                              \
        long p = __builtin_ctzll(bits);                                                     \
        const VECTOR *from = (const VECTOR *)(b + p * ldb);                                 \
        float x = a[p];                                                                     \
        _Pragma("clang loop unroll(full)") for (int v = 0; v < V; v++) {                    \
          sums[v] += x * from[v];                                                           \
        }                                                                                   \
      }                                                                                     \
    }                                                                                       \
    for (int v = 0; v < V; v++) *(VECTOR *)(c + v * LANES) = sums[v];                       \
  }

DEFINE_STRIPE(1)
DEFINE_STRIPE(2)
DEFINE_STRIPE(4)
DEFINE_STRIPE(8)
DEFINE_STRIPE(16)

// By the logarithm of how many vectors they are wide.
static void (*const LEVEL(stripes)[])(const uint64_t *, long, const float *, const float *, long,
                                      float *) = {
    LEVEL(add_stripe_1), LEVEL(add_stripe_2), LEVEL(add_stripe_4), LEVEL(add_stripe_8),
    LEVEL(add_stripe_16)};

// Adds to c a row's products with a panel of b. Stripes are as wide as registers allow, since the
// processor foresees what it reads of b the better the longer it goes straight on.
TARGET static void LEVEL(add_row)(const uint64_t *holds, long words, long n, const float *a,
                                  const float *b, long ldb, float *c) {
  int width = STRIPE;
  for (long j = 0; j < n; j += LANES << width) {
    while (n - j < LANES << width) width--;
    LEVEL(stripes)[width](holds, words, a, b + j, ldb, c + j);
  }
}
#undef DEFINE_STRIPE
#else
// Adds to c the products of R places of a row of a with theirs of b, whose rows are read from end
// to end.
#define DEFINE_ROWS(R)                                                                      \
  TARGET static void LEVEL(add_rows_##R)(const uint16_t *list, long n, const float *a,      \
                                         const float *b, long ldb, float *c) {              \
    const float *from[R];                                                                   \
    float x[R];                                                                             \
    for (int i = 0; i < R; i++) {                                                           \
      x[i] = a[list[i]];                                                                    \
      from[i] = b + list[i] * ldb;                                                          \
    }                                                                                       \
    for (long j = 0; j < n; j += LANES) {                                                   \
      VECTOR sum = *(const VECTOR *)(c + j);                                                \
      for (int i = 0; i < R; i++) sum += x[i] * *(const VECTOR *)(from[i] + j);             \
      *(VECTOR *)(c + j) = sum;                                                             \
    }                                                                                       \
  }

DEFINE_ROWS(8)
DEFINE_ROWS(1)

// Adds to c a row's products with a panel of b: there are too few registers to hold c.
TARGET static void LEVEL(add_row)(const uint64_t *holds, long words, long n, const float *a,
                                  const float *b, long ldb, float *c) {
  uint16_t list[ROW_DEPTH + 4];
  long count = LEVEL(list_places)(list, holds, words), q = 0;
  for (; q + 8 <= count; q += 8) LEVEL(add_rows_8)(list + q, n, a, b, ldb, c);
  for (; q < count; q++) LEVEL(add_rows_1)(list + q, n, a, b, ldb, c);
}
#undef DEFINE_ROWS
#endif

// The same for fewer columns than fill a vector: what stands behind them is read along in the first
// `whole` rows of b, which others follow.
TARGET static void LEVEL(add_rest)(const uint64_t *holds, long words, long n, long whole,
                                   const float *a, const float *b, long ldb, float *c) {
  VECTOR sum = {0};
  memcpy(&sum, c, n * sizeof *c);
  for (long w = 0; w < words; w++) {
    for (uint64_t bits = holds[w]; bits; bits &= bits - 1) {
      long p = 64 * w + __builtin_ctzll(bits);
      VECTOR y = {0};
      if (p < whole) {
        y = *(const VECTOR *)(b + p * ldb);
      } else {
        memcpy(&y, b + p * ldb, n * sizeof *b);
      }
      sum += a[p] * y;
    }
  }
  memcpy(c, &sum, n * sizeof *c);
}

// One row of a times b. What is read of b is read once, so copies would only cost; places of a with
// 0 cost nothing.
TARGET static void LEVEL(multiply_row)(long n, long k, const float *a, const float *b, long ldb,
                                       float *c) {
  uint64_t holds[ROW_DEPTH / 64];
  long rest = n % LANES, wide = n - rest;
  memset(c, 0, n * sizeof *c);
  for (long p = 0; p < k; p += ROW_DEPTH) {
    long depth = k - p < ROW_DEPTH ? k - p : ROW_DEPTH, words = (depth + 63) / 64;
    for (long w = 0; w < words; w++) {
      long left = depth - 64 * w;
      holds[w] = LEVEL(nonzeros)(a + p + 64 * w, left < 64 ? left : 64);
    }
    LEVEL(add_row)(holds, words, wide, a + p, b + p * ldb, ldb, c);
    if (rest > 0) {
      long whole = k - (LANES - rest + ldb - 1) / ldb;
      LEVEL(add_rest)(holds, words, rest, whole - p, a + p, b + p * ldb + wide, ldb, c + wide);
    }
  }
}

// A panel's products with groups, for all columns that fill vectors; gives how many these are.
TARGET static long LEVEL(multiply_listed)(const LEVEL(group) *groups, long count, long step,
                                          const float *b, long ldb, bool transpose_b, long p,
                                          long depth, long n, float *panel, bool add) {
  long j = 0;
  for (long vectors; j + LANES <= n; j += vectors * LANES) {
    // Panels of nearly the same width: a narrow one leaves the units waiting for their own sums.
    long left = (n - j) / LANES, panels = (left + WIDE - 1) / WIDE;
    vectors = (left + panels - 1) / panels;
    long g = 0;
    if (transpose_b) {
      LEVEL(fill_panel)(panel, b, ldb, true, p, j, depth, vectors * LANES, vectors * LANES);
    } else {
      LEVEL(wholes)[vectors - 1](groups, depth, step, b + p * ldb + j, ldb, panel, j, add);
      g = 1;
    }
    for (; g < count; g++) LEVEL(listeds)[vectors - 1](groups + g, step, panel, j, add);
  }
  return j;
}

// A panel's products with all rows of a, for columns from j on.
TARGET static void LEVEL(multiply_all)(const float *a, long row, long step, long m, const float *b,
                                       long ldb, bool transpose_b, long p, long depth, long j,
                                       long n, float *panel, bool add, float *c, long ldc) {
  for (; j < n; j += COLUMNS) {
    long columns = n - j < COLUMNS ? n - j : COLUMNS;
    int vectors = columns <= LANES ? 1 : 2;
    long stride = vectors * LANES;
    bool copies = transpose_b || columns < stride;
    if (copies) {
      LEVEL(fill_panel)(panel, b, ldb, transpose_b, p, j, depth, columns, stride);
    }
    for (long i = 0, rows; i < m; i += rows) {
      // The last 7 or 8 rows go as 4 and the rest: a block of 1 or 2 wastes the vector unit.
      rows = m - i;
      if (rows > ROWS) rows = rows <= 8 ? 4 : ROWS;
      const float *a0 = a + i * row;
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

#if PACKED
// Puts rows of a together in groups of nearly the same size, each place after place.
TARGET static void LEVEL(pack_rows)(float *to, const float *a, long row, long step, long m,
                                    long depth) {
  for (long i = 0, groups = (m + PACKED - 1) / PACKED, rows; i < m; i += rows, groups--) {
    rows = (m - i + groups - 1) / groups;
    const float *from = a + i * row;
    if (row == 1) {
      for (long q = 0; q < depth; q++, to += rows) {
        for (long r = 0; r < rows; r++) to[r] = from[q * step + r];
      }
    } else {
      for (long r = 0; r < rows; r++) {
        for (long q = 0; q < depth; q++) to[q * rows + r] = from[q * step + r * row];
      }
      to += rows * depth;
    }
  }
}

// Puts `width` columns of b, from j on, together in panels.
TARGET static void LEVEL(pack_columns)(float *to, const float *b, long ldb, bool transpose, long p,
                                       long j, long depth, long width) {
  if (transpose) {
    for (long x = 0; x < width; x += COLUMNS) {
      LEVEL(fill_panel)(to + x * depth, b, ldb, true, p, j + x, depth, COLUMNS, COLUMNS);
    }
    return;
  }
  const float *from = b + p * ldb + j;
  for (long q = 0; q < depth; q++, from += ldb) {
    const float *later = from + AHEAD * ldb;
    for (long x = 0; x < width; x += 16) __builtin_prefetch(later + x, 0, 2);
    for (long x = 0; x < width; x += COLUMNS) {
      float *place = to + x * depth + q * COLUMNS;
      *(VECTOR *)place = *(const VECTOR *)(from + x);
      *(VECTOR *)(place + LANES) = *(const VECTOR *)(from + x + LANES);
    }
  }
}

// A deep panel's products with all rows of a, for all columns that fill blocks; gives how many
// these are. What is read over and over stands together in `space`: of rows that are a power of two
// apart, caches hold only a few.
TARGET static long LEVEL(multiply_packed)(const float *a, long row, long step, long m,
                                          const float *b, long ldb, bool transpose_b, long p,
                                          long depth, long n, float *space, bool add, float *c,
                                          long ldc) {
  float *panels = space + m * depth;
  LEVEL(pack_rows)(space, a, row, step, m, depth);
  long all = n / COLUMNS * COLUMNS;
  for (long j = 0, width; j < all; j += width) {
    width = all - j < PACKED_COLUMNS ? all - j : PACKED_COLUMNS;
    LEVEL(pack_columns)(panels, b, ldb, transpose_b, p, j, depth, width);
    for (long i = 0, groups = (m + PACKED - 1) / PACKED, rows; i < m; i += rows, groups--) {
      rows = (m - i + groups - 1) / groups;
      for (long x = 0; x < width; x += COLUMNS) {
        float *own = c + i * ldc + j + x;
        const float *next = x + COLUMNS < width ? own + COLUMNS
                            : i + rows < m      ? c + (i + rows) * ldc + j
                                                : c + j + width;
        LEVEL(packeds)[rows - 1](depth, space + i * depth, panels + x * depth, own, ldc, add, next);
      }
    }
  }
  return all;
}
#endif

// At most MOST_ROWS rows of the product.
TARGET static void LEVEL(multiply)(bool transpose_b, long m, long n, long k, const float *a,
                                   long row, long step, const float *b, long ldb, bool adds,
                                   float *c, long ldc) {
  _Alignas(64) float panel[PANEL];
  LEVEL(group) groups[(MOST_ROWS + GROUP - 1) / GROUP];
  // Lists cost about as much as a panel of products.
  bool lists = n >= 4 * COLUMNS && m >= 8 && (step == 1 || row == 1);
#if PACKED
  long from_size = step > 1 ? PACKED_FROM_TRANSPOSED : PACKED_FROM;
  float *space = m >= PACKED_FROM_ROWS && n * k >= from_size ? packing_space() : NULL;
#endif
  // As deep as each other: what a panel costs besides its products hardly depends on its depth.
  long panels = (k + DEPTH - 1) / DEPTH, most = panels > 0 ? (k + panels - 1) / panels : 0;
  for (long p = 0, depth; p < k; p += depth) {
    depth = k - p < most ? k - p : most;
    const float *from = a + p * step;
    bool add = adds || p > 0;
    long done = 0;
    if (lists && LEVEL(make_groups)(groups, from, row, step, m, depth, c, ldc)) {
      done = LEVEL(multiply_listed)(groups, (m + GROUP - 1) / GROUP, step, b, ldb, transpose_b, p,
                                    depth, n, panel, add);
#if PACKED
    } else if (space) {
      // Several panels at once, unless a list pays for one.
      for (long next; depth < PACKED_PANELS * most && depth < k - p; depth += next) {
        next = k - p - depth < most ? k - p - depth : most;
        if (lists && LEVEL(has_holes)(from + depth * step, row, step, m, next)) break;
      }
      done = LEVEL(multiply_packed)(from, row, step, m, b, ldb, transpose_b, p, depth, n, space,
                                    add, c, ldc);
#endif
    }
    // What is left is narrower than a block, unless nothing was done.
    for (long first = p, part; first < p + depth && done < n; first += part) {
      part = p + depth - first < most ? p + depth - first : most;
      LEVEL(multiply_all)(a + first * step, row, step, m, b, ldb, transpose_b, first, part, done, n,
                          panel, add || first > p, c, ldc);
    }
  }
}

// The whole product; see nn_gemm.
TARGET static void LEVEL(gemm)(bool transpose_a, bool transpose_b, long m, long n, long k,
                               const float *a, long lda, const float *b, long ldb, float beta,
                               float *c, long ldc) {
  long row = transpose_a ? 1 : lda, step = transpose_a ? lda : 1;
  if (m == 1 && step == 1 && !transpose_b && beta == 0) {
    LEVEL(multiply_row)(n, k, a, b, ldb, c);
    return;
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
#undef DEFINE_BLOCKS
#undef DEFINE_GROUP
#undef WIDTHS
#undef OWN_A
#undef OWN_C
#undef ROW_OF_A
#undef ROW_OF_C
#undef DEFINE_BLOCK
#undef BLOCK
#undef PANEL
#undef COLUMNS
#undef VECTOR
#undef PACKED
#undef STRIPE
#undef WIDE
#undef GROUP
#undef LANES
#undef TARGET
#undef LEVEL
