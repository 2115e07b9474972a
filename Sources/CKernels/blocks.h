// Blocks of a matrix held in registers.
#ifndef NN_BLOCKS_H
#define NN_BLOCKS_H

#include "clones.h"

typedef float vector __attribute__((vector_size(32), aligned(4)));

// Eight rows of eight numbers, `stride` apart, become eight columns of the target.
NN_INLINE void transpose_8x8(const float *source, long stride, float *target,
                             long target_stride) {
  vector r[8], s[8];
  for (int i = 0; i < 8; i++) r[i] = *(const vector *)(source + i * stride);
  for (int i = 0; i < 8; i += 2) {
    s[i] = __builtin_shufflevector(r[i], r[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
    s[i + 1] = __builtin_shufflevector(r[i], r[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
  }
  for (int i = 0; i < 8; i += 4) {
    for (int j = 0; j < 2; j++) {
      r[i + j] = __builtin_shufflevector(s[i + j], s[i + j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
      r[i + j + 2] = __builtin_shufflevector(s[i + j], s[i + j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    }
  }
  for (int j = 0; j < 4; j++) {
    *(vector *)(target + j * target_stride) =
        __builtin_shufflevector(r[j], r[j + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    *(vector *)(target + (j + 4) * target_stride) =
        __builtin_shufflevector(r[j], r[j + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
}

#endif
