// Loops over the rows of a batch: bias, activations and their gradients, dropout, gathering.

#include "CKernels.h"
#include "approx.h"

// MARK: Activations

#define DEFINE_BIAS_ACTIVATION(name, expression)                                                 \
  NN_CLONES                                                                                      \
  void name(const float *x, const float *bias, float *y, long rows, long width) {                \
    if (!bias) {                                                                                 \
      for (long i = 0; i < rows * width; i++) {                                                  \
        float z = x[i];                                                                          \
        y[i] = expression;                                                                       \
      }                                                                                          \
      return;                                                                                    \
    }                                                                                            \
    for (long row = 0; row < rows; row++, x += width, y += width) {                              \
      for (long i = 0; i < width; i++) {                                                         \
        float z = x[i] + bias[i];                                                                \
        y[i] = expression;                                                                       \
      }                                                                                          \
    }                                                                                            \
  }

DEFINE_BIAS_ACTIVATION(nn_bias, z)
// Written so that NaN passes: a network gone wrong must not look healthy.
DEFINE_BIAS_ACTIVATION(nn_bias_relu, z < 0.0f ? 0.0f : z)
DEFINE_BIAS_ACTIVATION(nn_bias_sigmoid, nn_sigmoidf(z))
DEFINE_BIAS_ACTIVATION(nn_bias_tanh, nn_tanhf(z))

NN_CLONES
void nn_bias_softmax(const float *x, const float *bias, float *y, long rows, long width) {
  for (long row = 0; row < rows; row++, x += width, y += width) {
    float greatest = -INFINITY;
    for (long i = 0; i < width; i++) {
      float z = bias ? x[i] + bias[i] : x[i];
      y[i] = z;
      greatest = z > greatest ? z : greatest;
    }
    float sum = 0;
    for (long i = 0; i < width; i++) y[i] = nn_expf(y[i] - greatest);
    for (long i = 0; i < width; i++) sum += y[i];
    float inverse = 1.0f / sum;
    for (long i = 0; i < width; i++) y[i] *= inverse;
  }
}

#define DEFINE_BACKWARD(name, expression)                                 \
  NN_CLONES                                                               \
  void name(const float *y, const float *dy, float *dx, long count) {     \
    for (long i = 0; i < count; i++) dx[i] = expression;                  \
  }

DEFINE_BACKWARD(nn_relu_backward, y[i] > 0.0f ? dy[i] : 0.0f)
DEFINE_BACKWARD(nn_sigmoid_backward, dy[i] * y[i] * (1.0f - y[i]))
DEFINE_BACKWARD(nn_tanh_backward, dy[i] * (1.0f - y[i] * y[i]))

NN_CLONES
void nn_softmax_backward(const float *y, const float *dy, float *dx, long rows, long width) {
  for (long row = 0; row < rows; row++, y += width, dy += width, dx += width) {
    float dot = 0;
    for (long i = 0; i < width; i++) dot += y[i] * dy[i];
    for (long i = 0; i < width; i++) dx[i] = y[i] * (dy[i] - dot);
  }
}

NN_CLONES
void nn_column_sums(const float *x, float *sums, long rows, long width) {
  for (long i = 0; i < width; i++) sums[i] = 0;
  for (long row = 0; row < rows; row++, x += width) {
    for (long i = 0; i < width; i++) sums[i] += x[i];
  }
}

// MARK: Dropout

// A counter-based generator: two rounds of a 32-bit integer mix (Wellons' "lowbias32") over the
// element's number and the key. No state, so tiles can be computed in any order by any thread.
NN_INLINE uint32_t mix(uint32_t x) {
  x ^= x >> 16;
  x *= 0x7feb352du;
  x ^= x >> 15;
  x *= 0x846ca68bu;
  x ^= x >> 16;
  return x;
}

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

#define DEFINE_GATHER(name, type)                                                             \
  NN_CLONES                                                                                   \
  void name(const type *source, const int32_t *order, float *out, long rows, long width,      \
            const float *scale, const float *shift, long factors) {                           \
    for (long row = 0; row < rows; row++, out += width) {                                     \
      const type *from = source + (order ? (long)order[row] : row) * width;                   \
      if (factors == 0) {                                                                     \
        for (long i = 0; i < width; i++) out[i] = (float)from[i];                             \
      } else if (factors == 1) {                                                              \
        float a = scale[0], b = shift[0];                                                     \
        for (long i = 0; i < width; i++) out[i] = (float)from[i] * a + b;                     \
      } else {                                                                                \
        for (long i = 0; i < width; i++) out[i] = (float)from[i] * scale[i] + shift[i];       \
      }                                                                                       \
    }                                                                                         \
  }

DEFINE_GATHER(nn_gather_floats, float)
DEFINE_GATHER(nn_gather_bytes, uint8_t)
