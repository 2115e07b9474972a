// Pictures of 8 bits a number: another size.

#include <stdlib.h>
#include <string.h>

#include "CKernels.h"
#include "clones.h"

// Weights of what a point of the result is the mean of, along one axis.
typedef struct {
  long *first, *count;
  // 22 bits behind the point, `most` for each point.
  int32_t *weights;
  long most;
} taps;

enum { precision = 22 };

static void release(taps *t) {
  free(t->first);
  free(t->count);
  free(t->weights);
}

// A triangle as wide as a point of the larger grid reaches: between two points of the source where
// the picture grows, over all that fall together where it shrinks.
static bool make_taps(taps *t, long from, double start, double length, long to) {
  double scale = length / to, reach = scale > 1 ? scale : 1;
  t->most = (long)(reach + 0.999999) * 2 + 3;
  t->first = malloc(to * sizeof *t->first);
  t->count = malloc(to * sizeof *t->count);
  t->weights = malloc(to * t->most * sizeof *t->weights);
  double *shares = malloc(t->most * sizeof *shares);
  if (!t->first || !t->count || !t->weights || !shares) {
    free(shares);
    release(t);
    return false;
  }
  for (long point = 0; point < to; point++) {
    double centre = start + (point + 0.5) * scale, sum = 0;
    long first = (long)(centre - reach + 0.5), end = (long)(centre + reach + 0.5);
    if (first < 0) first = 0;
    if (end > from) end = from;
    for (long i = first; i < end; i++) {
      double distance = (i - centre + 0.5) / reach;
      if (distance < 0) distance = -distance;
      shares[i - first] = distance < 1 ? 1 - distance : 0;
      sum += shares[i - first];
    }
    for (long i = first; i < end; i++) {
      double share = sum > 0 ? shares[i - first] / sum : 0;
      t->weights[point * t->most + i - first] = (int32_t)(share * (1 << precision) + 0.5);
    }
    t->first[point] = first;
    t->count[point] = end - first;
  }
  free(shares);
  return true;
}

NN_INLINE uint8_t rounded(int32_t sum) {
  int32_t value = sum >> precision;
  return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

#define DEFINE_ACROSS(name, channels)                                                     \
  NN_CLONES static void name(const uint8_t *from, long stride, uint8_t *to, long rows,    \
                             long width, const taps *t) {                                 \
    for (long row = 0; row < rows; row++, from += stride) {                               \
      for (long x = 0; x < width; x++, to += channels) {                                  \
        const uint8_t *points = from + t->first[x] * channels;                            \
        const int32_t *weights = t->weights + x * t->most;                                \
        int32_t sums[channels];                                                           \
        for (int c = 0; c < channels; c++) sums[c] = 1 << (precision - 1);                \
        for (long i = 0; i < t->count[x]; i++)                                            \
          for (int c = 0; c < channels; c++) sums[c] += points[i * channels + c] * weights[i]; \
        for (int c = 0; c < channels; c++) to[c] = rounded(sums[c]);                      \
      }                                                                                   \
    }                                                                                     \
  }

DEFINE_ACROSS(grey_across, 1)
DEFINE_ACROSS(colour_across, 3)

NN_CLONES static void down(const uint8_t *from, long size, int32_t *sums, uint8_t *to,
                           long count, const int32_t *weights) {
  for (long i = 0; i < size; i++) sums[i] = 1 << (precision - 1);
  for (long row = 0; row < count; row++, from += size) {
    int32_t weight = weights[row];
    for (long i = 0; i < size; i++) sums[i] += from[i] * weight;
  }
  for (long i = 0; i < size; i++) to[i] = rounded(sums[i]);
}

bool nn_resize_picture(const uint8_t *from, long width, long height, long channels, double left,
                       double top, double box_width, double box_height, uint8_t *to,
                       long to_width, long to_height) {
  taps across, along;
  if (!make_taps(&across, width, left, box_width, to_width)) return false;
  if (!make_taps(&along, height, top, box_height, to_height)) {
    release(&across);
    return false;
  }
  // Only the rows that are asked for.
  long first = along.first[0], size = to_width * channels;
  long rows = along.first[to_height - 1] + along.count[to_height - 1] - first;
  uint8_t *between = malloc(rows * size);
  int32_t *sums = malloc(size * sizeof *sums);
  if (between && sums) {
    // Some rows at a time, as long as the work goes on.
    for (long row = 0, some = 64; row < rows && !nn_watch_is_halted(); row += some) {
      nn_watch_poll();
      (channels == 1 ? grey_across : colour_across)(
          from + (first + row) * width * channels, width * channels, between + row * size,
          rows - row < some ? rows - row : some, to_width, &across);
    }
    for (long y = 0; y < to_height && !nn_watch_is_halted(); y++)
      down(between + (along.first[y] - first) * size, size, sums, to + y * size, along.count[y],
           along.weights + y * along.most);
  }
  bool isDone = between && sums;
  free(between);
  free(sums);
  release(&across);
  release(&along);
  return isDone;
}
