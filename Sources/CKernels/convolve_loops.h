// Convolutions for one level of processor. convolve.c includes this file once for each, with
//
//   LEVEL(name)   the name made for the level
//   TARGET        the attribute that lets the compiler use the level
//   LANES         how many numbers one of its vectors holds
//   PLACES        how many places of two vectors registers hold
//
// Pictures have their channels last, so what a window sees of a row is one run of numbers, and a
// place's sums are products of some runs with the weights' rows, which stand in panels of two
// vectors of columns:
//
//     x ┌───┬───┬───┬───┬───┐            panel ┌─2 vectors─┐
//       │   │▒▒▒│▒▒▒│▒▒▒│   │  run of 3 pixels ▒           │
//       │   │▒▒▒│▒▒▒│▒▒▒│   │ ────────────────▶▒           │
//       └───┴───┴───┴───┴───┘                  └───────────┘
//
// Sums stay in registers for several places of a row at once. Each is made in the same order
// whatever places are computed together.

typedef float LEVEL(vector) __attribute__((vector_size(4 * LANES), aligned(4)));
#define VECTOR LEVEL(vector)
#define COLUMNS (2 * LANES)

// P places, `step` apart, with V vectors of a panel.
#define DEFINE_RUN(P, V)                                                                      \
  TARGET static void LEVEL(run_##P##_##V)(const float *a, long step, runs run, const float *w, \
                                          float *out, long out_step) {                        \
    VECTOR s[P][V];                                                                           \
    _Pragma("clang loop unroll(full)") for (int p = 0; p < P; p++) {                          \
      for (int v = 0; v < V; v++) s[p][v] = (VECTOR){0};                                      \
    }                                                                                         \
    for (long i = 0; i < run.rows; i++) {                                                     \
      for (long j = 0; j < run.columns; j++) {                                                \
        const float *from = a + i * run.row_step + j * run.column_step;                       \
        for (long q = 0; q < run.length; q++, from++, w += V * LANES) {                       \
          VECTOR y[V];                                                                        \
          for (int v = 0; v < V; v++) y[v] = *(const VECTOR *)(w + v * LANES);                \
          _Pragma("clang loop unroll(full)") for (int p = 0; p < P; p++) {                    \
            float x = from[p * step];                                                         \
            for (int v = 0; v < V; v++) s[p][v] += x * y[v];                                  \
          }                                                                                   \
        }                                                                                     \
      }                                                                                       \
    }                                                                                         \
    _Pragma("clang loop unroll(full)") for (int p = 0; p < P; p++) {                          \
      for (int v = 0; v < V; v++) *(VECTOR *)(out + p * out_step + v * LANES) = s[p][v];      \
    }                                                                                         \
  }

// The gradient by R weights of a run and V vectors of filters: Σ over places of a · g.
#define DEFINE_OUTER(R, V)                                                                    \
  TARGET static void LEVEL(outer_##R##_##V)(const walk *walks, const float *a, const float *g, \
                                            float *dw, long ld, bool add) {                   \
    VECTOR s[R][V];                                                                           \
    _Pragma("clang loop unroll(full)") for (int r = 0; r < R; r++) {                          \
      for (int v = 0; v < V; v++) {                                                           \
        s[r][v] = add ? *(const VECTOR *)(dw + r * ld + v * LANES) : (VECTOR){0};             \
      }                                                                                       \
    }                                                                                         \
    for (long i = 0; i < walks[0].count; i++) {                                               \
      for (long j = 0; j < walks[1].count; j++) {                                             \
        const float *x = a + i * walks[0].from + j * walks[1].from;                           \
        const float *z = g + i * walks[0].to + j * walks[1].to;                               \
        for (long k = 0; k < walks[2].count; k++, x += walks[2].from, z += walks[2].to) {     \
          VECTOR y[V];                                                                        \
          for (int v = 0; v < V; v++) y[v] = *(const VECTOR *)(z + v * LANES);                \
          _Pragma("clang loop unroll(full)") for (int r = 0; r < R; r++) {                    \
            for (int v = 0; v < V; v++) s[r][v] += x[r] * y[v];                               \
          }                                                                                   \
        }                                                                                     \
      }                                                                                       \
    }                                                                                         \
    _Pragma("clang loop unroll(full)") for (int r = 0; r < R; r++) {                          \
      for (int v = 0; v < V; v++) *(VECTOR *)(dw + r * ld + v * LANES) = s[r][v];             \
    }                                                                                         \
  }

#define DEFINE_BOTH(P) \
  DEFINE_RUN(P, 1)     \
  DEFINE_RUN(P, 2)     \
  DEFINE_OUTER(P, 1)   \
  DEFINE_OUTER(P, 2)

DEFINE_BOTH(1)
DEFINE_BOTH(2)
DEFINE_BOTH(3)
#if PLACES > 3
DEFINE_BOTH(4)
DEFINE_BOTH(5)
DEFINE_BOTH(6)
#endif
#if PLACES > 6
DEFINE_BOTH(7)
DEFINE_BOTH(8)
DEFINE_BOTH(9)
DEFINE_BOTH(10)
DEFINE_BOTH(11)
DEFINE_BOTH(12)
DEFINE_BOTH(13)
DEFINE_BOTH(14)
#define CHOICES(name, V)                                                                       \
  {                                                                                            \
    LEVEL(name##_1_##V), LEVEL(name##_2_##V), LEVEL(name##_3_##V), LEVEL(name##_4_##V),        \
        LEVEL(name##_5_##V), LEVEL(name##_6_##V), LEVEL(name##_7_##V), LEVEL(name##_8_##V),    \
        LEVEL(name##_9_##V), LEVEL(name##_10_##V), LEVEL(name##_11_##V), LEVEL(name##_12_##V), \
        LEVEL(name##_13_##V), LEVEL(name##_14_##V)                                             \
  }
#elif PLACES > 3
#define CHOICES(name, V)                                                                \
  {                                                                                     \
    LEVEL(name##_1_##V), LEVEL(name##_2_##V), LEVEL(name##_3_##V), LEVEL(name##_4_##V), \
        LEVEL(name##_5_##V), LEVEL(name##_6_##V)                                        \
  }
#else
#define CHOICES(name, V) \
  { LEVEL(name##_1_##V), LEVEL(name##_2_##V), LEVEL(name##_3_##V) }
#endif

// By vectors and places, each less one.
static void (*const LEVEL(run)[2][PLACES])(const float *, long, runs, const float *, float *,
                                           long) = {CHOICES(run, 1), CHOICES(run, 2)};
static void (*const LEVEL(outer)[2][PLACES])(const walk *, const float *, const float *, float *,
                                             long, bool) = {CHOICES(outer, 1), CHOICES(outer, 2)};

// What places see times panels of weights, for `n` numbers a place. The panels follow each other.
TARGET static void LEVEL(correlate)(const walk *places, runs run, const float *a,
                                    const float *panels, long n, float *out) {
  walk walks[3];
  order_walks(walks, places, PLACES);
  long depth = run.rows * run.columns * run.length;
  for (long j = 0; j < n; j += COLUMNS) {
    // Of thousands of filters.
    if (j > 0 && nn_watch_ends()) return;
    long columns = n - j < COLUMNS ? n - j : COLUMNS;
    int vectors = columns <= LANES ? 1 : 2;
    bool whole = columns == vectors * LANES;
    const float *panel = panels + j * depth;
    for (long i = 0; i < walks[0].count; i++) {
      for (long k = 0; k < walks[1].count; k++) {
        const float *from = a + i * walks[0].from + k * walks[1].from;
        float *to = out + i * walks[0].to + k * walks[1].to + j;
        long step = walks[2].from, out_step = walks[2].to;
        long left = walks[2].count, blocks = (left + PLACES - 1) / PLACES;
        for (long count; left > 0; left -= count, blocks--) {
          count = (left + blocks - 1) / blocks;
          if (whole) {
            LEVEL(run)[vectors - 1][count - 1](from, step, run, panel, to, out_step);
          } else {
            _Alignas(64) float edge[PLACES * COLUMNS];
            LEVEL(run)[vectors - 1][count - 1](from, step, run, panel, edge, COLUMNS);
            for (long p = 0; p < count; p++) {
              for (long v = 0; v < columns; v++) to[p * out_step + v] = edge[p * COLUMNS + v];
            }
          }
          from += count * step;
          to += count * out_step;
        }
      }
    }
  }
}

// Adds to dw (or writes there) what places say of the weights of one run: `rows` of them for each
// of `n` filters. Behind the last filter, g may be read as far as whole vectors reach.
TARGET static void LEVEL(add_outer)(const walk *walks, long rows, long n, const float *a,
                                    const float *g, float *dw, long ld, bool add) {
  for (long r = 0, blocks = (rows + PLACES - 1) / PLACES, count; r < rows; r += count, blocks--) {
    count = (rows - r + blocks - 1) / blocks;
    for (long j = 0; j < n; j += COLUMNS) {
      if (j > 0 && nn_watch_ends()) return;
      long columns = n - j < COLUMNS ? n - j : COLUMNS;
      int vectors = columns <= LANES ? 1 : 2;
      float *to = dw + r * ld + j;
      if (columns == vectors * LANES) {
        LEVEL(outer)[vectors - 1][count - 1](walks, a + r, g + j, to, ld, add);
        continue;
      }
      _Alignas(64) float edge[PLACES * COLUMNS];
      LEVEL(outer)[vectors - 1][count - 1](walks, a + r, g + j, edge, COLUMNS, false);
      for (long i = 0; i < count; i++) {
        for (long v = 0; v < columns; v++) {
          to[i * ld + v] = (add ? to[i * ld + v] : 0) + edge[i * COLUMNS + v];
        }
      }
    }
  }
}

// Puts `depth` rows of a matrix, `row` apart, whose `n` columns are `column` apart, into the panel
// of each two vectors of columns; the panel's rows begin at `from` and there are `all` of them.
TARGET static void LEVEL(pack)(const float *w, long row, long column, long depth, long n, long from,
                               long all, float *panels) {
  for (long j = 0; j < n; j += COLUMNS) {
    long columns = n - j < COLUMNS ? n - j : COLUMNS;
    long wide = columns <= LANES ? LANES : COLUMNS;
    float *to = panels + j * all + from * wide;
    const float *source = w + j * column;
    for (long q = 0; q < depth; q++, to += wide, source += row) {
      for (long i = 0; i < columns; i++) to[i] = source[i * column];
      for (long i = columns; i < wide; i++) to[i] = 0;
    }
  }
}

#undef CHOICES
#undef DEFINE_BOTH
#undef DEFINE_OUTER
#undef DEFINE_RUN
#undef COLUMNS
#undef VECTOR
#undef PLACES
#undef LANES
#undef TARGET
#undef LEVEL
