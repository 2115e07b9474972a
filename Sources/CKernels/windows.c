// Pools: the largest and the mean of what windows see, channel by channel.

#include <math.h>
#include <string.h>

#include "CKernels.h"
#include "clones.h"
#include "watch.h"

// Channels at a time. Compilers split these for processors whose vectors are shorter.
enum { AT_ONCE = 16 };
typedef float numbers __attribute__((ext_vector_type(AT_ONCE), aligned(4)));
typedef int32_t places __attribute__((ext_vector_type(AT_ONCE)));
typedef uint16_t picks __attribute__((ext_vector_type(AT_ONCE), aligned(2)));

// Which of a window's places lie inside of a picture, along one axis, and where the first one does.
typedef struct {
  long first, end, at;
} cover;

static cover cover_of(long place, long size, long stride, long dilation, long before,
                      long length) {
  long start = place * stride - before;
  long first = start < 0 ? (-start + dilation - 1) / dilation : 0;
  long end = length <= start ? 0 : (length - start + dilation - 1) / dilation;
  return (cover){first, end < size ? end : size, start + first * dilation};
}

static cover cover_rows(const nn_window *w, long row) {
  return cover_of(row, w->window_height, w->stride_y, w->dilation_y, w->above, w->height);
}

static cover cover_columns(const nn_window *w, long column) {
  return cover_of(column, w->window_width, w->stride_x, w->dilation_x, w->left, w->width);
}

// Calls BODY for each place of each picture with what it covers, where that begins in x, and which
// of the places' outputs it is; as long as the work goes on, where a row of places takes a while.
#define EACH_PLACE(BODY)                                                                      \
  long row_step = w->dilation_y * w->width * channels, column_step = w->dilation_x * channels; \
  bool is_long = w->columns * w->window_height * w->window_width * channels > 1 << 13;         \
  for (long picture = 0, place = 0; picture < count; picture++) {                             \
    for (long r = 0; r < w->rows; r++) {                                                      \
      if (is_long && nn_watch_ends()) return;                                                 \
      cover down = cover_rows(w, r);                                                          \
      for (long c = 0; c < w->columns; c++, place++) {                                        \
        cover across = cover_columns(w, c);                                                   \
        long at = ((picture * w->height + down.at) * w->width + across.at) * channels;        \
        BODY                                                                                  \
      }                                                                                       \
    }                                                                                         \
  }

// Calls BODY for each number that a place covers, with where it is seen from `at` and which of the
// window's places it is.
#define EACH_COVERED(BODY)                                                    \
  for (long i = down.first; i < down.end; i++) {                              \
    for (long j = across.first; j < across.end; j++) {                        \
      long from = (i - down.first) * row_step + (j - across.first) * column_step; \
      long which = i * w->window_width + j;                                   \
      BODY                                                                    \
    }                                                                         \
  }

// Whether no two places cover the same number, and whether all numbers are covered as well.
static bool is_apart(const nn_window *w) {
  return w->dilation_y == 1 && w->dilation_x == 1 && w->stride_y >= w->window_height &&
         w->stride_x >= w->window_width;
}

static bool covers_all(const nn_window *w) {
  return w->stride_y == w->window_height && w->stride_x == w->window_width && is_apart(w) &&
         w->rows * w->stride_y - w->above >= w->height &&
         w->columns * w->stride_x - w->left >= w->width;
}

NN_CLONES
void nn_maxpool(const nn_window *w, const float *x, float *y, uint16_t *which_of, long count) {
  long channels = w->channels;
  EACH_PLACE({
    const float *own = x + at;
    float *to = y + place * channels;
    uint16_t *pick_to = which_of ? which_of + place * channels : NULL;
    long q = 0;
    for (; q + AT_ONCE <= channels; q += AT_ONCE) {
      numbers best = -INFINITY;
      places pick = 0;
      EACH_COVERED({
        numbers value = *(const numbers *)(own + from + q);
        // What is no number stays so.
        places wins = (value > best) | (value != value);
        best = wins ? value : best;
        pick = wins ? (places)((int32_t)which) : pick;
      })
      *(numbers *)(to + q) = best;
      if (pick_to) *(picks *)(pick_to + q) = __builtin_convertvector(pick, picks);
    }
    for (; q < channels; q++) {
      float best = -INFINITY;
      long pick = 0;
      EACH_COVERED({
        float value = own[from + q];
        if (value > best || value != value) {
          best = value;
          pick = which;
        }
      })
      to[q] = best;
      if (pick_to) pick_to[q] = (uint16_t)pick;
    }
  })
}

NN_CLONES
void nn_maxpool_backward(const nn_window *w, const float *dy, const uint16_t *which_of, float *dx,
                         long count) {
  long channels = w->channels;
  bool adds = !is_apart(w);
  if (!covers_all(w)) memset(dx, 0, count * w->height * w->width * channels * sizeof *dx);
  EACH_PLACE({
    float *own = dx + at;
    const float *gradient = dy + place * channels;
    const uint16_t *picked = which_of + place * channels;
    long q = 0;
    for (; q + AT_ONCE <= channels; q += AT_ONCE) {
      numbers g = *(const numbers *)(gradient + q);
      places pick = __builtin_convertvector(*(const picks *)(picked + q), places);
      EACH_COVERED({
        numbers *to = (numbers *)(own + from + q);
        numbers part = pick == (places)((int32_t)which) ? g : 0;
        *to = adds ? *to + part : part;
      })
    }
    for (; q < channels; q++) {
      EACH_COVERED({
        float part = picked[q] == which ? gradient[q] : 0;
        own[from + q] = adds ? own[from + q] + part : part;
      })
    }
  })
}

NN_CLONES
void nn_avgpool(const nn_window *w, const float *x, float *y, long count) {
  long channels = w->channels;
  EACH_PLACE({
    const float *own = x + at;
    float *to = y + place * channels;
    float share = 1 / (float)((down.end - down.first) * (across.end - across.first));
    long q = 0;
    for (; q + AT_ONCE <= channels; q += AT_ONCE) {
      numbers sum = 0;
      EACH_COVERED({
        (void)which;
        sum += *(const numbers *)(own + from + q);
      })
      *(numbers *)(to + q) = sum * share;
    }
    for (; q < channels; q++) {
      float sum = 0;
      EACH_COVERED({
        (void)which;
        sum += own[from + q];
      })
      to[q] = sum * share;
    }
  })
}

NN_CLONES
void nn_avgpool_backward(const nn_window *w, const float *dy, float *dx, long count) {
  long channels = w->channels;
  bool adds = !is_apart(w);
  if (!covers_all(w)) memset(dx, 0, count * w->height * w->width * channels * sizeof *dx);
  EACH_PLACE({
    float *own = dx + at;
    const float *gradient = dy + place * channels;
    float share = 1 / (float)((down.end - down.first) * (across.end - across.first));
    EACH_COVERED({
      (void)which;
      float *to = own + from;
      if (adds) {
        for (long q = 0; q < channels; q++) to[q] += gradient[q] * share;
      } else {
        for (long q = 0; q < channels; q++) to[q] = gradient[q] * share;
      }
    })
  })
}
