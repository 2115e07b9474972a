// One filter for each channel, for one level of processor: depthwise.c includes this file once for
// each, with LEVEL, TARGET and LANES as in convolve_loops.h. A vector holds neighbouring channels;
// sums of some places of a row stay in registers.

typedef float LEVEL(vector) __attribute__((vector_size(4 * LANES), aligned(4)));
#define VECTOR LEVEL(vector)

#define DEFINE_PLACES(P)                                                                       \
  TARGET static void LEVEL(places_##P)(const float *a, long step, runs run, const float *w,    \
                                       long pitch, float *out, long out_step) {                \
    VECTOR s[P];                                                                               \
    for (int p = 0; p < P; p++) s[p] = (VECTOR){0};                                            \
    for (long i = 0; i < run.rows; i++) {                                                      \
      const float *from = a + i * run.row_step;                                                \
      for (long j = 0; j < run.columns; j++, from += run.column_step, w += pitch) {            \
        VECTOR y = *(const VECTOR *)w;                                                         \
        _Pragma("clang loop unroll(full)") for (int p = 0; p < P; p++) {                       \
          s[p] += y * *(const VECTOR *)(from + p * step);                                      \
        }                                                                                      \
      }                                                                                        \
    }                                                                                          \
    for (int p = 0; p < P; p++) *(VECTOR *)(out + p * out_step) = s[p];                        \
  }

DEFINE_PLACES(1)
DEFINE_PLACES(2)
DEFINE_PLACES(3)
DEFINE_PLACES(4)
DEFINE_PLACES(5)
DEFINE_PLACES(6)
#undef DEFINE_PLACES

static void (*const LEVEL(some_places)[])(const float *, long, runs, const float *, long, float *,
                                          long) = {LEVEL(places_1), LEVEL(places_2),
                                                   LEVEL(places_3), LEVEL(places_4),
                                                   LEVEL(places_5), LEVEL(places_6)};

// What places see of `n` channels, each times its own weights, which are `pitch` apart.
TARGET static void LEVEL(filter_channels)(const walk *walks, runs run, const float *a,
                                          const float *w, long pitch, long n, float *out) {
  for (long j = 0; j < n; j += LANES) {
    long lanes = n - j < LANES ? n - j : LANES;
    for (long i = 0; i < walks[0].count; i++) {
      for (long k = 0; k < walks[1].count; k++) {
        const float *from = a + i * walks[0].from + k * walks[1].from + j;
        float *to = out + i * walks[0].to + k * walks[1].to + j;
        long left = walks[2].count, blocks = (left + 5) / 6;
        for (long count; left > 0; left -= count, blocks--) {
          count = (left + blocks - 1) / blocks;
          if (lanes == LANES) {
            LEVEL(some_places)[count - 1](from, walks[2].from, run, w + j, pitch, to, walks[2].to);
          } else {
            float edge[6 * LANES];
            LEVEL(some_places)[count - 1](from, walks[2].from, run, w + j, pitch, edge, LANES);
            for (long p = 0; p < count; p++) {
              for (long v = 0; v < lanes; v++) to[p * walks[2].to + v] = edge[p * LANES + v];
            }
          }
          from += count * walks[2].from;
          to += count * walks[2].to;
        }
      }
    }
  }
}

// Adds to dw (or writes there) Σ over places of what they see times gradients, channel by channel.
TARGET static void LEVEL(sum_channels)(const walk *walks, runs run, const float *a,
                                       const float *g, long n, float *dw, bool add) {
  enum { TAPS = 9 };
  long taps = run.rows * run.columns;
  for (long j = 0; j < n; j += LANES) {
    long lanes = n - j < LANES ? n - j : LANES;
    for (long first = 0; first < taps; first += TAPS) {
      // Where there are fewer, the last is summed again and left out.
      long at[TAPS];
      for (long t = 0; t < TAPS; t++) {
        long tap = first + t < taps ? first + t : taps - 1;
        at[t] = tap / run.columns * run.row_step + tap % run.columns * run.column_step;
      }
      VECTOR s[TAPS];
      for (int t = 0; t < TAPS; t++) s[t] = (VECTOR){0};
      for (long i = 0; i < walks[0].count; i++) {
        for (long k = 0; k < walks[1].count; k++) {
          const float *x = a + i * walks[0].from + k * walks[1].from + j;
          const float *z = g + i * walks[0].to + k * walks[1].to + j;
          for (long p = 0; p < walks[2].count; p++, x += walks[2].from, z += walks[2].to) {
            VECTOR y = *(const VECTOR *)z;
            _Pragma("clang loop unroll(full)") for (int t = 0; t < TAPS; t++) {
              s[t] += y * *(const VECTOR *)(x + at[t]);
            }
          }
        }
      }
      for (int t = 0; t < TAPS && first + t < taps; t++) {
        float *to = dw + (first + t) * n + j;
        for (long v = 0; v < lanes; v++) to[v] = (add ? to[v] : 0) + s[t][v];
      }
    }
  }
}

#undef VECTOR
#undef LANES
#undef TARGET
#undef LEVEL
