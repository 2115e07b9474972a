// Convolutions with one filter for each channel: the loops of depthwise_loops.h for each level of
// processor.

#include "clones.h"
#include "seen.h"
#include "watch.h"

#define LEVEL(name) name##_baseline
#define TARGET
#define LANES 8
#include "depthwise_loops.h"

#if defined(__x86_64__) && defined(__linux__)
#define LEVEL(name) name##_v3
#define TARGET __attribute__((target("arch=x86-64-v3")))
#define LANES 8
#include "depthwise_loops.h"

#define LEVEL(name) name##_v4
#define TARGET __attribute__((target("arch=x86-64-v4"), min_vector_width(512)))
#define LANES 16
#include "depthwise_loops.h"
#endif

typedef struct {
  void (*filter)(const walk *, runs, const float *, const float *, long, long, float *);
  void (*sum)(const walk *, runs, const float *, const float *, long, float *, bool);
} channel_loops;

static channel_loops own_loops(void) {
#if defined(__x86_64__) && defined(__linux__)
  if (__builtin_cpu_supports("x86-64-v4")) return (channel_loops){filter_channels_v4, sum_channels_v4};
  if (__builtin_cpu_supports("x86-64-v3")) return (channel_loops){filter_channels_v3, sum_channels_v3};
#endif
  return (channel_loops){filter_channels_baseline, sum_channels_baseline};
}

bool nn_is_depthwise(const nn_window *c) {
  return c->groups == c->channels && c->filters == c->channels && c->channels > 1;
}

// Channels are filled up to whole vectors where they are copied.
static long pitch_of(const nn_window *c) { return up_to_widest(c->channels); }

static long width_forward(const nn_window *c) { return columns_seen(c) * pitch_of(c); }
static long width_backward(const nn_window *c) { return gradients_seen(c) * pitch_of(c); }

static cut cut_channels(const nn_window *c) {
  return cut_pictures(c->rows, rows_besides(c), c->stride_y, width_forward(c));
}
static cut cut_channels_back(const nn_window *c) {
  reach y = reach_rows(c);
  return cut_pictures(in_phase(c->height, c->stride_y, 0), y.to - y.from, 1, width_backward(c));
}

long nn_depthwise_space(const nn_window *c) {
  reach y = reach_rows(c);
  cut forward = cut_channels(c);
  long seen = space_of(forward, rows_besides(c), c->stride_y, width_forward(c));
  long gradients = space_of(forward, 0, 1, c->columns * pitch_of(c));
  return most(up_to_widest(seen) + gradients,
              space_of(cut_channels_back(c), y.to - y.from, 1, width_backward(c)));
}

long nn_depthwise_packed(const nn_window *c) {
  return c->window_height * c->window_width * pitch_of(c);
}

static float *fill_up(const nn_window *c, const float *w, float *to) {
  for (long q = 0; q < pitch_of(c); q++) to[q] = q < c->channels ? w[q] : 0;
  return to + pitch_of(c);
}

void nn_depthwise_pack(const nn_window *c, const float *w, float *packed) {
  for (long k = 0; k < c->window_height * c->window_width; k++) {
    packed = fill_up(c, w + k * c->channels, packed);
  }
}

void nn_depthwise_pack_inputs(const nn_window *c, const float *w, float *packed) {
  for (long fy = 0; fy < c->stride_y && fy < c->height; fy++) {
    for (long fx = 0; fx < c->stride_x && fx < c->width; fx++) {
      meeting y = meet_rows(c, fy), x = meet_columns(c, fx);
      for (long i = 0; i < y.count; i++) {
        for (long j = 0; j < x.count; j++) {
          long place = (y.last - i * y.every) * c->window_width + x.last - j * x.every;
          packed = fill_up(c, w + place * c->channels, packed);
        }
      }
    }
  }
}

static pictures inputs_from(const nn_window *c, const float *x, long first) {
  return (pictures){x + first * c->height * c->width * c->channels, c->height, c->width,
                    c->channels, 0, c->channels};
}
static pictures outputs_from(const nn_window *c, const float *y, long first) {
  return (pictures){y + first * c->rows * c->columns * c->channels, c->rows, c->columns,
                    c->channels, 0, c->channels};
}

static view see_inputs(const nn_window *c, const float *x, long first, long n, long row, long rows,
                       float *space) {
  pictures seen = inputs_from(c, x, first);
  return see(&seen, n, row * c->stride_y - c->above, rows * c->stride_y + rows_besides(c), -c->left,
             columns_seen(c), pitch_of(c), space);
}

static runs runs_over(const nn_window *c, view v) {
  return (runs){c->window_height, c->window_width, c->dilation_y * v.row, c->dilation_x * v.place, 0};
}

void nn_depthwise_convolve(const nn_window *c, const float *x, const float *packed, float *y,
                           long count, float *space) {
  cut cut = cut_channels(c);
  long row_of_y = c->columns * c->channels;
  for (long i = 0; i < count; i += cut.pictures) {
    long n = least(cut.pictures, count - i);
    for (long r = 0; r < c->rows; r += cut.rows) {
      if (nn_watch_ends()) return;
      long rows = least(cut.rows, c->rows - r);
      view v = see_inputs(c, x, i, n, r, rows, space);
      walk walks[3] = {{n, v.picture, c->rows * row_of_y},
                       {rows, c->stride_y * v.row, row_of_y},
                       {c->columns, c->stride_x * v.place, c->channels}};
      own_loops().filter(walks, runs_over(c, v), v.start, packed, pitch_of(c), c->channels,
                         y + (i * c->rows + r) * row_of_y);
    }
  }
}

void nn_depthwise_inputs(const nn_window *c, const float *dy, const float *packed, float *dx,
                         long count, float *space) {
  cut cut = cut_channels_back(c);
  reach ry = reach_rows(c), rx = reach_columns(c);
  long row_of_x = c->width * c->channels, all_rows = in_phase(c->height, c->stride_y, 0);
  long columns = in_phase(c->width, c->stride_x, 0) + rx.to - rx.from;
  for (long i = 0; i < count; i += cut.pictures) {
    long n = least(cut.pictures, count - i);
    pictures seen = outputs_from(c, dy, i);
    for (long t = 0; t < all_rows; t += cut.rows) {
      if (nn_watch_ends()) return;
      long rows = least(cut.rows, all_rows - t);
      view v = see(&seen, n, t + ry.from, rows + ry.to - ry.from, rx.from, columns, pitch_of(c),
                   space);
      const float *w = packed;
      for (long fy = 0; fy < c->stride_y && fy < c->height; fy++) {
        for (long fx = 0; fx < c->stride_x && fx < c->width; fx++) {
          meeting y = meet_rows(c, fy), x = meet_columns(c, fx);
          walk walks[3] = {
              {n, v.picture, c->height * row_of_x},
              {least(rows, in_phase(c->height, c->stride_y, fy) - t), v.row, c->stride_y * row_of_x},
              {in_phase(c->width, c->stride_x, fx), v.place, c->stride_x * c->channels}};
          runs run = {y.count, x.count, y.step * v.row, x.step * v.place, 0};
          long at = y.count && x.count ? (y.at - ry.from) * v.row + (x.at - rx.from) * v.place : 0;
          own_loops().filter(walks, run, v.start + at, w, pitch_of(c), c->channels,
                             dx + (i * c->height + t * c->stride_y + fy) * row_of_x +
                                 fx * c->channels);
          w += y.count * x.count * pitch_of(c);
        }
      }
    }
  }
}

void nn_depthwise_weights(const nn_window *c, const float *x, const float *dy, float *dw, long count,
                          bool adds, float *space) {
  cut cut = cut_channels(c);
  float *other = space + up_to_widest(space_of(cut, rows_besides(c), c->stride_y, width_forward(c)));
  for (long i = 0; i < count; i += cut.pictures) {
    long n = least(cut.pictures, count - i);
    pictures gradients = outputs_from(c, dy, i);
    for (long r = 0; r < c->rows; r += cut.rows, adds = true) {
      if (nn_watch_ends()) return;
      long rows = least(cut.rows, c->rows - r);
      view v = see_inputs(c, x, i, n, r, rows, space);
      view z = see(&gradients, n, r, rows, 0, c->columns, pitch_of(c), other);
      walk walks[3] = {{n, v.picture, z.picture},
                       {rows, c->stride_y * v.row, z.row},
                       {c->columns, c->stride_x * v.place, z.place}};
      own_loops().sum(walks, runs_over(c, v), v.start, z.start, c->channels, dw, adds);
    }
  }
}
