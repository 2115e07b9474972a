// Normalisation: of columns by statistics over a batch, of rows by their own.

#include <math.h>

#include "CKernels.h"
#include "clones.h"

// Columns at a time: their factors are worked out once and stay in the first-level cache.
enum { BLOCK = 64 };

// MARK: Columns

NN_CLONES
void nn_column_moments(const float *x, double *means, double *deviations, long rows, long width) {
  for (long i = 0; i < width; i++) means[i] = deviations[i] = 0;
  for (long row = 0; row < rows; row++) {
    const float *from = x + row * width;
    for (long i = 0; i < width; i++) means[i] += (double)from[i];
  }
  for (long i = 0; i < width; i++) means[i] /= (double)rows;
  for (long row = 0; row < rows; row++) {
    const float *from = x + row * width;
    for (long i = 0; i < width; i++) {
      double d = (double)from[i] - means[i];
      deviations[i] += d * d;
    }
  }
}

NN_CLONES
void nn_normalize_columns(const float *x, const float *mean, const float *variance, float epsilon,
                          const float *scale, const float *shift, float *y, long rows,
                          long width) {
  for (long first = 0; first < width; first += BLOCK) {
    long count = width - first < BLOCK ? width - first : BLOCK;
    float factor[BLOCK];
    for (long i = 0; i < count; i++) {
      factor[i] = scale[first + i] / __builtin_elementwise_sqrt(variance[first + i] + epsilon);
    }
    for (long row = 0; row < rows; row++) {
      const float *from = x + row * width + first;
      float *to = y + row * width + first;
      if (shift) {
        for (long i = 0; i < count; i++) {
          to[i] = (from[i] - mean[first + i]) * factor[i] + shift[first + i];
        }
      } else {
        for (long i = 0; i < count; i++) to[i] = (from[i] - mean[first + i]) * factor[i];
      }
    }
  }
}

NN_CLONES
void nn_normalize_columns_sums(const float *x, const float *dy, const float *mean,
                               const float *variance, float epsilon, double *dscale,
                               double *dshift, long rows, long width) {
  for (long i = 0; i < width; i++) dscale[i] = dshift[i] = 0;
  for (long row = 0; row < rows; row++, x += width, dy += width) {
    for (long i = 0; i < width; i++) {
      dscale[i] += (double)dy[i] * ((double)x[i] - (double)mean[i]);
      dshift[i] += (double)dy[i];
    }
  }
  for (long i = 0; i < width; i++) dscale[i] /= sqrt((double)variance[i] + (double)epsilon);
}

NN_CLONES
void nn_normalize_columns_backward(const float *x, const float *dy, const float *mean,
                                   const float *variance, float epsilon, const float *scale,
                                   const double *dscale, const double *dshift, double share,
                                   float *dx, long rows, long width) {
  for (long first = 0; first < width; first += BLOCK) {
    long count = width - first < BLOCK ? width - first : BLOCK;
    float factor[BLOCK], level[BLOCK], slope[BLOCK];
    for (long i = 0; i < count; i++) {
      long column = first + i;
      double inverse = 1 / sqrt((double)variance[column] + (double)epsilon);
      factor[i] = (float)((double)scale[column] * inverse);
      level[i] = (float)(dshift[column] * share);
      slope[i] = (float)(dscale[column] * share * inverse);
    }
    for (long row = 0; row < rows; row++) {
      long at = row * width + first;
      for (long i = 0; i < count; i++) {
        float centred = x[at + i] - mean[first + i];
        dx[at + i] = factor[i] * (dy[at + i] - level[i] - centred * slope[i]);
      }
    }
  }
}

// MARK: Rows

NN_CLONES
void nn_normalize_rows(const float *x, float epsilon, const float *scale, const float *shift,
                       float *y, float *moments, long rows, long width) {
  for (long row = 0; row < rows; row++, x += width, y += width) {
    double mean = nn_sum(x, width) / (double)width;
    double variance = nn_squared_deviation(x, width, mean) / (double)width;
    float centre = (float)mean;
    float inverse = (float)(1 / sqrt(variance + (double)epsilon));
    moments[2 * row] = centre;
    moments[2 * row + 1] = inverse;
    for (long i = 0; i < width; i++) {
      y[i] = (x[i] - centre) * inverse * scale[i] + (shift ? shift[i] : 0.0f);
    }
  }
}

NN_CLONES
void nn_normalize_rows_backward(const float *x, const float *dy, const float *moments,
                                const float *scale, float *dx, long rows, long width) {
  for (long row = 0; row < rows; row++, x += width, dy += width, dx += width) {
    float centre = moments[2 * row], inverse = moments[2 * row + 1];
    // Eight sums side by side, as in every reduction: the order is fixed.
    float levels[8] = {0}, slopes[8] = {0};
    long i = 0;
    for (; i + 8 <= width; i += 8) {
      for (int j = 0; j < 8; j++) {
        float g = dy[i + j] * scale[i + j];
        levels[j] += g;
        slopes[j] += g * (x[i + j] - centre);
      }
    }
    for (; i < width; i++) {
      float g = dy[i] * scale[i];
      levels[0] += g;
      slopes[0] += g * (x[i] - centre);
    }
    double level = 0, slope = 0;
    for (int j = 0; j < 8; j++) {
      level += (double)levels[j];
      slope += (double)slopes[j];
    }
    float l = (float)(level / (double)width);
    float s = (float)(slope / (double)width) * inverse * inverse;
    for (i = 0; i < width; i++) {
      dx[i] = inverse * (dy[i] * scale[i] - l - (x[i] - centre) * s);
    }
  }
}

NN_CLONES
void nn_normalize_rows_gradient(const float *x, const float *dy, const float *moments,
                                float *dscale, long rows, long width) {
  for (long i = 0; i < width; i++) dscale[i] = 0;
  for (long row = 0; row < rows; row++, x += width, dy += width) {
    float centre = moments[2 * row], inverse = moments[2 * row + 1];
    for (long i = 0; i < width; i++) dscale[i] += dy[i] * (x[i] - centre) * inverse;
  }
}
