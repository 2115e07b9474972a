// Loops over the rows of a batch: sums, dropout, gathering.

#include "CKernels.h"
#include "chance.h"
#include "clones.h"

NN_CLONES
void nn_column_sums(const float *x, float *sums, long rows, long width) {
  for (long i = 0; i < width; i++) sums[i] = 0;
  for (long row = 0; row < rows; row++, x += width) {
    for (long i = 0; i < width; i++) sums[i] += x[i];
  }
}

// MARK: Dropout

NN_CLONES
void nn_dropout(const float *x, float *y, long count, uint64_t key, uint64_t first, float rate) {
  uint32_t low = (uint32_t)key, high = (uint32_t)(key >> 32), start = (uint32_t)first;
  // 24 bits compare exactly as floats and as integers alike.
  uint32_t threshold = (uint32_t)(rate * 16777216.0f);
  float scale = 1.0f / (1.0f - rate);
  for (long i = 0; i < count; i++) {
    uint32_t bits = mix(mix((start + (uint32_t)i) ^ low) + high) >> 8;
    y[i] = bits < threshold ? 0.0f : x[i] * scale;
  }
}

// MARK: Gathering

// Rows in random order are what no processor foresees: all of a tile are asked for before the
// first is read, at least their beginnings; the rest of a long row it finds itself.
NN_INLINE void fetch_rows(const char *source, const int32_t *order, long rows, long size,
                          long start, long end) {
  long reach = end - start < 256 ? end - start : 256;
  for (long row = 0; row < rows; row++) {
    const char *from = source + (long)order[row] * size + start;
    for (long i = 0; i < reach; i += 64) __builtin_prefetch(from + i);
    __builtin_prefetch(from + reach - 1);
  }
}

#define DEFINE_GATHER(name, type, real)                                                       \
  NN_CLONES                                                                                   \
  void name(const type *source, const int32_t *order, float *out, long rows, long width,      \
            long start, long end, const real *center, const real *scale, long factors) {      \
    long size = sizeof *source;                                                               \
    if (order) {                                                                              \
      fetch_rows((const char *)source, order, rows, width * size, start * size, end * size);  \
    }                                                                                         \
    for (long row = 0; row < rows; row++, out += width) {                                     \
      const type *from = source + (order ? (long)order[row] : row) * width;                   \
      if (factors == 0) {                                                                     \
        for (long i = start; i < end; i++) out[i] = (float)from[i];                           \
      } else if (factors == 1) {                                                              \
        real c = center[0], s = scale[0];                                                     \
        for (long i = start; i < end; i++) out[i] = (float)(((real)from[i] - c) * s);         \
      } else {                                                                                \
        for (long i = start; i < end; i++) {                                                  \
          out[i] = (float)(((real)from[i] - center[i]) * scale[i]);                           \
        }                                                                                     \
      }                                                                                       \
    }                                                                                         \
  }

DEFINE_GATHER(nn_gather_bytes, uint8_t, float)
DEFINE_GATHER(nn_gather_floats, float, float)
DEFINE_GATHER(nn_gather_wide_bytes, uint8_t, double)
DEFINE_GATHER(nn_gather_wide_floats, float, double)
DEFINE_GATHER(nn_gather_doubles, double, double)
