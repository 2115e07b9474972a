// Element-wise arithmetic and reductions for a script's tensors.

#include "CKernels.h"
#include "approx.h"
#include "blocks.h"

// MARK: Two operands

// One loop for each way the operands can repeat, so that each becomes plain vector code.
#define LOOPS(expression)                                                  \
  if (step_a && step_b) {                                                  \
    NN_EACH                                                                \
    for (long i = 0; i < count; i++) {                                     \
      float x = a[i], y = b[i];                                            \
      out[i] = expression;                                                 \
    }                                                                      \
  } else if (step_a) {                                                     \
    float y = b[0];                                                        \
    NN_EACH                                                                \
    for (long i = 0; i < count; i++) {                                     \
      float x = a[i];                                                      \
      out[i] = expression;                                                 \
    }                                                                      \
  } else if (step_b) {                                                     \
    float x = a[0];                                                        \
    NN_EACH                                                                \
    for (long i = 0; i < count; i++) {                                     \
      float y = b[i];                                                      \
      out[i] = expression;                                                 \
    }                                                                      \
  } else {                                                                 \
    float x = a[0], y = b[0], value = expression;                          \
    for (long i = 0; i < count; i++) out[i] = value;                       \
  }                                                                        \
  break

// The remainder takes the divisor's sign, as in Python.
NN_INLINE float remainder_of(float x, float y) {
  float r = fmodf(x, y);
  return r != 0.0f && (r < 0.0f) != (y < 0.0f) ? r + y : r;
}

static void power(const float *a, long step_a, const float *b, long step_b, float *out,
                  long count) {
  for (long i = 0; i < count; i++) out[i] = powf(a[i * step_a], b[i * step_b]);
}

NN_CLONES
void nn_binary(nn_binary_op op, const float *a, long step_a, const float *b, long step_b,
               float *out, long count) {
  if (count == 0) return;
  switch (op) {
    case NN_ADD: LOOPS(x + y);
    case NN_SUB: LOOPS(x - y);
    case NN_MUL: LOOPS(x * y);
    case NN_DIV: LOOPS(x / y);
    case NN_POW:
      if (!step_b && b[0] == 2.0f) {
        for (long i = 0; i < count; i++) out[i] = a[i * step_a] * a[i * step_a];
      } else if (!step_b && step_a && b[0] == 3.0f) {
        for (long i = 0; i < count; i++) out[i] = a[i] * a[i] * a[i];
      } else {
        power(a, step_a, b, step_b, out, count);
      }
      break;
    // NaN in either operand gives NaN.
    case NN_MIN: LOOPS(x != x || x < y ? x : y);
    case NN_MAX: LOOPS(x != x || x > y ? x : y);
    case NN_REM:
      for (long i = 0; i < count; i++) out[i] = remainder_of(a[i * step_a], b[i * step_b]);
      break;
    case NN_EQ: LOOPS(x == y ? 1.0f : 0.0f);
    case NN_NE: LOOPS(x != y ? 1.0f : 0.0f);
    case NN_LT: LOOPS(x < y ? 1.0f : 0.0f);
    case NN_LE: LOOPS(x <= y ? 1.0f : 0.0f);
    case NN_GT: LOOPS(x > y ? 1.0f : 0.0f);
    case NN_GE: LOOPS(x >= y ? 1.0f : 0.0f);
  }
}

// MARK: One operand

#define EACH(expression)                   \
  {                                        \
    NN_EACH                                \
    for (long i = 0; i < count; i++) {     \
      float x = a[i];                      \
      out[i] = expression;                 \
    }                                      \
    break;                                 \
  }

// The library's functions, which take numbers one at a time.
#define CALLS(function)                                          \
  for (long i = 0; i < count; i++) out[i] = function(a[i]);      \
  break

// Whether the fast sine is good for all of them.
NN_CLONES
static bool within_sine_limit(const float *a, long count) {
  int beyond = 0;
  for (long i = 0; i < count; i++) beyond |= fabsf(a[i]) > NN_SINE_LIMIT;
  return !beyond;
}

NN_CLONES
void nn_unary(nn_unary_op op, const float *a, float *out, long count) {
  switch (op) {
    case NN_NEG: EACH(-x);
    case NN_ABS: EACH(fabsf(x));
    case NN_SQRT: EACH(__builtin_elementwise_sqrt(x));
    case NN_EXP: EACH(nn_expf(x));
    case NN_LOG: EACH(nn_logf(x));
    case NN_TANH: EACH(nn_tanhf(x));
    case NN_SIGMOID: EACH(nn_sigmoidf(x));
    case NN_RELU: EACH(x < 0.0f ? 0.0f : x);
    case NN_ERF: EACH(nn_erff(x));
    // The library's is exact for large arguments.
    case NN_SIN:
      if (within_sine_limit(a, count)) EACH(nn_sinf(x, 0));
      CALLS(sinf);
    case NN_COS:
      if (within_sine_limit(a, count)) EACH(nn_sinf(x, 1));
      CALLS(cosf);
    case NN_TAN: CALLS(tanf);
    case NN_FLOOR: EACH(floorf(x));
    case NN_CEIL: EACH(ceilf(x));
    // Halves go to the even neighbour, as in Python.
    case NN_ROUND: EACH(__builtin_elementwise_roundeven(x));
    case NN_SIGN: EACH((float)((x > 0.0f) - (x < 0.0f)));
    case NN_SQUARE: EACH(x * x);
    case NN_SOFTPLUS: EACH((x < 0.0f ? 0.0f : x) + nn_log1pf(nn_expf(-fabsf(x))));
    // Rare enough to be left to the library.
    case NN_ASIN: CALLS(asinf);
    case NN_ACOS: CALLS(acosf);
    case NN_ATAN: CALLS(atanf);
    case NN_SINH: CALLS(sinhf);
    case NN_COSH: CALLS(coshf);
  }
}

// MARK: Reductions
//
// Eight sums side by side: the order is fixed, and the additions need not wait for each other.

NN_CLONES
double nn_sum(const float *a, long count) {
  double sums[8] = {0};
  long i = 0;
  for (; i + 8 <= count; i += 8) {
    for (int j = 0; j < 8; j++) sums[j] += (double)a[i + j];
  }
  for (; i < count; i++) sums[0] += (double)a[i];
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

NN_CLONES
double nn_squared_deviation(const float *a, long count, double mean) {
  double sums[8] = {0};
  long i = 0;
  for (; i + 8 <= count; i += 8) {
    for (int j = 0; j < 8; j++) {
      double d = (double)a[i + j] - mean;
      sums[j] += d * d;
    }
  }
  for (; i < count; i++) sums[0] += ((double)a[i] - mean) * ((double)a[i] - mean);
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

// Comparisons skip NaN, so it is looked for beside them.
#define DEFINE_EXTREME(name, order)                                                   \
  NN_CLONES                                                                           \
  float name(const float *a, long count) {                                            \
    float best[16];                                                                   \
    int unordered[16] = {0};                                                          \
    for (int j = 0; j < 16; j++) best[j] = a[0];                                      \
    long i = 0;                                                                       \
    for (; i + 16 <= count; i += 16) {                                                \
      for (int j = 0; j < 16; j++) {                                                  \
        best[j] = a[i + j] order best[j] ? a[i + j] : best[j];                        \
        unordered[j] |= a[i + j] != a[i + j];                                         \
      }                                                                               \
    }                                                                                 \
    for (; i < count; i++) {                                                          \
      best[0] = a[i] order best[0] ? a[i] : best[0];                                  \
      unordered[0] |= a[i] != a[i];                                                   \
    }                                                                                 \
    for (int j = 1; j < 16; j++) {                                                    \
      best[0] = best[j] order best[0] ? best[j] : best[0];                            \
      unordered[0] |= unordered[j];                                                   \
    }                                                                                 \
    return unordered[0] ? NAN : best[0];                                              \
  }

DEFINE_EXTREME(nn_least, <)
DEFINE_EXTREME(nn_greatest, >)

NN_CLONES
bool nn_all_finite(const float *a, long count) {
  // x * 0 is NaN exactly where x is infinite or NaN.
  int wrong = 0;
  for (long i = 0; i < count; i++) wrong |= a[i] * 0.0f != 0.0f;
  return !wrong;
}

// MARK: Whole rows at a time

NN_CLONES
void nn_add(const float *a, float *sums, long count) {
  for (long i = 0; i < count; i++) sums[i] += a[i];
}

NN_CLONES
void nn_add_row(const float *a, double *sums, long count) {
  for (long i = 0; i < count; i++) sums[i] += (double)a[i];
}

NN_CLONES
void nn_add_row_deviation(const float *a, const double *means, double *sums, long count) {
  for (long i = 0; i < count; i++) {
    double d = (double)a[i] - means[i];
    sums[i] += d * d;
  }
}

NN_CLONES
void nn_transpose(
  const float *a, float *out, long rows, long columns, long first, long count) {
  // Blocks of 64: both sides stay in the first-level cache.
  long end = first + count;
  for (long i0 = first; i0 < end; i0 += 64) {
    long i1 = end - i0 < 64 ? end : i0 + 64;
    for (long j0 = 0; j0 < columns; j0 += 64) {
      long j1 = columns - j0 < 64 ? columns : j0 + 64;
      long i = i0;
      for (; i + 8 <= i1; i += 8) {
        long j = j0;
        for (; j + 8 <= j1; j += 8) {
          transpose_8x8(a + i * columns + j, columns, out + j * rows + i, rows);
        }
        for (; j < j1; j++) {
          for (long r = i; r < i + 8; r++) out[j * rows + r] = a[r * columns + j];
        }
      }
      for (; i < i1; i++) {
        for (long j = j0; j < j1; j++) out[j * rows + i] = a[i * columns + j];
      }
    }
  }
}
