// Activations with the bias before them, and their gradients.

#include "CKernels.h"
#include "approx.h"

// MARK: Forward, element by element

// Rows narrower than this do not fill the vectors of a loop over one of them: their bias comes
// first, then all rows are one.
enum { NARROW = 16 };

NN_INLINE void add_bias(const float *x, const float *bias, float *y, long rows, long width) {
  for (long row = 0; row < rows; row++, x += width, y += width) {
    for (long i = 0; i < width; i++) y[i] = x[i] + bias[i];
  }
}

// `z` is the input with the bias; what follows the expression are settings of the function.
#define DEFINE_FORWARD(name, expression, ...)                                     \
  NN_CLONES                                                                       \
  void name(const float *x, const float *bias, float *y, long rows, long width    \
            __VA_OPT__(, ) __VA_ARGS__) {                                         \
    if (bias && width < NARROW) {                                                 \
      add_bias(x, bias, y, rows, width);                                          \
      x = y;                                                                      \
      bias = NULL;                                                                \
    }                                                                             \
    if (!bias) {                                                                  \
      NN_EACH for (long i = 0; i < rows * width; i++) {                           \
        float z = x[i];                                                           \
        y[i] = expression;                                                        \
      }                                                                           \
      return;                                                                     \
    }                                                                             \
    for (long row = 0; row < rows; row++, x += width, y += width) {               \
      NN_EACH for (long i = 0; i < width; i++) {                                  \
        float z = x[i] + bias[i];                                                 \
        y[i] = expression;                                                        \
      }                                                                           \
    }                                                                             \
  }

NN_INLINE float softplus(float z) {
  return (z < 0.0f ? 0.0f : z) + nn_log1pf(nn_expf(-fabsf(z)));
}

// tanh(softplus(z)) is n / (n + 2) with n = e^2z + 2 e^z: no cancellation, and beyond 20 it is 1.
NN_INLINE float mish_power(float z) { return nn_expf(z > 20.0f ? 20.0f : z); }

NN_INLINE float mish(float z) {
  float e = mish_power(z), n = e * (e + 2.0f);
  return z * (n / (n + 2.0f));
}

NN_INLINE float hard_sigmoid(float z) {
  float y = z * (1.0f / 6.0f) + 0.5f;
  y = y < 0.0f ? 0.0f : y;
  return y > 1.0f ? 1.0f : y;
}

// Written so that NaN passes: a network gone wrong must not look healthy.
DEFINE_FORWARD(nn_bias, z)
DEFINE_FORWARD(nn_bias_relu, z < 0.0f ? 0.0f : z)
DEFINE_FORWARD(nn_bias_leaky_relu, z < 0.0f ? slope * z : z, float slope)
DEFINE_FORWARD(nn_bias_elu, z < 0.0f ? alpha * nn_expm1f(z) : scale * z, float alpha, float scale)
DEFINE_FORWARD(nn_bias_gelu, z * nn_normalf(z))
DEFINE_FORWARD(nn_bias_silu, z * nn_sigmoidf(z))
DEFINE_FORWARD(nn_bias_mish, mish(z))
DEFINE_FORWARD(nn_bias_sigmoid, nn_sigmoidf(z))
DEFINE_FORWARD(nn_bias_hard_sigmoid, hard_sigmoid(z))
DEFINE_FORWARD(nn_bias_tanh, nn_tanhf(z))
DEFINE_FORWARD(nn_bias_softplus, softplus(z))
DEFINE_FORWARD(nn_bias_softsign, z / (1.0f + fabsf(z)))

// MARK: Backward, element by element

// `v` is what went out (`y`) or, for the functions that keep it, what came in (`x`).
#define DEFINE_BACKWARD(name, expression, ...)                              \
  NN_CLONES                                                                 \
  void name(const float *values, const float *dy, float *dx, long count     \
            __VA_OPT__(, ) __VA_ARGS__) {                                   \
    NN_EACH for (long i = 0; i < count; i++) {                              \
      float v = values[i], d = dy[i];                                       \
      dx[i] = expression;                                                   \
    }                                                                       \
  }

NN_INLINE float gelu_slope(float x) {
  return nn_normalf(x) + x * 0.39894228040143268f * nn_expf(-0.5f * x * x);
}

NN_INLINE float silu_slope(float x) {
  float s = nn_sigmoidf(x);
  return s + x * s * (1.0f - s);
}

NN_INLINE float mish_slope(float x) {
  float e = mish_power(x), n = e * (e + 2.0f), inverse = 1.0f / (n + 2.0f);
  // Beyond 20 the second term is nothing; x itself could still make something of its rounding.
  float limited = x > 20.0f ? 20.0f : x;
  return n * inverse + 4.0f * e * (e + 1.0f) * inverse * inverse * limited;
}

// 1 - exp(-y), the logistic function of what softplus made y of.
NN_INLINE float softplus_slope(float y) { return -nn_expm1f(-y); }

NN_INLINE float softsign_slope(float x) {
  float inverse = 1.0f / (1.0f + fabsf(x));
  return inverse * inverse;
}

DEFINE_BACKWARD(nn_relu_backward, v > 0.0f ? d : 0.0f)
DEFINE_BACKWARD(nn_leaky_relu_backward, v > 0.0f ? d : slope * d, float slope)
DEFINE_BACKWARD(nn_elu_backward, d * (v > 0.0f ? scale : v + alpha), float alpha, float scale)
DEFINE_BACKWARD(nn_gelu_backward, d * gelu_slope(v))
DEFINE_BACKWARD(nn_silu_backward, d * silu_slope(v))
DEFINE_BACKWARD(nn_mish_backward, d * mish_slope(v))
DEFINE_BACKWARD(nn_sigmoid_backward, d * v * (1.0f - v))
DEFINE_BACKWARD(nn_hard_sigmoid_backward, v > 0.0f && v < 1.0f ? d * (1.0f / 6.0f) : 0.0f)
DEFINE_BACKWARD(nn_tanh_backward, d * (1.0f - v * v))
DEFINE_BACKWARD(nn_softplus_backward, d * softplus_slope(v))
DEFINE_BACKWARD(nn_softsign_backward, d * softsign_slope(v))

// MARK: Along a row

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
    NN_EACH for (long i = 0; i < width; i++) y[i] = nn_expf(y[i] - greatest);
    for (long i = 0; i < width; i++) sum += y[i];
    float inverse = 1.0f / sum;
    NN_EACH for (long i = 0; i < width; i++) y[i] *= inverse;
  }
}

NN_CLONES
void nn_softmax_backward(const float *y, const float *dy, float *dx, long rows, long width) {
  for (long row = 0; row < rows; row++, y += width, dy += width, dx += width) {
    float dot = 0;
    for (long i = 0; i < width; i++) dot += y[i] * dy[i];
    NN_EACH for (long i = 0; i < width; i++) dx[i] = y[i] * (dy[i] - dot);
  }
}
