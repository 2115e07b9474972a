// exp, log, tanh, the logistic function and erf in 32 bits, without branches or tables, so that a
// loop over them becomes vector code. Errors stay below 2 units in the last place, erf's below 3
// (measured over all exponents by the tests). The polynomials are those of the Cephes library (Moshier).
#ifndef NN_APPROX_H
#define NN_APPROX_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "clones.h"

NN_INLINE float nn_from_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

NN_INLINE uint32_t nn_to_bits(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

NN_INLINE float nn_expf(float x) {
  // The bounds lie just beyond overflow and the last subnormal, so infinity and 0 come out by
  // themselves; written so that NaN passes.
  x = x > 89.0f ? 89.0f : x;
  x = x < -104.0f ? -104.0f : x;
  // Adding and subtracting 1.5 * 2^23 rounds to the nearest whole number.
  const float shift = 12582912.0f;
  float biased = x * 1.44269504088896341f + shift;
  float n = biased - shift;
  float r = x - n * 0.693359375f;
  r = r - n * -2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  // 2^n in two factors: n reaches 128 and -150, which one exponent cannot hold.
  int32_t whole = (int32_t)(nn_to_bits(biased) - nn_to_bits(shift));
  int32_t half = whole >> 1;
  float first = nn_from_bits((uint32_t)(half + 127) << 23);
  float second = nn_from_bits((uint32_t)(whole - half + 127) << 23);
  float y = p * first * second;
  return x == x ? y : x;
}

NN_INLINE float nn_logf(float x) {
  // Subnormals are lifted into the normal range first.
  int tiny = x < 1.17549435e-38f;
  float lifted = tiny ? x * 8388608.0f : x;
  uint32_t bits = nn_to_bits(lifted);
  // Mantissa in [sqrt(1/2), sqrt(2)).
  int32_t exponent = (int32_t)((bits - 0x3f3504f3u)) >> 23;
  float m = nn_from_bits(bits - ((uint32_t)exponent << 23));
  float e = (float)exponent - (tiny ? 23.0f : 0.0f);
  float r = m - 1.0f;
  float z = r * r;
  float p = 7.0376836292e-2f;
  p = p * r - 1.1514610310e-1f;
  p = p * r + 1.1676998740e-1f;
  p = p * r - 1.2420140846e-1f;
  p = p * r + 1.4249322787e-1f;
  p = p * r - 1.6668057665e-1f;
  p = p * r + 2.0000714765e-1f;
  p = p * r - 2.4999993993e-1f;
  p = p * r + 3.3333331174e-1f;
  float y = r * z * p;
  y += e * -2.12194440e-4f;
  y -= 0.5f * z;
  float result = r + y + e * 0.693359375f;
  result = x == INFINITY ? x : result;
  result = x == 0.0f ? -INFINITY : result;
  return x < 0.0f ? NAN : (x == x ? result : x);
}

NN_INLINE float nn_tanhf(float x) {
  float a = fabsf(x);
  // Near 0 the quotient below would lose every digit; an odd polynomial does not.
  float z = x * x;
  float p = -5.70498872745e-3f;
  p = p * z + 2.06390887954e-2f;
  p = p * z - 5.37397155531e-2f;
  p = p * z + 1.33314422036e-1f;
  p = p * z - 3.33332819422e-1f;
  float small = p * z * x + x;
  float large = 1.0f - 2.0f / (nn_expf(a + a) + 1.0f);
  large = x < 0.0f ? -large : large;
  return a < 0.625f ? small : (x == x ? large : x);
}

NN_INLINE float nn_sigmoidf(float x) {
  // By the negative power, which cannot overflow: the far left keeps its digits.
  float e = nn_expf(-fabsf(x));
  float y = (x < 0.0f ? e : 1.0f) / (1.0f + e);
  return x == x ? y : x;
}

// exp(x) - 1, which keeps its digits near 0: there by its Taylor series.
NN_INLINE float nn_expm1f(float x) {
  float p = 1.0f / 5040.0f;
  p = p * x + 1.0f / 720.0f;
  p = p * x + 1.0f / 120.0f;
  p = p * x + 1.0f / 24.0f;
  p = p * x + 1.0f / 6.0f;
  p = p * x + 0.5f;
  float small = p * x * x + x;
  return fabsf(x) < 0.35f ? small : nn_expf(x) - 1.0f;
}

// log(1 + x) for x from 0 to 1: the quotient makes up for the rounding of the sum.
NN_INLINE float nn_log1pf(float x) {
  float sum = 1.0f + x, rounded = sum - 1.0f;
  return rounded == 0.0f ? x : nn_logf(sum) * (x / rounded);
}

// x times a polynomial in x²: erf(x) for |x| < 1.
NN_INLINE float nn_erf_near(float x) {
  float z = x * x;
  float p = 7.853861353153693e-5f;
  p = p * z - 8.010193625184903e-4f;
  p = p * z + 5.188327685732524e-3f;
  p = p * z - 2.685381193529856e-2f;
  p = p * z + 1.128358514861418e-1f;
  p = p * z - 3.761262582423300e-1f;
  p = p * z + 1.128379165726710e+0f;
  return x * p;
}

// erfc(a) for a ≥ 1, where the difference to 1 would lose its digits.
NN_INLINE float nn_erfc_far(float a) {
  float inverse = 1.0f / a, q = inverse * inverse;
  float p = 2.326819970068386e-2f;
  p = p * q - 1.387039388740657e-1f;
  p = p * q + 3.687424674597105e-1f;
  p = p * q - 5.824733027278666e-1f;
  p = p * q + 6.210004621745983e-1f;
  p = p * q - 4.944515323274145e-1f;
  p = p * q + 3.404879937665872e-1f;
  p = p * q - 2.741127028184656e-1f;
  p = p * q + 5.638259427386472e-1f;
  float r = -1.047766399936249e+1f;
  r = r * q + 1.297719955372516e+1f;
  r = r * q - 7.495518717768503e+0f;
  r = r * q + 2.921019019210786e+0f;
  r = r * q - 1.015265279202700e+0f;
  r = r * q + 4.218463358204948e-1f;
  r = r * q - 2.820767439740514e-1f;
  r = r * q + 5.641895067754075e-1f;
  return nn_expf(-a * a) * inverse * (a < 2.0f ? p : r);
}

NN_INLINE float nn_erff(float x) {
  float a = fabsf(x), far = 1.0f - nn_erfc_far(a);
  return a < 1.0f ? nn_erf_near(x) : x < 0.0f ? -far : far;
}

// The normal distribution up to x: (1 + erf(x / √2)) / 2, with its digits on the far left too.
NN_INLINE float nn_normalf(float x) {
  float s = x * 0.70710678118654752f, a = fabsf(s), far = 0.5f * nn_erfc_far(a);
  return a < 1.0f ? 0.5f + 0.5f * nn_erf_near(s) : s < 0.0f ? far : 1.0f - far;
}

// sin(x + quarters * π/2) for |x| up to NN_SINE_LIMIT. The reduction runs in 64 bits with π/2 in
// two parts, so that digits survive near the zeros too.
#define NN_SINE_LIMIT 100000.0f

NN_INLINE float nn_sinf(float x, uint64_t quarters) {
  const double shift = 6755399441055744.0;
  double biased = (double)x * 0.63661977236758134308 + shift;
  double n = biased - shift;
  uint64_t q;
  memcpy(&q, &biased, sizeof q);
  q += quarters;
  double d = (double)x - n * 1.57079632673412561417e+00;
  float r = (float)(d - n * 6.07710050650619224932e-11);
  float z = r * r;
  float s = -1.9515295891e-4f;
  s = s * z + 8.3321608736e-3f;
  s = s * z - 1.6666654611e-1f;
  s = s * z * r + r;
  float c = 2.443315711809948e-5f;
  c = c * z - 1.388731625493765e-3f;
  c = c * z + 4.166664568298827e-2f;
  c = c * z * z - 0.5f * z + 1.0f;
  uint32_t low = (uint32_t)q;
  float y = (low & 1) ? c : s;
  y = (low & 2) ? -y : y;
  return x == x ? y : x;
}

#endif
