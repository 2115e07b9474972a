// Convolutions of pictures: the loops of convolve_loops.h for each level of processor, over what
// windows see.

#include "clones.h"
#include "seen.h"
#include "watch.h"

// Puts the axis innermost whose places fill blocks of `most` best; axes that go on as the ones
// within end are one with these.
static void order_walks(walk *to, const walk *from, long most) {
  walk w[3] = {from[0], from[1], from[2]};
  for (int i = 1; i >= 0; i--) {
    if (w[i].from == w[2].count * w[2].from && w[i].to == w[2].count * w[2].to) {
      w[2].count *= w[i].count;
      w[i] = w[0];
      w[0] = (walk){1, 0, 0};
      if (i == 0) w[1] = (walk){1, 0, 0};
    } else {
      break;
    }
  }
  if (w[2].count < 4 && most > w[2].count) {
    int longest = w[0].count > w[1].count ? 0 : 1;
    if (w[longest].count > w[2].count) {
      walk inner = w[longest];
      w[longest] = w[2];
      w[2] = inner;
    }
  }
  for (int i = 0; i < 3; i++) to[i] = w[i];
}

#define LEVEL(name) name##_baseline
#define TARGET
#define LANES 8
#define PLACES 3
#include "convolve_loops.h"

#if defined(__x86_64__) && defined(__linux__)
#define LEVEL(name) name##_v3
#define TARGET __attribute__((target("arch=x86-64-v3")))
#define LANES 8
#define PLACES 6
#include "convolve_loops.h"

#define LEVEL(name) name##_v4
#define TARGET __attribute__((target("arch=x86-64-v4"), min_vector_width(512)))
#define LANES 16
#define PLACES 14
#include "convolve_loops.h"
#endif

#define LOOPS(level) \
  (convolve_loops) { correlate_##level, add_outer_##level, pack_##level }

convolve_loops nn_convolve_loops(void) {
#if defined(__x86_64__) && defined(__linux__)
  if (__builtin_cpu_supports("x86-64-v4")) return LOOPS(v4);
  if (__builtin_cpu_supports("x86-64-v3")) return LOOPS(v3);
#endif
  return LOOPS(baseline);
}

long nn_convolution_space(const nn_window *c) {
  if (nn_tiles_pay(c)) return up_to_widest(nn_tiles_space(c));
  if (nn_is_depthwise(c)) return up_to_widest(nn_depthwise_space(c));
  cut forward = cut_forward(c), backward = cut_backward(c), weights = cut_weights(c);
  reach y = reach_rows(c);
  long width = columns_seen(c) * inputs_of(c);
  long outputs = c->columns * up_to_widest(filters_of(c));
  long a = space_of(forward, rows_besides(c), c->stride_y, width);
  long b = space_of(backward, y.to - y.from, 1, gradients_seen(c) * filters_of(c));
  long d = space_of(weights, rows_besides(c), c->stride_y, width) + space_of(weights, 0, 1, outputs);
  return up_to_widest(most(most(a, b), d));
}

long nn_convolution_packed(const nn_window *c) {
  if (nn_tiles_pay(c)) return nn_tiles_packed(c);
  if (nn_is_depthwise(c)) return nn_depthwise_packed(c);
  long window = c->window_height * c->window_width;
  long forward = inputs_of(c) * up_to_widest(filters_of(c));
  long backward = filters_of(c) * up_to_widest(inputs_of(c));
  return window * c->groups * most(forward, backward);
}

void nn_convolve_pack(const nn_window *c, const float *w, float *packed) {
  if (nn_tiles_pay(c)) return nn_tiles_pack(c, w, packed);
  if (nn_is_depthwise(c)) return nn_depthwise_pack(c, w, packed);
  convolve_loops loops = nn_convolve_loops();
  long depth = c->window_height * c->window_width * inputs_of(c), n = filters_of(c);
  for (long g = 0; g < c->groups; g++) {
    loops.pack(w + g * n, c->filters, 1, depth, n, 0, depth, packed);
    packed += depth * up_to_widest(n);
  }
}

void nn_convolve(const nn_window *c, const float *x, const float *packed, float *y, long count,
                 float *space) {
  if (nn_tiles_pay(c)) return nn_tiles_convolve(c, x, packed, y, count, space);
  if (nn_is_depthwise(c)) return nn_depthwise_convolve(c, x, packed, y, count, space);
  convolve_loops loops = nn_convolve_loops();
  long inputs = inputs_of(c), filters = filters_of(c);
  long depth = c->window_height * c->window_width * inputs;
  cut cut = cut_forward(c);
  for (long g = 0; g < c->groups; g++, packed += depth * up_to_widest(filters)) {
    for (long i = 0; i < count; i += cut.pictures) {
      long n = least(cut.pictures, count - i);
      pictures seen = {x + i * c->height * c->width * c->channels, c->height, c->width, c->channels,
                       g * inputs, inputs};
      for (long r = 0; r < c->rows; r += cut.rows) {
        // A picture may take seconds.
        if (nn_watch_ends()) return;
        long rows = least(cut.rows, c->rows - r);
        view v = see(&seen, n, r * c->stride_y - c->above, rows * c->stride_y + rows_besides(c),
                     -c->left, columns_seen(c), inputs, space);
        long row_of_y = c->columns * c->filters;
        walk walks[3] = {{n, v.picture, c->rows * row_of_y},
                         {rows, c->stride_y * v.row, row_of_y},
                         {c->columns, c->stride_x * v.place, c->filters}};
        runs run = {c->window_height, 1, c->dilation_y * v.row, 0, c->window_width * inputs};
        if (c->dilation_x != 1) {
          run.columns = c->window_width;
          run.column_step = c->dilation_x * v.place;
          run.length = inputs;
        }
        loops.correlate(walks, run, v.start, packed, filters,
                        y + (i * c->rows + r) * row_of_y + g * filters);
      }
    }
  }
}

void nn_convolve_pack_inputs(const nn_window *c, const float *w, float *packed) {
  if (nn_tiles_pay(c)) return nn_tiles_pack_inputs(c, w, packed);
  if (nn_is_depthwise(c)) return nn_depthwise_pack_inputs(c, w, packed);
  convolve_loops loops = nn_convolve_loops();
  long inputs = inputs_of(c), filters = filters_of(c);
  for (long g = 0; g < c->groups; g++) {
    for (long fy = 0; fy < c->stride_y && fy < c->height; fy++) {
      for (long fx = 0; fx < c->stride_x && fx < c->width; fx++) {
        meeting y = meet_rows(c, fy), x = meet_columns(c, fx);
        long all = y.count * x.count * filters;
        for (long i = 0; i < y.count; i++) {
          for (long j = 0; j < x.count; j++) {
            long place = (y.last - i * y.every) * c->window_width + x.last - j * x.every;
            loops.pack(w + place * inputs * c->filters + g * filters, 1, c->filters, filters,
                       inputs, (i * x.count + j) * filters, all, packed);
          }
        }
        packed += all * up_to_widest(inputs);
      }
    }
  }
}

void nn_convolve_inputs(const nn_window *c, const float *dy, const float *packed, float *dx,
                        long count, float *space) {
  if (nn_tiles_pay(c)) return nn_tiles_inputs(c, dy, packed, dx, count, space);
  if (nn_is_depthwise(c)) return nn_depthwise_inputs(c, dy, packed, dx, count, space);
  convolve_loops loops = nn_convolve_loops();
  long inputs = inputs_of(c), filters = filters_of(c), row_of_x = c->width * c->channels;
  reach ry = reach_rows(c), rx = reach_columns(c);
  long columns = in_phase(c->width, c->stride_x, 0) + rx.to - rx.from;
  long all_rows = in_phase(c->height, c->stride_y, 0);
  cut cut = cut_backward(c);
  const float *of_group = packed;
  for (long g = 0; g < c->groups; g++, of_group = packed) {
    for (long i = 0; i < count; i += cut.pictures) {
      long n = least(cut.pictures, count - i);
      pictures seen = {dy + i * c->rows * c->columns * c->filters, c->rows, c->columns, c->filters,
                       g * filters, filters};
      for (long t = 0; t < all_rows; t += cut.rows) {
        if (nn_watch_ends()) return;
        long rows = least(cut.rows, all_rows - t);
        view v = see(&seen, n, t + ry.from, rows + ry.to - ry.from, rx.from, columns, filters,
                     space);
        packed = of_group;
        for (long fy = 0; fy < c->stride_y && fy < c->height; fy++) {
          for (long fx = 0; fx < c->stride_x && fx < c->width; fx++) {
            meeting y = meet_rows(c, fy), x = meet_columns(c, fx);
            walk walks[3] = {
                {n, v.picture, c->height * row_of_x},
                {least(rows, in_phase(c->height, c->stride_y, fy) - t), v.row,
                 c->stride_y * row_of_x},
                {in_phase(c->width, c->stride_x, fx), v.place, c->stride_x * c->channels}};
            runs run = {y.count, 1, y.step * v.row, 0, x.count * filters};
            if (x.step != 1) {
              run.columns = x.count;
              run.column_step = x.step * v.place;
              run.length = filters;
            }
            long at = y.count && x.count ? (y.at - ry.from) * v.row + (x.at - rx.from) * v.place : 0;
            loops.correlate(walks, run, v.start + at, packed, inputs,
                            dx + (i * c->height + t * c->stride_y + fy) * row_of_x +
                                fx * c->channels + g * inputs);
            packed += y.count * x.count * filters * up_to_widest(inputs);
          }
        }
      }
    }
  }
}

void nn_convolve_weights(const nn_window *c, const float *x, const float *dy, float *dw,
                         long count, bool adds, float *space) {
  if (nn_tiles_pay(c)) return nn_tiles_weights(c, x, dy, dw, count, adds, space);
  if (nn_is_depthwise(c)) return nn_depthwise_weights(c, x, dy, dw, count, adds, space);
  convolve_loops loops = nn_convolve_loops();
  long inputs = inputs_of(c), filters = filters_of(c);
  cut cut = cut_weights(c);
  float *other = space + space_of(cut, rows_besides(c), c->stride_y, columns_seen(c) * inputs);
  bool joins = c->dilation_x == 1;
  long length = (joins ? c->window_width : 1) * inputs;
  for (long g = 0; g < c->groups; g++) {
    bool add = adds;
    for (long i = 0; i < count; i += cut.pictures) {
      long n = least(cut.pictures, count - i);
      pictures seen = {x + i * c->height * c->width * c->channels, c->height, c->width, c->channels,
                       g * inputs, inputs};
      pictures gradients = {dy + i * c->rows * c->columns * c->filters, c->rows, c->columns,
                            c->filters, g * filters, filters};
      for (long r = 0; r < c->rows; r += cut.rows, add = true) {
        if (nn_watch_ends()) return;
        long rows = least(cut.rows, c->rows - r);
        view a = see(&seen, n, r * c->stride_y - c->above, rows * c->stride_y + rows_besides(c),
                     -c->left, columns_seen(c), inputs, space);
        view z = {gradients.x + r * c->columns * c->filters + g * filters,
                  c->rows * c->columns * c->filters, c->columns * c->filters, c->filters};
        if (filters % WIDEST != 0) {
          z = see(&gradients, n, r, rows, 0, c->columns, up_to_widest(filters), other);
        }
        walk walks[3] = {{n, a.picture, z.picture},
                         {rows, c->stride_y * a.row, z.row},
                         {c->columns, c->stride_x * a.place, z.place}};
        for (long ky = 0; ky < c->window_height; ky++) {
          for (long kx = 0; kx < (joins ? 1 : c->window_width); kx++) {
            loops.add_outer(walks, length, filters,
                            a.start + ky * c->dilation_y * a.row + kx * c->dilation_x * a.place,
                            z.start, dw + (ky * c->window_width + kx) * inputs * c->filters +
                                         g * filters, c->filters, add);
          }
        }
      }
    }
  }
}
