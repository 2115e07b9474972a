// Numbers with learnt waves of them beside: the layer `periodic`.

#include <math.h>

#include "CKernels.h"
#include "approx.h"
#include "clones.h"

// The cosines and sines of f·x + p; the library's where the fast ones are not good.
NN_CLONES
static void waves_of(const float *f, const float *p, float x, float *cosines, float *sines,
                     long count) {
  int beyond = 0;
  for (long k = 0; k < count; k++) {
    float angle = f[k] * x + p[k];
    beyond |= fabsf(angle) > NN_SINE_LIMIT;
    cosines[k] = nn_sinf(angle, 1);
    if (sines) sines[k] = nn_sinf(angle, 0);
  }
  if (!beyond) return;
  for (long k = 0; k < count; k++) {
    float angle = f[k] * x + p[k];
    cosines[k] = cosf(angle);
    if (sines) sines[k] = sinf(angle);
  }
}

NN_CLONES
void nn_waves_forward(nn_waves sizes, const float *x, const float *f, const float *p,
                      const float *w, const float *bias, float *cosines, float *sines, float *y,
                      long rows) {
  long n = sizes.inputs, waves = sizes.waves, outputs = sizes.outputs;
  for (long row = 0; row < rows; row++) {
    for (long i = 0; i < n; i++) {
      waves_of(f + i * waves, p + i * waves, x[i], cosines, sines, waves);
      y[0] = x[i];
      for (long o = 0; o < outputs; o++) y[1 + o] = bias ? bias[i * outputs + o] : 0;
      const float *wi = w + i * waves * outputs;
      for (long k = 0; k < waves; k++) {
        for (long o = 0; o < outputs; o++) y[1 + o] += cosines[k] * wi[k * outputs + o];
      }
      y += 1 + outputs;
      cosines += waves;
      if (sines) sines += waves;
    }
    x += n;
  }
}

NN_CLONES
void nn_waves_backward(nn_waves sizes, const float *dy, const float *f, const float *w,
                       float *sines, float *dx, long rows) {
  long n = sizes.inputs, waves = sizes.waves, outputs = sizes.outputs;
  for (long row = 0; row < rows; row++) {
    for (long i = 0; i < n; i++) {
      const float *wi = w + i * waves * outputs, *fi = f + i * waves;
      float sum = dy[0];
      for (long k = 0; k < waves; k++) {
        float g = 0;
        for (long o = 0; o < outputs; o++) g += wi[k * outputs + o] * dy[1 + o];
        sines[k] *= -g;
        sum += sines[k] * fi[k];
      }
      if (dx) *dx++ = sum;
      dy += 1 + outputs;
      sines += waves;
    }
  }
}

NN_CLONES
void nn_waves_frequencies(nn_waves sizes, const float *x, const float *dangles, float *df,
                          long rows) {
  long n = sizes.inputs, waves = sizes.waves;
  for (long j = 0; j < n * waves; j++) df[j] = 0;
  for (long row = 0; row < rows; row++, x += n) {
    for (long i = 0; i < n; i++, dangles += waves) {
      for (long k = 0; k < waves; k++) df[i * waves + k] += dangles[k] * x[i];
    }
  }
}

NN_CLONES
void nn_waves_weights(nn_waves sizes, const float *cosines, const float *dy, float *dw,
                      long rows) {
  long n = sizes.inputs, waves = sizes.waves, outputs = sizes.outputs;
  for (long j = 0; j < n * waves * outputs; j++) dw[j] = 0;
  for (long row = 0; row < rows; row++) {
    for (long i = 0; i < n; i++, cosines += waves, dy += 1 + outputs) {
      float *to = dw + i * waves * outputs;
      for (long k = 0; k < waves; k++) {
        for (long o = 0; o < outputs; o++) to[k * outputs + o] += cosines[k] * dy[1 + o];
      }
    }
  }
}

void nn_waves_bias(nn_waves sizes, const float *dy, float *dbias, long rows) {
  long n = sizes.inputs, outputs = sizes.outputs;
  for (long j = 0; j < n * outputs; j++) dbias[j] = 0;
  for (long row = 0; row < rows; row++) {
    for (long i = 0; i < n; i++, dy += 1 + outputs) {
      for (long o = 0; o < outputs; o++) dbias[i * outputs + o] += dy[1 + o];
    }
  }
}
