// What kernels over pictures share: parts of pictures as windows see them, cut into what the second
// cache holds.
#ifndef NN_SEEN_H
#define NN_SEEN_H

#include <string.h>

#include "CKernels.h"

// Numbers of pictures that are looked at together: a quarter of a second cache of 1 MB.
enum { SEEN = 1 << 16 };

// Numbers that a place's filters are filled up to where they are copied: the widest vector.
enum { WIDEST = 16 };

// An axis of places: how many, how far apart in what is read and in what is written.
typedef struct {
  long count, from, to;
} walk;

// The runs of numbers that a place sees.
typedef struct {
  long rows, columns, row_step, column_step, length;
} runs;

static inline long least(long a, long b) { return a < b ? a : b; }
static inline long most(long a, long b) { return a > b ? a : b; }
static inline long up_to_widest(long n) { return (n + WIDEST - 1) / WIDEST * WIDEST; }

// A part of pictures as it stands somewhere: the distances of pictures, rows and places.
typedef struct {
  const float *start;
  long picture, row, place;
} view;

// Some channels of pictures: `height` × `width` × `channels`, of which `count` from `first` on.
typedef struct {
  const float *x;
  long height, width, channels, first, count;
} pictures;

// A rectangle of some pictures, which may reach beyond them, where there are zeros. Where it does
// not and has all channels it is looked at in place; else it is copied to `space`, `pitch` numbers a
// place.
static inline view see(const pictures *p, long n, long top, long rows, long left, long columns,
                long pitch, float *space) {
  long inside = top >= 0 && top + rows <= p->height && left >= 0 && left + columns <= p->width;
  if (inside && p->count == p->channels && pitch == p->count) {
    return (view){p->x + (top * p->width + left) * p->channels,
                  p->height * p->width * p->channels, p->width * p->channels, p->channels};
  }
  long row = columns * pitch;
  long before = least(most(-left, 0), columns);
  long end = most(least(p->width - left, columns), before);
  for (long i = 0; i < n; i++) {
    const float *picture = p->x + i * p->height * p->width * p->channels + p->first;
    for (long r = 0; r < rows; r++) {
      float *to = space + (i * rows + r) * row;
      if (top + r < 0 || top + r >= p->height) {
        memset(to, 0, row * sizeof *to);
        continue;
      }
      const float *from = picture + ((top + r) * p->width + left + before) * p->channels;
      memset(to, 0, before * pitch * sizeof *to);
      if (p->count == p->channels && pitch == p->count) {
        memcpy(to + before * pitch, from, (end - before) * pitch * sizeof *to);
      } else {
        for (long place = before; place < end; place++, from += p->channels) {
          float *own = to + place * pitch;
          for (long q = 0; q < p->count; q++) own[q] = from[q];
          for (long q = p->count; q < pitch; q++) own[q] = 0;
        }
      }
      memset(to + end * pitch, 0, (columns - end) * pitch * sizeof *to);
    }
  }
  return (view){space, rows * row, row, pitch};
}

// How pictures are cut: some at once, or stripes of one.
typedef struct {
  long pictures, rows;
} cut;

// The first rows a stripe needs are `fixed`, each of its own needs `each` more, and they have
// `width` numbers.
static inline cut cut_pictures(long rows, long fixed, long each, long width) {
  long whole = most(1, (fixed + rows * each) * width);
  if (whole <= SEEN) return (cut){SEEN / whole, rows};
  long most_rows = (SEEN / most(1, width) - fixed) / most(1, each);
  return (cut){1, most(1, least(rows, most_rows))};
}

static inline long space_of(cut cut, long fixed, long each, long width) {
  return cut.pictures * most(1, fixed + cut.rows * each) * width;
}

// MARK: The window's way

static inline long inputs_of(const nn_window *c) { return c->channels / c->groups; }
static inline long filters_of(const nn_window *c) { return c->filters / c->groups; }
static inline long columns_seen(const nn_window *c) {
  return (c->columns - 1) * c->stride_x + (c->window_width - 1) * c->dilation_x + 1;
}

// What a stripe of outputs sees: rows besides those that each output row brings.
static inline long rows_besides(const nn_window *c) {
  return (c->window_height - 1) * c->dilation_y + 1 - c->stride_y;
}

static inline cut cut_forward(const nn_window *c) {
  return cut_pictures(c->rows, rows_besides(c), c->stride_y, columns_seen(c) * inputs_of(c));
}

// The same where as many gradients are looked at.
static inline cut cut_weights(const nn_window *c) {
  long inputs = c->stride_y * columns_seen(c) * inputs_of(c);
  long outputs = c->columns * up_to_widest(filters_of(c));
  cut own = cut_forward(c);
  if (outputs > inputs) {
    cut other = cut_pictures(c->rows, 0, 1, outputs);
    own = (cut){least(own.pictures, other.pictures), least(own.rows, other.rows)};
    if (own.rows < c->rows) own.pictures = 1;
  }
  return own;
}

// Backwards, the numbers of an axis fall into phases, as many as the stride: those of a phase met
// the same places of the window, and these lie in steps among the outputs.
//
//     stride 2, window 3     outputs      0   1   2
//                                        /|\ /|\ /|\       phase 0 met place 1,
//                            inputs     . 0 1 2 3 4 5      phase 1 places 2 and 0
typedef struct {
  // How many of the window's places, the last of them and how far apart they are.
  long count, last, every;
  // The output that the last one belongs to, for the phase's first number, and the way to the next.
  long at, step;
} meeting;

static inline meeting meet(long phase, long size, long stride, long dilation, long before) {
  for (long first = 0; first < size && first < stride; first++) {
    if ((phase + before - first * dilation) % stride != 0) continue;
    long every = 1;
    while (every < size && every * dilation % stride != 0) every++;
    long count = (size - 1 - first) / every + 1, last = first + (count - 1) * every;
    return (meeting){count, last, every, (phase + before - last * dilation) / stride,
                     every * dilation / stride};
  }
  return (meeting){0, 0, 1, 0, 0};
}

// The outputs that numbers of all phases met, as distances from the number of their own count.
typedef struct {
  long from, to;
} reach;

static inline reach reach_of(long length, long size, long stride, long dilation, long before) {
  reach all = {0, 0};
  bool none = true;
  for (long phase = 0; phase < stride && phase < length; phase++) {
    meeting own = meet(phase, size, stride, dilation, before);
    if (own.count == 0) continue;
    long end = own.at + (own.count - 1) * own.step;
    all.from = none ? own.at : least(all.from, own.at);
    all.to = none ? end : most(all.to, end);
    none = false;
  }
  return all;
}

static inline meeting meet_rows(const nn_window *c, long phase) {
  return meet(phase, c->window_height, c->stride_y, c->dilation_y, c->above);
}
static inline meeting meet_columns(const nn_window *c, long phase) {
  return meet(phase, c->window_width, c->stride_x, c->dilation_x, c->left);
}
static inline reach reach_rows(const nn_window *c) {
  return reach_of(c->height, c->window_height, c->stride_y, c->dilation_y, c->above);
}
static inline reach reach_columns(const nn_window *c) {
  return reach_of(c->width, c->window_width, c->stride_x, c->dilation_x, c->left);
}
static inline long in_phase(long length, long stride, long phase) {
  return (length - phase + stride - 1) / stride;
}

static inline long gradients_seen(const nn_window *c) {
  reach x = reach_columns(c);
  return in_phase(c->width, c->stride_x, 0) + x.to - x.from;
}

static inline cut cut_backward(const nn_window *c) {
  reach y = reach_rows(c);
  return cut_pictures(in_phase(c->height, c->stride_y, 0), y.to - y.from, 1,
                      gradients_seen(c) * filters_of(c));
}

// The loops of convolve_loops.h for this processor.
typedef struct {
  // What places see times panels of weights, for some numbers a place.
  void (*correlate)(const walk *, runs, const float *, const float *, long, float *);
  // Σ over places of what they see times gradients, for some rows of weights and some filters.
  void (*add_outer)(const walk *, long, long, const float *, const float *, float *, long, bool);
  void (*pack)(const float *, long, long, long, long, long, long, float *);
} convolve_loops;
convolve_loops nn_convolve_loops(void);

// The same functions as CKernels.h has them for windows that tiles pay for, and for one filter a
// channel.
bool nn_tiles_pay(const nn_window *c);
long nn_tiles_space(const nn_window *c);
long nn_tiles_packed(const nn_window *c);
void nn_tiles_pack(const nn_window *c, const float *w, float *packed);
void nn_tiles_pack_inputs(const nn_window *c, const float *w, float *packed);
void nn_tiles_convolve(const nn_window *c, const float *x, const float *packed, float *y, long count,
                       float *space);
void nn_tiles_inputs(const nn_window *c, const float *dy, const float *packed, float *dx, long count,
                     float *space);
void nn_tiles_weights(const nn_window *c, const float *x, const float *dy, float *dw, long count,
                      bool adds, float *space);

bool nn_is_depthwise(const nn_window *c);
long nn_depthwise_space(const nn_window *c);
long nn_depthwise_packed(const nn_window *c);
void nn_depthwise_pack(const nn_window *c, const float *w, float *packed);
void nn_depthwise_pack_inputs(const nn_window *c, const float *w, float *packed);
void nn_depthwise_convolve(const nn_window *c, const float *x, const float *packed, float *y, long count,
                       float *space);
void nn_depthwise_inputs(const nn_window *c, const float *dy, const float *packed, float *dx, long count,
                     float *space);
void nn_depthwise_weights(const nn_window *c, const float *x, const float *dy, float *dw, long count,
                      bool adds, float *space);

#endif
