// Pictures changed by chance on their way into a batch: moved, turned, recoloured.

#include <math.h>

#include "CKernels.h"
#include "chance.h"
#include "clones.h"

NN_INLINE long within(long place, long count) {
  return place < 0 ? 0 : place >= count ? count - 1 : place;
}

// One resampling for all that moves points. Points are copied where they fall on points; elsewhere
// each is mixed from the four around it.
#define DEFINE_MOVE(name, type)                                                               \
  NN_INLINE void name##_rows(const type *from, float *to, long height, long width,            \
                             const int channels, const nn_augmentation *change) {             \
    const float *m = change->matrix;                                                          \
    for (long y = 0; y < height; y++) {                                                       \
      if (change->is_whole) {                                                                 \
        long row = within((long)(m[4] * y + m[5]), height), step = (long)m[0];                \
        long first = (long)m[2];                                                              \
        const type *points = from + row * width * channels;                                   \
        for (long x = 0; x < width; x++, to += channels) {                                    \
          const type *point = points + within(first + step * x, width) * channels;            \
          for (int c = 0; c < channels; c++) to[c] = (float)point[c];                         \
        }                                                                                     \
        continue;                                                                             \
      }                                                                                       \
      float left = m[1] * y + m[2], top = m[4] * y + m[5];                                    \
      float most_x = (float)(width - 1), most_y = (float)(height - 1);                        \
      for (long x = 0; x < width; x++, to += channels) {                                      \
        float px = m[0] * x + left, py = m[3] * x + top;                                      \
        px = px < 0 ? 0 : px > most_x ? most_x : px;                                          \
        py = py < 0 ? 0 : py > most_y ? most_y : py;                                          \
        int x0 = (int)px, y0 = (int)py;                                                       \
        float dx = px - (float)x0, dy = py - (float)y0;                                       \
        long right = x0 + 1 < width ? channels : 0;                                           \
        long below = y0 + 1 < height ? width * channels : 0;                                  \
        const type *point = from + (y0 * width + x0) * channels;                              \
        for (int c = 0; c < channels; c++) {                                                  \
          float a = (float)point[c], b = (float)point[right + c];                             \
          float d = (float)point[below + c], e = (float)point[below + right + c];             \
          float upper = a + dx * (b - a), lower = d + dx * (e - d);                           \
          to[c] = upper + dy * (lower - upper);                                               \
        }                                                                                     \
      }                                                                                       \
    }                                                                                         \
  }                                                                                           \
  NN_CLONES static void name(const type *from, float *to, long height, long width,            \
                             long channels, const nn_augmentation *change) {                  \
    if (channels == 1) {                                                                      \
      name##_rows(from, to, height, width, 1, change);                                        \
    } else if (channels == 3) {                                                               \
      name##_rows(from, to, height, width, 3, change);                                        \
    } else {                                                                                  \
      name##_rows(from, to, height, width, (int)channels, change);                            \
    }                                                                                         \
  }

DEFINE_MOVE(move_bytes, uint8_t)
DEFINE_MOVE(move_floats, float)
DEFINE_MOVE(move_doubles, double)

// A bell: the sum of four even numbers of 16 bits, mean 0, deviation 1, at most 3.46.
NN_INLINE float bell(uint32_t place, uint32_t low, uint32_t high) {
  uint32_t one = mix(mix(place ^ low) + high), two = mix(one ^ 0x9e3779b9u);
  int32_t sum = (int32_t)((one & 0xffff) + (one >> 16) + (two & 0xffff) + (two >> 16));
  return (float)(sum - 131070) * (1.7320508f / 65536);
}

NN_CLONES
static void recolour(float *to, long points, long channels, const nn_augmentation *change,
                     float mean) {
  long count = points * channels;
  float contrast = change->contrast, noise = change->noise;
  float low = change->low, high = change->high;
  float shift = mean - mean * contrast + change->brightness;
  if (noise > 0) {
    uint32_t k0 = (uint32_t)change->noise_key, k1 = (uint32_t)(change->noise_key >> 32);
    for (long i = 0; i < count; i++) to[i] += noise * bell((uint32_t)i, k0, k1);
  }
  for (long i = 0; i < count; i++) {
    float value = to[i] * contrast + shift;
    to[i] = value < low ? low : value > high ? high : value;
  }
}

static float mean_of(const float *to, long count, long step) {
  double sum = 0;
  for (long i = 0; i < count; i += step) sum += to[i];
  return (float)(sum / ((count + step - 1) / step));
}

NN_CLONES
static void scale_all(float *to, long count, const double *center, const double *scale,
                      long factors) {
  if (factors == 1) {
    float c = (float)center[0], s = (float)scale[0];
    for (long i = 0; i < count; i++) to[i] = (to[i] - c) * s;
  } else if (factors > 1) {
    for (long i = 0; i < count; i++) to[i] = (float)((to[i] - center[i]) * scale[i]);
  }
}

static void finish(float *to, long height, long width, long channels,
                   const nn_augmentation *change, const double *center, const double *scale,
                   long factors) {
  long count = height * width * channels;
  for (long c = 0; c < channels && change->cut_bottom > change->cut_top; c++) {
    float mean = mean_of(to + c, count - c, channels);
    for (long y = change->cut_top; y < change->cut_bottom; y++)
      for (long x = change->cut_left; x < change->cut_right; x++)
        to[(y * width + x) * channels + c] = mean;
  }
  if (change->contrast != 1 || change->brightness != 0 || change->noise > 0)
    recolour(to, height * width, channels, change,
             change->contrast != 1 ? mean_of(to, count, 1) : 0);
  scale_all(to, count, center, scale, factors);
}

#define DEFINE_AUGMENT(name, move, type)                                                       \
  void name(const type *from, float *to, long height, long width, long channels,               \
            const nn_augmentation *change, const double *center, const double *scale,          \
            long factors) {                                                                    \
    move(from, to, height, width, channels, change);                                           \
    finish(to, height, width, channels, change, center, scale, factors);                       \
  }

DEFINE_AUGMENT(nn_augment_bytes, move_bytes, uint8_t)
DEFINE_AUGMENT(nn_augment_floats, move_floats, float)
DEFINE_AUGMENT(nn_augment_doubles, move_doubles, double)
