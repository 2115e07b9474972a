// Runs compiled formulas: a list of steps over registers, chunk by chunk, so that what one step
// writes is still in the first-level cache when the next one reads it.

#include <stdlib.h>

#include "CKernels.h"
#include "approx.h"

// Numbers in a chunk: large enough that a step's call costs nothing beside its loop, small enough
// that a dozen registers fit the first-level cache.
enum { CHUNK = 512 };
// Registers beyond so many bytes come from the heap: threads have small stacks.
enum { STACK_BYTES = 256 * 1024 };

// With steps known at compile time the loops below become plain vector code.
NN_INLINE void product_sum(int form, const float *a, long sa, const float *b, long sb,
                           const float *c, long sc, float *out, long count) {
  NN_EACH
  for (long i = 0; i < count; i++) {
    float product = a[i * sa] * b[i * sb], rest = c[i * sc];
    out[i] = form == 0 ? product + rest : form == 1 ? product - rest : rest - product;
  }
}

NN_INLINE void product_sum_form(int form, const float *a, long sa, const float *b, long sb,
                                const float *c, long sc, float *out, long count) {
  if (sa && sb && sc) product_sum(form, a, 1, b, 1, c, 1, out, count);
  else if (sa && sb) product_sum(form, a, 1, b, 1, c, 0, out, count);
  else if (sa && sc) product_sum(form, a, 1, b, 0, c, 1, out, count);
  else if (sb && sc) product_sum(form, a, 0, b, 1, c, 1, out, count);
  else product_sum(form, a, sa, b, sb, c, sc, out, count);
}

NN_CLONES
static void multiply_add(int form, const float *a, long sa, const float *b, long sb,
                         const float *c, long sc, float *out, long count) {
  switch (form) {
    case 0: product_sum_form(0, a, sa, b, sb, c, sc, out, count); break;
    case 1: product_sum_form(1, a, sa, b, sb, c, sc, out, count); break;
    default: product_sum_form(2, a, sa, b, sb, c, sc, out, count);
  }
}

NN_INLINE void choose(const float *condition, const float *a, long sa, const float *b, long sb,
                      float *out, long count) {
  NN_EACH
  for (long i = 0; i < count; i++) {
    float x = a[i * sa], y = b[i * sb];
    out[i] = condition[i] != 0.0f ? x : y;
  }
}

NN_CLONES
static void choose_each(const float *condition, long sc, const float *a, long sa, const float *b,
                        long sb, float *out, long count) {
  if (!sc) {
    const float *chosen = condition[0] != 0.0f ? a : b;
    long step = condition[0] != 0.0f ? sa : sb;
    for (long i = 0; i < count; i++) out[i] = chosen[i * step];
  } else if (sa && sb) choose(condition, a, 1, b, 1, out, count);
  else if (sa) choose(condition, a, 1, b, 0, out, count);
  else if (sb) choose(condition, a, 0, b, 1, out, count);
  else choose(condition, a, 0, b, 0, out, count);
}

// Eight sums side by side where a row is long: the order depends on the width alone.
NN_CLONES
static void sum_rows(const float *a, float *out, long rows, long width) {
  for (long row = 0; row < rows; row++, a += width) {
    float sums[8] = {0};
    long i = 0;
    for (; i + 8 <= width; i += 8) {
      for (int j = 0; j < 8; j++) sums[j] += a[i + j];
    }
    float sum = ((sums[0] + sums[1]) + (sums[2] + sums[3])) +
                ((sums[4] + sums[5]) + (sums[6] + sums[7]));
    for (; i < width; i++) sum += a[i];
    out[row] = sum;
  }
}

// Narrow rows are the usual case (ten classes), and a loop over them beats a call for each.
NN_CLONES
static void extreme_rows(bool greatest, const float *a, float *out, long rows, long width) {
  for (long row = 0; row < rows; row++, a += width) {
    if (width >= 32) {
      out[row] = greatest ? nn_greatest(a, width) : nn_least(a, width);
      continue;
    }
    float best = a[0];
    for (long i = 1; i < width; i++) {
      float x = a[i];
      // NaN wins, and stays.
      best = x != x || (best == best && (greatest ? x > best : x < best)) ? x : best;
    }
    out[row] = best;
  }
}

static void repeat_rows(const float *a, float *out, long rows, long width) {
  for (long row = 0; row < rows; row++, out += width) {
    for (long i = 0; i < width; i++) out[i] = a[row];
  }
}

void nn_run_program(const nn_program *program, float *const *arrays, const float *uniforms,
                    long rows, long width, double *totals) {
  if (rows * width == 0) return;
  if (!program->whole_rows) {
    rows = rows * width;
    width = 1;
  }
  long rows_in_chunk = width >= CHUNK ? 1 : CHUNK / width;
  if (rows_in_chunk > rows) rows_in_chunk = rows;
  // Rounded up, so that every register begins on a cache line.
  long size = (rows_in_chunk * width + 15) / 16 * 16;
  size_t bytes = (size_t)program->scratch_count * (size_t)size * sizeof(float) + 64;
  void *heap = bytes > STACK_BYTES ? malloc(bytes) : NULL;
  char local[heap || bytes > STACK_BYTES ? 1 : bytes];
  if (!heap && bytes > STACK_BYTES) abort();
  float *scratch =
      (float *)(((uintptr_t)(heap ? heap : (void *)local) + 63) & ~(uintptr_t)63);

  long first_uniform = program->array_count;
  long first_scratch = first_uniform + program->uniform_count;
  float *registers[first_scratch + program->scratch_count + 1];
  for (long i = 0; i < program->uniform_count; i++) {
    registers[first_uniform + i] = (float *)uniforms + i;
  }
  for (long i = 0; i < program->scratch_count; i++) {
    registers[first_scratch + i] = scratch + i * size;
  }
  for (long row = 0; row < rows; row += rows_in_chunk) {
    long here = rows - row < rows_in_chunk ? rows - row : rows_in_chunk;
    for (long i = 0; i < program->array_count; i++) registers[i] = arrays[i] + row * width;
    for (long s = 0; s < program->step_count; s++) {
      const nn_step *step = program->steps + s;
      long count = step->per_row ? here : here * width;
      float *out = registers[step->out];
      const float *a = registers[step->a], *b = registers[step->b], *c = registers[step->c];
      long sa = step->a < first_uniform || step->a >= first_scratch;
      long sb = step->b < first_uniform || step->b >= first_scratch;
      long sc = step->c < first_uniform || step->c >= first_scratch;
      switch (step->kind) {
        case NN_STEP_UNARY: nn_unary((nn_unary_op)step->operation, a, out, count); break;
        case NN_STEP_BINARY:
          nn_binary((nn_binary_op)step->operation, a, sa, b, sb, out, count);
          break;
        case NN_STEP_MULTIPLY_ADD:
          multiply_add(step->operation, a, sa, b, sb, c, sc, out, count);
          break;
        case NN_STEP_SELECT: choose_each(a, sa, b, sb, c, sc, out, count); break;
        case NN_STEP_SUM: sum_rows(a, out, here, width); break;
        case NN_STEP_GREATEST: extreme_rows(true, a, out, here, width); break;
        case NN_STEP_LEAST: extreme_rows(false, a, out, here, width); break;
        case NN_STEP_REPEAT: repeat_rows(a, out, here, width); break;
        case NN_STEP_COPY:
          for (long i = 0; i < count; i++) out[i] = a[i * sa];
          break;
        case NN_STEP_TOTAL:
          totals[step->operation] += sa ? nn_sum(a, count) : (double)a[0] * (double)count;
          break;
      }
    }
  }
  free(heap);
}
