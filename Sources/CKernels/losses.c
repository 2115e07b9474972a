// Losses over the rows of a batch, summed in 64 bits, with their gradients.

#include "CKernels.h"
#include "approx.h"

// Keeps log finite where a probability came out as 0; the same bound in the gradient's quotient.
static const float least_probability = 1e-12f;

// Written so that NaN passes.
NN_INLINE float above_zero(float p) { return p < least_probability ? least_probability : p; }

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

NN_CLONES
double nn_mae(const float *y, const float *targets, float *gradient, long rows, long width,
              float scale) {
  double total = 0;
  float share = scale / (float)width;
  for (long i = 0; i < rows * width; i++) {
    float difference = y[i] - targets[i];
    total += (double)fabsf(difference);
    if (gradient) gradient[i] = difference > 0.0f ? share : difference < 0.0f ? -share : 0.0f;
  }
  return total / (double)width;
}

NN_CLONES
double nn_huber(const float *y, const float *targets, float *gradient, long rows, long width,
                float scale, float delta, const float *factors) {
  double total = 0;
  float share = scale / (float)width;
  for (long row = 0; row < rows; row++, y += width, targets += width) {
    for (long i = 0; i < width; i++) {
      float difference = y[i] - targets[i], reach = factors ? delta * factors[i] : delta;
      // The part that counts squared, and the rest that counts straight.
      float limited = difference > reach ? reach : difference < -reach ? -reach : difference;
      total += (double)limited * ((double)difference - 0.5 * (double)limited);
      if (gradient) gradient[row * width + i] = limited * share;
    }
  }
  return total / (double)width;
}

NN_CLONES
double nn_hinge(const float *y, const float *targets, float *gradient, long rows, long width,
                float scale) {
  double total = 0;
  float share = scale / (float)width;
  for (long i = 0; i < rows * width; i++) {
    float side = targets[i] > 0.0f ? 1.0f : -1.0f, lack = 1.0f - side * y[i];
    // Written so that NaN passes.
    total += (double)(lack < 0.0f ? 0.0f : lack);
    if (gradient) gradient[i] = lack > 0.0f ? -side * share : 0.0f;
  }
  return total / (double)width;
}

NN_CLONES
double nn_poisson(const float *p, const float *targets, float *gradient, long rows, long width,
                  float scale) {
  double total = 0;
  float share = scale / (float)width;
  for (long i = 0; i < rows * width; i++) {
    float rate = above_zero(p[i]);
    total += (double)rate - (double)targets[i] * (double)nn_logf(rate);
    if (gradient) gradient[i] = (1.0f - targets[i] / rate) * share;
  }
  return total / (double)width;
}

NN_CLONES
double nn_softplus_poisson(const float *logits, const float *targets, float *p, float *gradient,
                           long rows, long width, float scale) {
  double total = 0;
  float share = scale / (float)width;
  for (long i = 0; i < rows * width; i++) {
    float z = logits[i], e = nn_log1pf(nn_expf(-fabsf(z)));
    float rate = (z < 0.0f ? 0.0f : z) + e, slope = nn_sigmoidf(z);
    // Far to the left the rate is exp(z), and so is its slope: neither needs the quotient.
    float logarithm = z < -15.0f ? z : nn_logf(rate);
    float quotient = z < -15.0f ? 1.0f : slope / rate;
    total += (double)rate - (double)targets[i] * (double)logarithm;
    p[i] = rate;
    if (gradient) gradient[i] = (slope - targets[i] * quotient) * share;
  }
  return total / (double)width;
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
                                       float *gradient, long rows, long width, float scale,
                                       float smoothing) {
  double total = 0;
  lower_rows(logits, p, rows, width);
  for (long row = 0; row < rows; row++) total -= (double)p[row * width + classes[row]];
  exponentials(p, rows * width);
  for (long row = 0; row < rows; row++) total += (double)normalise_row(p + row * width, width);
  if (!gradient) return total;
  float spread = smoothing / (float)width * scale, kept = (1.0f - smoothing) * scale;
  NN_EACH for (long i = 0; i < rows * width; i++) gradient[i] = p[i] * scale - spread;
  for (long row = 0; row < rows; row++) gradient[row * width + classes[row]] -= kept;
  return total;
}

NN_CLONES
double nn_softmax_crossentropy_values(const float *logits, const float *targets, float *p,
                                      float *gradient, long rows, long width, float scale,
                                      float smoothing) {
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
    float spread = smoothing / (float)width * mass, kept = 1.0f - smoothing;
    for (long i = 0; i < width; i++) g[i] = (p[i] * mass - (kept * targets[i] + spread)) * scale;
  }
  return total;
}

NN_CLONES
double nn_crossentropy_classes(const float *p, const int32_t *classes, float *gradient, long rows,
                               long width, float scale, float smoothing) {
  double total = 0;
  float spread = smoothing / (float)width * scale, kept = (1.0f - smoothing) * scale;
  for (long row = 0; row < rows; row++, p += width) {
    float wanted = above_zero(p[classes[row]]);
    total -= (double)nn_logf(wanted);
    if (!gradient) continue;
    float *g = gradient + row * width;
    for (long i = 0; i < width; i++) g[i] = -spread / above_zero(p[i]);
    g[classes[row]] -= kept / wanted;
  }
  return total;
}

NN_CLONES
double nn_crossentropy_values(const float *p, const float *targets, float *gradient, long rows,
                              long width, float scale, float smoothing) {
  double total = 0;
  for (long row = 0; row < rows; row++, p += width, targets += width) {
    float mass = 0;
    for (long i = 0; i < width; i++) mass += targets[i];
    float spread = smoothing / (float)width * mass, kept = 1.0f - smoothing;
    for (long i = 0; i < width; i++) {
      float q = above_zero(p[i]), t = targets[i];
      total -= (double)(t * nn_logf(q));
      if (gradient) gradient[row * width + i] = -(kept * t + spread) / q * scale;
    }
  }
  return total;
}

NN_CLONES
double nn_sigmoid_crossentropy(const float *logits, const float *targets, float *p,
                               float *gradient, long rows, long width, float scale,
                               float smoothing) {
  double total = 0;
  float share = scale / (float)width, kept = 1.0f - smoothing;
  for (long i = 0; i < rows * width; i++) {
    // -t log s(z) - (1 - t) log(1 - s(z)) = max(z, 0) - t z + log(1 + exp(-|z|)), never infinite.
    float z = logits[i], t = targets[i];
    float softplus = nn_log1pf(nn_expf(-fabsf(z)));
    total += (double)((z < 0.0f ? 0.0f : z) - t * z + softplus);
    p[i] = nn_sigmoidf(z);
    if (gradient) gradient[i] = (p[i] - (kept * t + 0.5f * smoothing)) * share;
  }
  return total / (double)width;
}

NN_CLONES
double nn_binary_crossentropy(const float *p, const float *targets, float *gradient, long rows,
                              long width, float scale, float smoothing) {
  double total = 0;
  float share = scale / (float)width, kept = 1.0f - smoothing;
  for (long i = 0; i < rows * width; i++) {
    float t = targets[i], yes = above_zero(p[i]), no = above_zero(1.0f - p[i]);
    total -= (double)(t * nn_logf(yes) + (1.0f - t) * nn_logf(no));
    float smooth = kept * t + 0.5f * smoothing;
    if (gradient) gradient[i] = ((1.0f - smooth) / no - smooth / yes) * share;
  }
  return total / (double)width;
}

double nn_negative_entropy(const float *targets, long count) {
  double total = 0;
  for (long i = 0; i < count; i++) {
    if (targets[i] > 0.0f) total += (double)(targets[i] * nn_logf(targets[i]));
  }
  return total;
}

NN_CLONES
void nn_weigh_rows(float *gradient, const int32_t *classes, const float *weights, long rows,
                   long width) {
  for (long row = 0; row < rows; row++, gradient += width) {
    float weight = weights[classes[row]];
    for (long i = 0; i < width; i++) gradient[i] *= weight;
  }
}

// MARK: Penalties

NN_CLONES
void nn_add_signs(const float *w, float *gradient, long count, float factor) {
  for (long i = 0; i < count; i++) {
    gradient[i] += w[i] > 0.0f ? factor : w[i] < 0.0f ? -factor : 0.0f;
  }
}

NN_CLONES
void nn_add_scaled(const float *w, float *gradient, long count, float factor) {
  for (long i = 0; i < count; i++) gradient[i] += factor * w[i];
}
