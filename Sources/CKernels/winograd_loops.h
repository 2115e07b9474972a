// Winograd's minimal filtering F(4 × 4, 3 × 3) for one level of processor: 4 × 4 sums of a window of
// 3 × 3 take 36 products instead of 144, for each channel and filter. winograd.c includes this file
// once for each level, with LEVEL, TARGET and LANES as in convolve_loops.h.
//
//     6 × 6 of x ── Bᵀ·B ──▶ 36 numbers ─┐
//                                        ├─ 36 products of matrices ──▶ Aᵀ·A ──▶ 4 × 4 of y
//     3 × 3 of w ── G·Gᵀ ──▶ 36 numbers ─┘
//
// Source: Lavin and Gray, CVPR 2016. Sums differ from those of the direct form by some 1e-5 of the
// largest.

typedef float LEVEL(vector) __attribute__((vector_size(4 * LANES), aligned(4)));
#define VECTOR LEVEL(vector)
#define COLUMNS (2 * LANES)

#define TO_SIX(t, x)                        \
  t[0] = 4 * x[0] - 5 * x[2] + x[4];        \
  t[1] = -4 * (x[1] + x[2]) + x[3] + x[4];  \
  t[2] = 4 * (x[1] - x[2]) - x[3] + x[4];   \
  t[3] = 2 * (x[3] - x[1]) - x[2] + x[4];   \
  t[4] = 2 * (x[1] - x[3]) - x[2] + x[4];   \
  t[5] = 4 * x[1] - 5 * x[3] + x[5];

#define TO_FOUR(y, m)                                   \
  {                                                     \
    VECTOR a = m[1] + m[2], b = m[1] - m[2];            \
    VECTOR c = m[3] + m[4], d = m[3] - m[4];            \
    y[0] = m[0] + a + c;                                \
    y[1] = b + 2 * d;                                   \
    y[2] = a + 4 * c;                                   \
    y[3] = b + 8 * d + m[5];                            \
  }

// The transpose of TO_FOUR.
#define FROM_FOUR(m, y)                                        \
  {                                                            \
    VECTOR a = y[0] + y[2], b = y[1] + y[3];                   \
    VECTOR c = y[0] + 4 * y[2], d = 2 * y[1] + 8 * y[3];       \
    m[0] = y[0];                                               \
    m[1] = a + b;                                              \
    m[2] = a - b;                                              \
    m[3] = c + d;                                              \
    m[4] = c - d;                                              \
    m[5] = y[3];                                               \
  }

// Six numbers of three weights, and back.
#define FROM_THREE(t, w)                                        \
  {                                                             \
    VECTOR even = (w[0] + w[2]) * (-1 / 6.0f);                  \
    VECTOR outer = w[0] * (1 / 24.0f) + w[2] * (1 / 6.0f);      \
    t[0] = w[0] * 0.25f;                                        \
    t[1] = even - w[1] * (1 / 6.0f);                            \
    t[2] = even + w[1] * (1 / 6.0f);                            \
    t[3] = outer + w[1] * (1 / 12.0f);                          \
    t[4] = outer - w[1] * (1 / 12.0f);                          \
    t[5] = w[2];                                                \
  }

#define TO_THREE(w, t)                                                          \
  {                                                                             \
    VECTOR a = t[1] + t[2], b = t[2] - t[1], c = t[3] + t[4], d = t[3] - t[4];  \
    w[0] = t[0] * 0.25f - a * (1 / 6.0f) + c * (1 / 24.0f);                     \
    w[1] = b * (1 / 6.0f) + d * (1 / 12.0f);                                    \
    w[2] = (c - a) * (1 / 6.0f) + t[5];                                         \
  }

// Numbers of tiles `first ..< first + count`, each of SIZE × SIZE that stand in `v`, become 36 each
// of each channel: to[k][tile][channel].
#define DEFINE_TO_36(name, SIZE, STEP)                                                        \
  TARGET static void LEVEL(name)(view v, grid grid, long first, long count, long channels,    \
                                 float *to, long apart) {                                     \
    for (long t = 0; t < count; t++) {                                                        \
      const float *from = tile_in(v, grid, first + t);                                        \
      for (long j = 0; j < channels; j += LANES) {                                            \
        VECTOR half[6][SIZE];                                                                 \
        _Pragma("clang loop unroll(full)") for (int k = 0; k < SIZE; k++) {                   \
          VECTOR in[SIZE], out[6];                                                            \
          for (int i = 0; i < SIZE; i++) {                                                    \
            in[i] = *(const VECTOR *)(from + i * v.row + k * v.place + j);                    \
          }                                                                                   \
          STEP(out, in)                                                                       \
          for (int i = 0; i < 6; i++) half[i][k] = out[i];                                    \
        }                                                                                     \
        float *own = to + t * channels + j;                                                   \
        _Pragma("clang loop unroll(full)") for (int i = 0; i < 6; i++) {                      \
          VECTOR out[6];                                                                      \
          STEP(out, half[i])                                                                  \
          for (int k = 0; k < 6; k++) *(VECTOR *)(own + (i * 6 + k) * apart) = out[k];        \
        }                                                                                     \
      }                                                                                       \
    }                                                                                         \
  }

DEFINE_TO_36(inputs_to_36, 6, TO_SIX)
DEFINE_TO_36(gradients_to_36, 4, FROM_FOUR)

// Back to 4 × 4 numbers of y, as far as they lie inside.
TARGET static void LEVEL(outputs_from_36)(const float *from, long apart, grid grid, long first,
                                          long count, long filters, float *y) {
  for (long t = 0; t < count; t++) {
    spot at = spot_of(grid, first + t);
    long rows = grid.rows - at.row < 4 ? grid.rows - at.row : 4;
    long columns = grid.columns - at.column < 4 ? grid.columns - at.column : 4;
    float *to = y + ((at.picture * grid.height + at.row) * grid.columns + at.column) * filters;
    for (long j = 0; j < filters; j += LANES) {
      VECTOR half[4][6], out[4][4];
      const float *own = from + t * filters + j;
      _Pragma("clang loop unroll(full)") for (int k = 0; k < 6; k++) {
        VECTOR in[6], column[4];
        for (int i = 0; i < 6; i++) in[i] = *(const VECTOR *)(own + (i * 6 + k) * apart);
        TO_FOUR(column, in)
        for (int i = 0; i < 4; i++) half[i][k] = column[i];
      }
      _Pragma("clang loop unroll(full)") for (int i = 0; i < 4; i++) TO_FOUR(out[i], half[i])
      for (long i = 0; i < rows; i++) {
        for (long k = 0; k < columns; k++) {
          *(VECTOR *)(to + (i * grid.columns + k) * filters + j) = out[i][k];
        }
      }
    }
  }
}

// Weights [3, 3, depth, n], each place of the window `turn` from the last, as 36 packed matrices.
TARGET static void LEVEL(weights_to_36)(const float *w, bool turned, long depth, long n,
                                        float *packed) {
  for (long q = 0; q < depth; q++) {
    for (long j = 0; j < n; j += LANES) {
      VECTOR half[3][6];
      _Pragma("clang loop unroll(full)") for (int i = 0; i < 3; i++) {
        VECTOR in[3];
        for (int k = 0; k < 3; k++) {
          long place = turned ? 8 - 3 * i - k : 3 * i + k;
          in[k] = *(const VECTOR *)(w + (place * depth + q) * n + j);
        }
        FROM_THREE(half[i], in)
      }
      long block = j / COLUMNS * COLUMNS, wide = n - block < COLUMNS ? n - block : COLUMNS;
      float *to = packed + block * depth + q * wide + j - block;
      _Pragma("clang loop unroll(full)") for (int k = 0; k < 6; k++) {
        VECTOR in[3] = {half[0][k], half[1][k], half[2][k]}, out[6];
        FROM_THREE(out, in)
        for (int i = 0; i < 6; i++) *(VECTOR *)(to + (i * 6 + k) * depth * n) = out[i];
      }
    }
  }
}

// The gradient by weights from that by their 36 matrices.
TARGET static void LEVEL(weights_from_36)(const float *from, long count, float *dw, bool add) {
  for (long j = 0; j < count; j += LANES) {
    VECTOR half[3][6];
    _Pragma("clang loop unroll(full)") for (int k = 0; k < 6; k++) {
      VECTOR in[6], out[3];
      for (int i = 0; i < 6; i++) in[i] = *(const VECTOR *)(from + (i * 6 + k) * count + j);
      TO_THREE(out, in)
      for (int i = 0; i < 3; i++) half[i][k] = out[i];
    }
    _Pragma("clang loop unroll(full)") for (int i = 0; i < 3; i++) {
      VECTOR out[3];
      TO_THREE(out, half[i])
      for (int k = 0; k < 3; k++) {
        VECTOR *to = (VECTOR *)(dw + (3 * i + k) * count + j);
        *to = add ? *to + out[k] : out[k];
      }
    }
  }
}

#undef DEFINE_TO_36
#undef TO_THREE
#undef FROM_THREE
#undef FROM_FOUR
#undef TO_FOUR
#undef TO_SIX
#undef COLUMNS
#undef VECTOR
#undef LANES
#undef TARGET
#undef LEVEL
