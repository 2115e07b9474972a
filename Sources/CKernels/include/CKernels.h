// The engine's one door to C: matrix products, element-wise loops and the thread pool.
//
// Pointers are to 32-bit floats in row-major order unless a name says otherwise. Nothing here
// allocates while it computes, and nothing reads what it writes unless a comment allows it.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// MARK: Matrix products (gemm.c)

/// c[m,n] = op(a)[m,k] · op(b)[k,n] + beta * c, where op transposes if asked and beta is 0 or 1.
/// Each number of c is summed up in the same order whatever m is, so that a product may be cut into
/// rows. Products with a number of a that is 0 may be left out, so a 0 there hides a NaN or an infinity
/// of b.
void nn_gemm(bool transpose_a, bool transpose_b, long m, long n, long k, const float *a, long lda,
             const float *b, long ldb, float beta, float *c, long ldc);
/// What a processor can do: vectors of 16, of 8, or what every one has.
typedef enum { NN_LEVEL_BASELINE, NN_LEVEL_AVX2, NN_LEVEL_AVX512 } nn_level;
/// The same as it runs on a level; false where this processor lacks it.
bool nn_gemm_at_level(nn_level level, bool transpose_a, bool transpose_b, long m, long n, long k,
                      const float *a, long lda, const float *b, long ldb, float beta, float *c,
                      long ldc);

// MARK: Convolutions (convolve.c)

/// A window's way over pictures, both with their channels last: it sees `height` × `width` ×
/// `channels` and gives `rows` × `columns` × `filters`. It reaches `above` rows and `left` columns
/// beyond the beginning; beyond the end as far as its places say. Weights are [window_height,
/// window_width, channels / groups, filters].
typedef struct {
  long height, width, channels;
  long rows, columns, filters;
  long window_height, window_width;
  long stride_y, stride_x, dilation_y, dilation_x;
  long above, left;
  long groups;
} nn_window;

/// How many numbers the functions below need as `space`, and packed weights take.
long nn_convolution_space(const nn_window *c);
long nn_convolution_packed(const nn_window *c);
/// Puts weights in the order in which products read them: forwards, and for the inputs' gradient.
void nn_convolve_pack(const nn_window *c, const float *w, float *packed);
void nn_convolve_pack_inputs(const nn_window *c, const float *w, float *packed);
/// What the window gives of `count` pictures; each number is summed in the same order whatever the
/// count is.
void nn_convolve(const nn_window *c, const float *x, const float *packed, float *y, long count,
                 float *space);
/// dx from dy, as the packed weights of nn_convolve_pack_inputs say.
void nn_convolve_inputs(const nn_window *c, const float *dy, const float *packed, float *dx,
                        long count, float *space);
/// The gradient by the weights, summed over pictures, at least one; `adds` it to what dw holds.
void nn_convolve_weights(const nn_window *c, const float *x, const float *dy, float *dw,
                         long count, bool adds, float *space);

// MARK: Pools (windows.c)

/// The largest number of each window, of each channel; what lies outside is not looked at. Writes
/// which of the window's places it was to `which_of`, unless that is NULL: of equals the first.
void nn_maxpool(const nn_window *w, const float *x, float *y, uint16_t *which_of, long count);
void nn_maxpool_backward(const nn_window *w, const float *dy, const uint16_t *which_of, float *dx,
                         long count);
/// The mean of what each window sees.
void nn_avgpool(const nn_window *w, const float *x, float *y, long count);
void nn_avgpool_backward(const nn_window *w, const float *dy, float *dx, long count);

// MARK: Activations (activations.c)

/// y = x + bias for each of `rows` rows; x may be y.
void nn_bias(const float *x, const float *bias, float *y, long rows, long width);
/// The same followed by the function; bias may be NULL, x may be y.
void nn_bias_relu(const float *x, const float *bias, float *y, long rows, long width);
void nn_bias_leaky_relu(const float *x, const float *bias, float *y, long rows, long width,
                        float slope);
/// alpha * (exp(z) - 1) below 0, scale * z above; selu is one of these.
void nn_bias_elu(const float *x, const float *bias, float *y, long rows, long width, float alpha,
                 float scale);
void nn_bias_gelu(const float *x, const float *bias, float *y, long rows, long width);
void nn_bias_silu(const float *x, const float *bias, float *y, long rows, long width);
void nn_bias_mish(const float *x, const float *bias, float *y, long rows, long width);
void nn_bias_sigmoid(const float *x, const float *bias, float *y, long rows, long width);
void nn_bias_hard_sigmoid(const float *x, const float *bias, float *y, long rows, long width);
void nn_bias_tanh(const float *x, const float *bias, float *y, long rows, long width);
void nn_bias_softplus(const float *x, const float *bias, float *y, long rows, long width);
void nn_bias_softsign(const float *x, const float *bias, float *y, long rows, long width);
void nn_bias_softmax(const float *x, const float *bias, float *y, long rows, long width);
/// dx from dy and the output y; dx may be dy.
void nn_relu_backward(const float *y, const float *dy, float *dx, long count);
void nn_leaky_relu_backward(const float *y, const float *dy, float *dx, long count, float slope);
void nn_elu_backward(const float *y, const float *dy, float *dx, long count, float alpha,
                     float scale);
void nn_sigmoid_backward(const float *y, const float *dy, float *dx, long count);
void nn_hard_sigmoid_backward(const float *y, const float *dy, float *dx, long count);
void nn_tanh_backward(const float *y, const float *dy, float *dx, long count);
void nn_softplus_backward(const float *y, const float *dy, float *dx, long count);
void nn_softmax_backward(const float *y, const float *dy, float *dx, long rows, long width);
/// dx from dy and the input x, of which the output does not say enough.
void nn_gelu_backward(const float *x, const float *dy, float *dx, long count);
void nn_silu_backward(const float *x, const float *dy, float *dx, long count);
void nn_mish_backward(const float *x, const float *dy, float *dx, long count);
void nn_softsign_backward(const float *x, const float *dy, float *dx, long count);

// MARK: Rows of a batch (rows.c)

/// sums[j] = Σ over rows of x[i, j].
void nn_column_sums(const float *x, float *sums, long rows, long width);
/// y = x * scale or 0, by chance; the chance of element i depends on `key` and `first + i` alone.
void nn_dropout(const float *x, float *y, long count, uint64_t key, uint64_t first, float rate);

/// Copies columns `start..<end` of rows `order[0..<rows]` (or the first ones where `order` is NULL),
/// which have `width` numbers, as (x - center) * scale; `factors` is how many scales there are: 0
/// (as they are), 1 or `width`.
void nn_gather_bytes(const uint8_t *source, const int32_t *order, float *rows_out, long rows,
                     long width, long start, long end, const float *center, const float *scale,
                     long factors);
void nn_gather_floats(const float *source, const int32_t *order, float *rows_out, long rows,
                      long width, long start, long end, const float *center, const float *scale,
                      long factors);
/// The same in 64 bits, rounded once: of time stamps ten seconds apart 32 bits leave nothing.
void nn_gather_wide_bytes(const uint8_t *source, const int32_t *order, float *rows_out, long rows,
                          long width, long start, long end, const double *center,
                          const double *scale, long factors);
void nn_gather_wide_floats(const float *source, const int32_t *order, float *rows_out, long rows,
                           long width, long start, long end, const double *center,
                           const double *scale, long factors);
void nn_gather_doubles(const double *source, const int32_t *order, float *rows_out, long rows,
                       long width, long start, long end, const double *center,
                       const double *scale, long factors);

// MARK: Normalisation (normalize.c)

/// The mean of each column and Σ (x[i, j] - means[j])², in 64 bits.
void nn_column_moments(const float *x, double *means, double *deviations, long rows, long width);
/// y = (x - mean) / sqrt(variance + epsilon) * scale + shift, column by column; shift may be NULL.
void nn_normalize_columns(const float *x, const float *mean, const float *variance, float epsilon,
                          const float *scale, const float *shift, float *y, long rows,
                          long width);
/// The gradients by scale and shift, summed over rows.
void nn_normalize_columns_sums(const float *x, const float *dy, const float *mean,
                               const float *variance, float epsilon, double *dscale,
                               double *dshift, long rows, long width);
/// dx, where mean and variance come from the batch: `share` is one over its rows, and the sums are
/// those over all of them. With a share of 0 mean and variance are constants.
void nn_normalize_columns_backward(const float *x, const float *dy, const float *mean,
                                   const float *variance, float epsilon, const float *scale,
                                   const double *dscale, const double *dshift, double share,
                                   float *dx, long rows, long width);
/// The same along rows; `moments` receives each row's mean and 1 / sqrt(variance + epsilon).
void nn_normalize_rows(const float *x, float epsilon, const float *scale, const float *shift,
                       float *y, float *moments, long rows, long width);
void nn_normalize_rows_backward(const float *x, const float *dy, const float *moments,
                                const float *scale, float *dx, long rows, long width);
/// The gradient by scale, summed over rows.
void nn_normalize_rows_gradient(const float *x, const float *dy, const float *moments,
                                float *dscale, long rows, long width);

// MARK: Losses (losses.c)

/// Each returns the loss summed over rows (64-bit) and, where `gradient` is not NULL, writes its
/// derivative times `scale`. `gradient` may be the outputs themselves.
double nn_mse(const float *y, const float *targets, float *gradient, long rows, long width,
              float scale);
double nn_mae(const float *y, const float *targets, float *gradient, long rows, long width,
              float scale);
/// Squared within ±delta, straight beyond; where columns were multiplied by factors, so is delta.
double nn_huber(const float *y, const float *targets, float *gradient, long rows, long width,
                float scale, float delta, const float *factors);
/// max(0, 1 - y) for targets above 0, max(0, 1 + y) for the others.
double nn_hinge(const float *y, const float *targets, float *gradient, long rows, long width,
                float scale);
/// p - t log p, from rates or from what softplus will be applied to; `p` receives its values.
double nn_poisson(const float *p, const float *targets, float *gradient, long rows, long width,
                  float scale);
double nn_softplus_poisson(const float *logits, const float *targets, float *p, float *gradient,
                           long rows, long width, float scale);

/// The crossentropies learn from targets of which the share `smoothing` is spread evenly, and
/// report the loss of the targets as they are.
///
/// From what softmax will be applied to; `p` receives its values, and the gradient is that by what
/// softmax is applied to.
double nn_softmax_crossentropy_classes(const float *logits, const int32_t *classes, float *p,
                                       float *gradient, long rows, long width, float scale,
                                       float smoothing);
double nn_softmax_crossentropy_values(const float *logits, const float *targets, float *p,
                                      float *gradient, long rows, long width, float scale,
                                      float smoothing);
/// From probabilities, whatever made them.
double nn_crossentropy_classes(const float *p, const int32_t *classes, float *gradient, long rows,
                               long width, float scale, float smoothing);
double nn_crossentropy_values(const float *p, const float *targets, float *gradient, long rows,
                              long width, float scale, float smoothing);
/// From what the logistic function will be applied to; `p` receives its values.
double nn_sigmoid_crossentropy(const float *logits, const float *targets, float *p,
                               float *gradient, long rows, long width, float scale,
                               float smoothing);
double nn_binary_crossentropy(const float *p, const float *targets, float *gradient, long rows,
                              long width, float scale, float smoothing);
/// Σ t log t, which crossentropy lacks of the Kullback-Leibler divergence.
double nn_negative_entropy(const float *targets, long count);

/// Multiplies each row of a gradient by the weight of its class.
void nn_weigh_rows(float *gradient, const int32_t *classes, const float *weights, long rows,
                   long width);

/// gradient += factor * sign(w), gradient += factor * w.
void nn_add_signs(const float *w, float *gradient, long count, float factor);
void nn_add_scaled(const float *w, float *gradient, long count, float factor);

// MARK: Waves of numbers (waves.c)

/// How many numbers a row has, how many waves each of them, and how many outputs beside it.
typedef struct {
  long inputs, waves, outputs;
} nn_waves;

/// y = (x, Σ_k cos(f_k·x + p_k)·w_k + bias) for each number of a row: x is [rows, inputs], y is
/// [rows, inputs, 1 + outputs], f and p are [inputs, waves], w is [inputs, waves, outputs]. Keeps
/// cosines and sines, [rows, inputs, waves]; `bias` and `sines` may be NULL.
void nn_waves_forward(nn_waves sizes, const float *x, const float *f, const float *p,
                      const float *w, const float *bias, float *cosines, float *sines, float *y,
                      long rows);
/// Turns the sines into the gradients by f·x + p; writes that by x unless `dx` is NULL.
void nn_waves_backward(nn_waves sizes, const float *dy, const float *f, const float *w,
                       float *sines, float *dx, long rows);
/// The gradients by the frequencies, from those by f·x + p; by the weights, and by the bias.
void nn_waves_frequencies(nn_waves sizes, const float *x, const float *dangles, float *df,
                          long rows);
void nn_waves_weights(nn_waves sizes, const float *cosines, const float *dy, float *dw, long rows);
void nn_waves_bias(nn_waves sizes, const float *dy, float *dbias, long rows);

// MARK: Updates (updates.c)

/// g *= factor
void nn_scale(float *g, long count, float factor);
/// g is cut off at -greatest and greatest; NaN stays.
void nn_limit(float *g, long count, float greatest);

/// w -= rate * g
void nn_sgd(float *w, const float *g, long count, float rate);
/// v = momentum * v + g; w -= rate * v, or with Nesterov's look ahead rate * (g + momentum * v)
void nn_momentum(float *w, const float *g, float *v, long count, float rate, float momentum,
                 bool nesterov);
/// A share is what a new value has in a running mean: 1 - b1. `m` and `v` are the means of g and g².
/// w -= decay * w + rate * m * correction1 / (sqrt(v * correction2) + epsilon)
void nn_adam(float *w, const float *g, float *m, float *v, long count, float rate, float share1,
             float share2, float epsilon, float correction1, float correction2, float decay);
/// w -= (rate_g * g + rate_m * m) / (sqrt(v * correction2) + epsilon)
void nn_nadam(float *w, const float *g, float *m, float *v, long count, float rate_g,
              float rate_m, float share1, float share2, float epsilon, float correction2);
/// m = momentum * m + g / (sqrt(v) + epsilon); w -= rate * m. `m` is NULL where momentum is 0.
void nn_rmsprop(float *w, const float *g, float *v, float *m, long count, float rate, float share,
                float epsilon, float momentum);
/// s += g²; w -= rate * g / (sqrt(s) + epsilon)
void nn_adagrad(float *w, const float *g, float *s, long count, float rate, float epsilon);
/// d = sqrt(u + epsilon) / sqrt(v + epsilon) * g; u: running mean of d²; w -= rate * d
void nn_adadelta(float *w, const float *g, float *v, float *u, long count, float rate, float share,
                 float epsilon);
/// w -= decay * w + rate * sign(m moved by share1 to g); m is moved by share2
void nn_lion(float *w, const float *g, float *m, long count, float rate, float share1,
             float share2, float decay);
/// p: the sign of the last gradient that moved the weight, s: each weight's own step size within
/// least … greatest, times grow or shrink; w -= rate * s * sign, none where the sign has turned.
void nn_rprop(float *w, const float *g, float *p, float *s, long count, float rate, float shrink,
              float grow, float least, float greatest);

// MARK: Arrays of a script (arrays.c)

typedef enum {
  NN_ADD, NN_SUB, NN_MUL, NN_DIV, NN_POW, NN_MIN, NN_MAX, NN_REM,
  NN_EQ, NN_NE, NN_LT, NN_LE, NN_GT, NN_GE
} nn_binary_op;

typedef enum {
  NN_NEG, NN_ABS, NN_SQRT, NN_EXP, NN_LOG, NN_TANH, NN_SIGMOID, NN_RELU, NN_ERF, NN_SIN, NN_COS,
  NN_TAN, NN_FLOOR, NN_CEIL, NN_ROUND, NN_SIGN, NN_SQUARE, NN_SOFTPLUS, NN_ASIN, NN_ACOS, NN_ATAN,
  NN_SINH, NN_COSH
} nn_unary_op;

/// out[i] = a[i * step_a] op b[i * step_b]; a step is 0 (one number for all) or 1.
void nn_binary(nn_binary_op op, const float *a, long step_a, const float *b, long step_b,
               float *out, long count);
/// out[i] = op(a[i]); out may be a.
void nn_unary(nn_unary_op op, const float *a, float *out, long count);
/// Sum in 64 bits, least, greatest (NaN if one is NaN), and Σ (x - mean)² in 64 bits.
double nn_sum(const float *a, long count);
double nn_squared_deviation(const float *a, long count, double mean);
float nn_least(const float *a, long count);
float nn_greatest(const float *a, long count);
/// Whether every number is finite.
bool nn_all_finite(const float *a, long count);

/// sums[i] += a[i]
void nn_add(const float *a, float *sums, long count);
/// sums[i] += a[i], or += (a[i] - means[i])².
void nn_add_row(const float *a, double *sums, long count);
void nn_add_row_deviation(const float *a, const double *means, double *sums, long count);
/// out[j, i] = a[i, j]
void nn_transpose(const float *a, float *out, long rows, long columns, long first, long count);

// MARK: Compiled formulas (programs.c)

typedef enum {
  NN_STEP_UNARY,         // out = operation(a), an nn_unary_op
  NN_STEP_BINARY,        // out = a operation b, an nn_binary_op
  NN_STEP_MULTIPLY_ADD,  // out = a * b + c; operation 1: a * b - c; 2: c - a * b
  NN_STEP_SELECT,        // out = a is not 0 ? b : c
  NN_STEP_SUM, NN_STEP_GREATEST, NN_STEP_LEAST,  // out[row] from the row's elements
  NN_STEP_REPEAT,        // out[row, i] = a[row]
  NN_STEP_COPY,          // out = a
  NN_STEP_TOTAL          // totals[operation] += the sum of a, in 64 bits
} nn_step_kind;

/// One step; a, b, c and out are registers.
typedef struct {
  uint8_t kind, operation;
  /// One number a row instead of one an element.
  bool per_row;
  uint16_t out, a, b, c;
} nn_step;

/// Registers are the caller's arrays `[rows, width]`, then uniforms (one number for all rows), then
/// scratch. A step may write what it reads.
typedef struct {
  const nn_step *steps;
  long step_count, array_count, uniform_count, scratch_count;
  /// Whether some step looks at rows as a whole.
  bool whole_rows;
} nn_program;

/// Runs all steps over all rows, a chunk of rows at a time.
void nn_run_program(const nn_program *program, float *const *arrays, const float *uniforms,
                    long rows, long width, double *totals);

// MARK: Threads (pool.c)

typedef struct nn_pool nn_pool;
/// Makes a pool whose work is done by `threads` threads, the caller among them; they start with
/// the first work that needs them.
nn_pool *nn_pool_create(int threads);
void nn_pool_destroy(nn_pool *pool);
/// Runs work(context, 0 ..< tiles), each once, and returns when all are done. Where the pool is
/// already busy the caller does everything itself.
void nn_pool_run(nn_pool *pool, long tiles, const long *sizes, void (*work)(void *context, long tile),
                 void *context);
int nn_processor_count(void);
/// Takes one of `count` places, each for one thread at a time, and gives it back; there is one for
/// each of a pool's threads.
long nn_take_place(uint8_t *taken, long count);
void nn_give_place(uint8_t *taken, long place);
/// Runs work(context, 0 ..< tiles) here, each once, as far as the thread's watch lets it.
void nn_run_tiles(long tiles, void (*work)(void *context, long tile), void *context);

// MARK: Going on (watch.c)

/// Who is asked whether the work of a thread goes on.
typedef struct nn_watch nn_watch;
/// Makes one; `ask` is called every few milliseconds while there is work, and may halt it.
nn_watch *nn_watch_create(void (*ask)(void *context), void *context);
void nn_watch_destroy(nn_watch *watch);
/// This thread's watch; null where nobody is to be asked.
nn_watch *nn_watch_get(void);
void nn_watch_set(nn_watch *watch);
/// Asks if it is time to.
void nn_watch_poll(void);
/// Whether this thread's work is to end; tiles that were not begun are then left out.
bool nn_watch_is_halted(void);
void nn_watch_halt(nn_watch *watch, bool halts);
/// Whether this thread's owner wants to look at what it holds, at the next good moment.
bool nn_watch_is_unsettled(void);
void nn_watch_unsettle(nn_watch *watch, bool is_unsettled);
/// Whose watch it is, for the language that made it.
void *nn_watch_owner(void);
void nn_watch_set_owner(void *owner);

/// Gives memory that was freed back to the system.
void nn_trim_memory(void);

// MARK: Stacks (stack.c)

/// How many bytes of this thread's stack are left.
size_t nn_stack_left(void);
/// Calls work(context) on a new stack of this thread; false where there is no memory for one.
bool nn_call_on_stack(size_t size, void (*work)(void *context), void *context);

// MARK: Pictures

/// How a picture is changed by chance before a network sees it.
typedef struct {
  /// Where the point (x, y) of the result comes from: (m0 x + m1 y + m2, m3 x + m4 y + m5), in
  /// points, their centres at whole numbers. What lies outside is the nearest point of the edge.
  float matrix[6];
  /// Whether these are all 0, 1, -1 and whole: points are copied and not mixed.
  bool is_whole;
  /// A square of the result that is filled with the picture's mean, channel by channel.
  long cut_top, cut_bottom, cut_left, cut_right;
  /// The distance from the picture's mean is multiplied by this, then that is added.
  float contrast, brightness;
  /// The deviation of what is added to each number; it depends on the key and its place alone.
  float noise;
  uint64_t noise_key;
  /// The least and the greatest number that may come out, before it is scaled.
  float low, high;
} nn_augmentation;

/// Makes of a picture (height, width, channels) the one that is learnt from, and scales it as
/// gathering does.
void nn_augment_bytes(const uint8_t *from, float *to, long height, long width, long channels,
                      const nn_augmentation *change, const double *center, const double *scale,
                      long factors);
void nn_augment_floats(const float *from, float *to, long height, long width, long channels,
                       const nn_augmentation *change, const double *center, const double *scale,
                       long factors);
void nn_augment_doubles(const double *from, float *to, long height, long width, long channels,
                        const nn_augmentation *change, const double *center, const double *scale,
                        long factors);

/// Brings a picture of 8 bits a number, or a box of it, to another size: `channels` (1 or 3) numbers
/// a point, rows from the top. A triangle filter that reaches over all points that fall together,
/// across first, then down, rounded to 8 bits between: Pillow's BILINEAR within 1. False where
/// there is no memory.
bool nn_resize_picture(const uint8_t *from, long width, long height, long channels, double left,
                       double top, double box_width, double box_height, uint8_t *to,
                       long to_width, long to_height);

#endif
