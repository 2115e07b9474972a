// Convolutions of 3 × 3 in tiles: the loops of winograd_loops.h for each level of processor, between
// them products of matrices.

#include "clones.h"
#include "seen.h"
#include "watch.h"

// Tiles of 4 × 4 places: rows and columns of places there are, in pictures of `height` rows, and how
// many tiles stand in a row and in a picture.
typedef struct {
  long rows, columns, height, across, tiles;
} grid;

// Where a tile begins.
typedef struct {
  long picture, row, column;
} spot;

static spot spot_of(grid g, long tile) {
  long own = tile % g.tiles;
  return (spot){tile / g.tiles, own / g.across * 4, own % g.across * 4};
}

static const float *tile_in(view v, grid g, long tile) {
  spot at = spot_of(g, tile);
  return v.start + at.picture * v.picture + at.row * v.row + at.column * v.place;
}

#define LEVEL(name) name##_baseline
#define TARGET
#define LANES 8
#include "winograd_loops.h"

#if defined(__x86_64__) && defined(__linux__)
#define LEVEL(name) name##_v3
#define TARGET __attribute__((target("arch=x86-64-v3")))
#define LANES 8
#include "winograd_loops.h"

#define LEVEL(name) name##_v4
#define TARGET __attribute__((target("arch=x86-64-v4"), min_vector_width(512)))
#define LANES 16
#include "winograd_loops.h"
#endif

typedef struct {
  void (*inputs_to_36)(view, grid, long, long, long, float *, long);
  void (*gradients_to_36)(view, grid, long, long, long, float *, long);
  void (*outputs_from_36)(const float *, long, grid, long, long, long, float *);
  void (*weights_to_36)(const float *, bool, long, long, float *);
  void (*weights_from_36)(const float *, long, float *, bool);
} tile_loops;

#define LOOPS(level)                                                                          \
  (tile_loops) {                                                                              \
    inputs_to_36_##level, gradients_to_36_##level, outputs_from_36_##level,                   \
        weights_to_36_##level, weights_from_36_##level                                        \
  }

static tile_loops own_loops(void) {
#if defined(__x86_64__) && defined(__linux__)
  if (__builtin_cpu_supports("x86-64-v4")) return LOOPS(v4);
  if (__builtin_cpu_supports("x86-64-v3")) return LOOPS(v3);
#endif
  return LOOPS(baseline);
}

// Numbers of tiles that are worked on together.
enum { TILED = 1 << 17 };

static long tiles_along(long places) { return (places + 3) / 4; }

// Whether tiles pay: products of matrices that are large enough, few places outside.
bool nn_tiles_pay(const nn_window *c) {
  if (c->window_height != 3 || c->window_width != 3 || c->stride_y != 1 || c->stride_x != 1 ||
      c->dilation_y != 1 || c->dilation_x != 1 || c->groups != 1) {
    return false;
  }
  if (c->channels % WIDEST != 0 || c->filters % WIDEST != 0) return false;
  if (c->channels < 32 || c->filters < 32 || c->channels * c->filters > 1 << 16) return false;
  long computed = 16 * tiles_along(c->rows) * tiles_along(c->columns);
  return 2 * c->rows * c->columns > computed;
}

static long tiles_at_once(long depth, long n) { return most(28, TILED / (36 * (depth + n))); }

// The 36 matrices of tiles, each a cache line behind the next power of two.
static long apart(long tiles, long width) { return tiles * width + WIDEST; }

// Pictures cut by rows of tiles.
static cut cut_tiles(long rows, long columns, long depth) {
  return cut_pictures(tiles_along(rows), 2, 4, (4 * tiles_along(columns) + 2) * depth);
}

static long space_of_tiles(long rows, long columns, long depth, long n) {
  long seen = space_of(cut_tiles(rows, columns, depth), 2, 4, (4 * tiles_along(columns) + 2) * depth);
  long most_tiles = tiles_at_once(depth, n);
  return up_to_widest(seen) + 36 * (apart(most_tiles, depth) + apart(most_tiles, n));
}

// Sums of windows of 3 × 3 that begin `above` and `left` of the pictures.
static void filter_tiles(const pictures *p, long count, long above, long left, long rows,
                         long columns, long n, const float *packed, float *y, float *space) {
  tile_loops loops = own_loops();
  convolve_loops products = nn_convolve_loops();
  long depth = p->channels, across = tiles_along(columns), down = tiles_along(rows);
  cut cut = cut_tiles(rows, columns, depth);
  float *a = space + up_to_widest(space_of(cut, 2, 4, (4 * across + 2) * depth));
  for (long i = 0; i < count; i += cut.pictures) {
    pictures own = *p;
    own.x += i * p->height * p->width * depth;
    long many = least(cut.pictures, count - i);
    for (long r = 0; r < down; r += cut.rows) {
      long tile_rows = least(cut.rows, down - r);
      view v = see(&own, many, 4 * r - above, 4 * tile_rows + 2, -left, 4 * across + 2, depth,
                   space);
      grid grid = {least(4 * tile_rows, rows - 4 * r), columns, rows, across, tile_rows * across};
      long all = many * grid.tiles, tiles;
      for (long first = 0; first < all; first += tiles) {
        if (nn_watch_ends()) return;
        tiles = least(tiles_at_once(depth, n), all - first);
        long apart_a = apart(tiles, depth), apart_b = apart(tiles, n);
        float *b = a + 36 * apart_a;
        loops.inputs_to_36(v, grid, first, tiles, depth, a, apart_a);
        walk walks[3] = {{1, 0, 0}, {1, 0, 0}, {tiles, depth, n}};
        for (long k = 0; k < 36; k++) {
          products.correlate(walks, (runs){1, 1, 0, 0, depth}, a + k * apart_a,
                          packed + k * depth * n, n, b + k * apart_b);
        }
        loops.outputs_from_36(b, apart_b, grid, first, tiles, n,
                              y + (i * rows + 4 * r) * columns * n);
      }
    }
  }
}

static long space_of_weights_in_tiles(const nn_window *c) {
  cut cut = cut_tiles(c->rows, c->columns, most(c->channels, c->filters));
  long width = (4 * tiles_along(c->columns) + 2);
  long tiles = tiles_at_once(c->channels, c->filters);
  return up_to_widest(space_of(cut, 2, 4, width * c->channels)) +
         up_to_widest(space_of(cut, 2, 4, width * c->filters)) +
         36 * (apart(tiles, c->channels) + apart(tiles, c->filters) + c->channels * c->filters);
}

void nn_tiles_weights(const nn_window *c, const float *x, const float *dy, float *dw, long count,
                      bool adds, float *space) {
  tile_loops loops = own_loops();
  convolve_loops products = nn_convolve_loops();
  long depth = c->channels, n = c->filters;
  long across = tiles_along(c->columns), down = tiles_along(c->rows), width = 4 * across + 2;
  cut cut = cut_tiles(c->rows, c->columns, most(depth, n));
  float *other = space + up_to_widest(space_of(cut, 2, 4, width * depth));
  float *sums = other + up_to_widest(space_of(cut, 2, 4, width * n));
  float *a = sums + 36 * depth * n;
  bool add = false;
  for (long i = 0; i < count; i += cut.pictures) {
    long many = least(cut.pictures, count - i);
    pictures seen = {x + i * c->height * c->width * depth, c->height, c->width, depth, 0, depth};
    pictures gradients = {dy + i * c->rows * c->columns * n, c->rows, c->columns, n, 0, n};
    for (long r = 0; r < down; r += cut.rows) {
      long tile_rows = least(cut.rows, down - r);
      view v = see(&seen, many, 4 * r - c->above, 4 * tile_rows + 2, -c->left, width, depth, space);
      view z = see(&gradients, many, 4 * r, 4 * tile_rows, 0, 4 * across, n, other);
      grid grid = {4 * tile_rows, c->columns, c->rows, across, tile_rows * across};
      long all = many * grid.tiles, tiles;
      for (long first = 0; first < all; first += tiles, add = true) {
        if (nn_watch_ends()) return;
        tiles = least(tiles_at_once(depth, n), all - first);
        long apart_a = apart(tiles, depth), apart_b = apart(tiles, n);
        float *b = a + 36 * apart_a;
        loops.inputs_to_36(v, grid, first, tiles, depth, a, apart_a);
        loops.gradients_to_36(z, grid, first, tiles, n, b, apart_b);
        walk walks[3] = {{1, 0, 0}, {1, 0, 0}, {tiles, depth, n}};
        for (long k = 0; k < 36; k++) {
          products.add_outer(walks, depth, n, a + k * apart_a, b + k * apart_b,
                          sums + k * depth * n, n, add);
        }
      }
    }
  }
  loops.weights_from_36(sums, depth * n, dw, adds);
}

// MARK: Entries

long nn_tiles_space(const nn_window *c) {
  long forward = space_of_tiles(c->rows, c->columns, c->channels, c->filters);
  long backward = space_of_tiles(c->height, c->width, c->filters, c->channels);
  return most(most(forward, backward), space_of_weights_in_tiles(c));
}

// The matrices, and room to transpose weights.
long nn_tiles_packed(const nn_window *c) { return (36 + 9) * c->channels * c->filters; }

void nn_tiles_pack(const nn_window *c, const float *w, float *packed) {
  own_loops().weights_to_36(w, false, c->channels, c->filters, packed);
}

void nn_tiles_pack_inputs(const nn_window *c, const float *w, float *packed) {
  long depth = c->channels, n = c->filters;
  float *turned = packed + 36 * depth * n;
  for (long k = 0; k < 9; k++) {
    nn_transpose(w + k * depth * n, turned + k * depth * n, depth, n, 0, depth);
  }
  own_loops().weights_to_36(turned, true, n, depth, packed);
}

void nn_tiles_convolve(const nn_window *c, const float *x, const float *packed, float *y, long count,
                       float *space) {
  pictures seen = {x, c->height, c->width, c->channels, 0, c->channels};
  filter_tiles(&seen, count, c->above, c->left, c->rows, c->columns, c->filters, packed, y, space);
}

// Windows turned round, over the gradients.
void nn_tiles_inputs(const nn_window *c, const float *dy, const float *packed, float *dx, long count,
                     float *space) {
  pictures seen = {dy, c->rows, c->columns, c->filters, 0, c->filters};
  filter_tiles(&seen, count, 2 - c->above, 2 - c->left, c->height, c->width, c->channels, packed,
               dx, space);
}
