// Weight updates, element by element.

#include "CKernels.h"
#include "clones.h"

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

NN_CLONES
void nn_adam(float *w, const float *g, float *m, float *v, long count, float rate, float b1,
             float b2, float epsilon, float correction1, float correction2) {
  float step = rate * correction1;
  for (long i = 0; i < count; i++) {
    m[i] = b1 * m[i] + (1.0f - b1) * g[i];
    v[i] = b2 * v[i] + (1.0f - b2) * g[i] * g[i];
    // The library's square root sets errno, which keeps the loop from becoming vector code.
    w[i] -= step * m[i] / (__builtin_elementwise_sqrt(v[i] * correction2) + epsilon);
  }
}
