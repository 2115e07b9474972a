// Losses over the rows of a batch, summed in 64 bits, with their gradients.

#include "CKernels.h"
#include "approx.h"

// Keeps log finite where a probability came out as 0; the same bound in the gradient's quotient.
static const float least_probability = 1e-12f;

NN_CLONES
double nn_mse(const float *y, const float *targets, float *gradient, long rows, long width,
              float scale) {
  double total = 0;
  float inverse = 1.0f / (float)width;
  for (long row = 0; row < rows; row++, y += width, targets += width) {
    double sum = 0;
    for (long i = 0; i < width; i++) {
      float difference = y[i] - targets[i];
      sum += (double)difference * difference;
      if (gradient) gradient[row * width + i] = 2.0f * difference * inverse * scale;
    }
    total += sum / (double)width;
  }
  return total;
}

// p = logits less the greatest of their row, so that no exponential overflows; may be in place.
NN_INLINE void lower_rows(const float *logits, float *p, long rows, long width) {
  for (long row = 0; row < rows; row++, logits += width, p += width) {
    float greatest = -INFINITY;
    for (long i = 0; i < width; i++) greatest = logits[i] > greatest ? logits[i] : greatest;
    NN_EACH for (long i = 0; i < width; i++) p[i] = logits[i] - greatest;
  }
}

// All rows as one: where there are few classes, a row alone does not fill a vector.
NN_INLINE void exponentials(float *p, long count) {
  NN_EACH for (long i = 0; i < count; i++) p[i] = nn_expf(p[i]);
}

// Makes exponentials of one row probabilities; returns the logarithm of their sum, from which
// -log p follows without ever taking the logarithm of a probability that rounded to 0.
NN_INLINE float normalise_row(float *p, long width) {
  float sum = 0;
  for (long i = 0; i < width; i++) sum += p[i];
  float inverse = 1.0f / sum;
  for (long i = 0; i < width; i++) p[i] *= inverse;
  return nn_logf(sum);
}

NN_CLONES
double nn_softmax_crossentropy_classes(const float *logits, const int32_t *classes, float *p,
                                       float *gradient, long rows, long width, float scale) {
  double total = 0;
  lower_rows(logits, p, rows, width);
  for (long row = 0; row < rows; row++) total -= (double)p[row * width + classes[row]];
  exponentials(p, rows * width);
  for (long row = 0; row < rows; row++) total += (double)normalise_row(p + row * width, width);
  if (!gradient) return total;
  NN_EACH for (long i = 0; i < rows * width; i++) gradient[i] = p[i] * scale;
  for (long row = 0; row < rows; row++) gradient[row * width + classes[row]] -= scale;
  return total;
}

NN_CLONES
double nn_softmax_crossentropy_values(const float *logits, const float *targets, float *p,
                                      float *gradient, long rows, long width, float scale) {
  double total = 0;
  lower_rows(logits, p, rows, width);
  // Σ t (log sum - z), of the lowered z.
  for (long i = 0; i < rows * width; i++) total -= (double)(targets[i] * p[i]);
  exponentials(p, rows * width);
  for (long row = 0; row < rows; row++, p += width, targets += width) {
    float mass = 0;
    for (long i = 0; i < width; i++) mass += targets[i];
    total += (double)(mass * normalise_row(p, width));
    if (!gradient) continue;
    float *g = gradient + row * width;
    for (long i = 0; i < width; i++) g[i] = (p[i] * mass - targets[i]) * scale;
  }
  return total;
}

NN_CLONES
double nn_crossentropy_classes(const float *p, const int32_t *classes, float *gradient, long rows,
                               long width, float scale) {
  double total = 0;
  for (long row = 0; row < rows; row++) {
    float wanted = p[row * width + classes[row]];
    wanted = wanted < least_probability ? least_probability : wanted;
    total -= (double)nn_logf(wanted);
    if (!gradient) continue;
    float *g = gradient + row * width;
    for (long i = 0; i < width; i++) g[i] = 0;
    g[classes[row]] = -scale / wanted;
  }
  return total;
}

NN_CLONES
double nn_crossentropy_values(const float *p, const float *targets, float *gradient, long rows,
                              long width, float scale) {
  double total = 0;
  for (long i = 0; i < rows * width; i++) {
    float q = p[i] < least_probability ? least_probability : p[i];
    total -= (double)(targets[i] * nn_logf(q));
    if (gradient) gradient[i] = -targets[i] / q * scale;
  }
  return total;
}

NN_CLONES
double nn_sigmoid_crossentropy(const float *logits, const float *targets, float *p,
                               float *gradient, long rows, long width, float scale) {
  double total = 0;
  float share = scale / (float)width;
  for (long i = 0; i < rows * width; i++) {
    // -t log s(z) - (1 - t) log(1 - s(z)) = max(z, 0) - t z + log(1 + exp(-|z|)), never infinite.
    float z = logits[i], t = targets[i];
    float softplus = nn_logf(1.0f + nn_expf(-fabsf(z)));
    total += (double)((z < 0.0f ? 0.0f : z) - t * z + softplus);
    p[i] = nn_sigmoidf(z);
    if (gradient) gradient[i] = (p[i] - t) * share;
  }
  return total / (double)width;
}

NN_CLONES
double nn_binary_crossentropy(const float *p, const float *targets, float *gradient, long rows,
                              long width, float scale) {
  double total = 0;
  float share = scale / (float)width;
  for (long i = 0; i < rows * width; i++) {
    float t = targets[i];
    float yes = p[i] < least_probability ? least_probability : p[i];
    float no = 1.0f - p[i];
    no = no < least_probability ? least_probability : no;
    total -= (double)(t * nn_logf(yes) + (1.0f - t) * nn_logf(no));
    if (gradient) gradient[i] = ((1.0f - t) / no - t / yes) * share;
  }
  return total / (double)width;
}
