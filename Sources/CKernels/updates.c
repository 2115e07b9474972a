// Weight updates, element by element.

#include "CKernels.h"
#include "clones.h"

NN_CLONES
void nn_scale(float *g, long count, float factor) {
  for (long i = 0; i < count; i++) g[i] *= factor;
}

NN_CLONES
void nn_limit(float *g, long count, float greatest) {
  for (long i = 0; i < count; i++) {
    g[i] = g[i] > greatest ? greatest : g[i] < -greatest ? -greatest : g[i];
  }
}

NN_CLONES
void nn_sgd(float *w, const float *g, long count, float rate) {
  for (long i = 0; i < count; i++) w[i] -= rate * g[i];
}

NN_CLONES
void nn_momentum(float *w, const float *g, float *v, long count, float rate, float momentum,
                 bool nesterov) {
  if (nesterov) {
    for (long i = 0; i < count; i++) {
      v[i] = momentum * v[i] + g[i];
      w[i] -= rate * (g[i] + momentum * v[i]);
    }
  } else {
    for (long i = 0; i < count; i++) {
      v[i] = momentum * v[i] + g[i];
      w[i] -= rate * v[i];
    }
  }
}

// Running means move by a share of the difference: what is left of 0.999 in 32 bits after it was
// taken from 1 is off by 5e-5, the share itself is not.
NN_INLINE float toward(float mean, float value, float share) {
  return mean + share * (value - mean);
}

// The library's square root sets errno, which keeps a loop from becoming vector code.
#define SQRT(x) __builtin_elementwise_sqrt(x)

NN_CLONES
void nn_adam(float *w, const float *g, float *m, float *v, long count, float rate, float share1,
             float share2, float epsilon, float correction1, float correction2, float decay) {
  float step = rate * correction1;
  for (long i = 0; i < count; i++) {
    m[i] = toward(m[i], g[i], share1);
    v[i] = toward(v[i], g[i] * g[i], share2);
    w[i] -= decay * w[i] + step * m[i] / (SQRT(v[i] * correction2) + epsilon);
  }
}

NN_CLONES
void nn_nadam(float *w, const float *g, float *m, float *v, long count, float rate_g,
              float rate_m, float share1, float share2, float epsilon, float correction2) {
  for (long i = 0; i < count; i++) {
    m[i] = toward(m[i], g[i], share1);
    v[i] = toward(v[i], g[i] * g[i], share2);
    w[i] -= (rate_g * g[i] + rate_m * m[i]) / (SQRT(v[i] * correction2) + epsilon);
  }
}

NN_CLONES
void nn_rmsprop(float *w, const float *g, float *v, float *m, long count, float rate, float share,
                float epsilon, float momentum) {
  if (m) {
    for (long i = 0; i < count; i++) {
      v[i] = toward(v[i], g[i] * g[i], share);
      m[i] = momentum * m[i] + g[i] / (SQRT(v[i]) + epsilon);
      w[i] -= rate * m[i];
    }
  } else {
    for (long i = 0; i < count; i++) {
      v[i] = toward(v[i], g[i] * g[i], share);
      w[i] -= rate * g[i] / (SQRT(v[i]) + epsilon);
    }
  }
}

NN_CLONES
void nn_adagrad(float *w, const float *g, float *s, long count, float rate, float epsilon) {
  for (long i = 0; i < count; i++) {
    s[i] += g[i] * g[i];
    w[i] -= rate * g[i] / (SQRT(s[i]) + epsilon);
  }
}

NN_CLONES
void nn_adadelta(float *w, const float *g, float *v, float *u, long count, float rate, float share,
                 float epsilon) {
  for (long i = 0; i < count; i++) {
    v[i] = toward(v[i], g[i] * g[i], share);
    float d = SQRT(u[i] + epsilon) / SQRT(v[i] + epsilon) * g[i];
    u[i] = toward(u[i], d * d, share);
    w[i] -= rate * d;
  }
}

NN_CLONES
void nn_lion(float *w, const float *g, float *m, long count, float rate, float share1,
             float share2, float decay) {
  for (long i = 0; i < count; i++) {
    float c = toward(m[i], g[i], share1);
    float sign = c > 0.0f ? 1.0f : c < 0.0f ? -1.0f : 0.0f;
    w[i] -= decay * w[i] + rate * sign;
    m[i] = toward(m[i], g[i], share2);
  }
}

NN_CLONES
void nn_rprop(float *w, const float *g, float *p, float *s, long count, float rate, float shrink,
              float grow, float least, float greatest) {
  for (long i = 0; i < count; i++) {
    // Signs, not the product: that of two small gradients would vanish.
    float now = g[i] > 0.0f ? 1.0f : g[i] < 0.0f ? -1.0f : 0.0f;
    float turn = now * p[i];
    float size = s[i] * (turn > 0.0f ? grow : turn < 0.0f ? shrink : 1.0f);
    size = size > greatest ? greatest : size < least ? least : size;
    now = turn < 0.0f ? 0.0f : now;
    s[i] = size;
    p[i] = now;
    w[i] -= rate * size * now;
  }
}
