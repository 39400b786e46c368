// The whole of LibTorch that `wit` uses, as plain C. This header is the contract: no C++ type and no C++
// exception passes it.
//
// - A function that makes a tensor returns it, owned by the caller (`ctorch_free`), or NULL on failure.
// - A function that only acts returns true, or false on failure.
// - After a failure `ctorch_last_error` says why, in one line, on the same thread.
// - All functions belong on one thread (grad mode and OpenMP's counts are thread-local); `ctorch_free` may be
//   called from any.
// - Shapes are row-major. "Rows" are the leading dimension of a two-dimensional tensor.
// - Unless a comment says otherwise an operation is differentiable in its floating-point tensors.

#ifndef CTORCH_H
#define CTORCH_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

/// A tensor with its place in the autograd graph.
typedef struct ctorch_tensor ctorch_tensor;

/// The element types that pass this header.
enum ctorch_dtype {
    ctorch_float32 = 0,
    ctorch_float64 = 1,
    ctorch_bfloat16 = 2,
    ctorch_float16 = 3,
    ctorch_int32 = 4,
    ctorch_int64 = 5,
} __attribute__((enum_extensibility(closed)));
typedef enum ctorch_dtype ctorch_dtype;

// Library

/// Why the last call of this thread failed, in one line; valid until the next failure.
const char *ctorch_last_error(void);

/// The version of the LibTorch that this was built against, such as "1.13.1".
const char *ctorch_version(void);

/// Gives all work of the calling thread one pool of `count` threads (OpenMP's) and keeps BLAS from running a
/// second one beside it. Also makes freed memory stay for the next step.
bool ctorch_set_threads(int count);

/// Whether operations record what `ctorch_backward` needs (true at the start).
bool ctorch_set_recording(bool enabled);

/// Puts new tensors on a device, such as "cpu" (at the start), "cuda" or "cuda:1".
bool ctorch_set_device(const char *name);

/// Whether operations use kernels of ours where they can (true at the start). Without them all goes through LibTorch's
/// own operations, as it does on other devices.
bool ctorch_set_kernels(bool enabled);

/// The rate at which this machine multiplies `size` × `size` matrices of a type here, in GFLOP/s; < 0 on failure.
double ctorch_matrix_rate(int64_t size, ctorch_dtype type, int repeats);

// Life of a tensor

ctorch_tensor *_Nullable ctorch_full(const int64_t *shape, int rank, ctorch_dtype dtype, double value);
/// Copies `bytes`, which hold as many elements as `shape` asks for.
ctorch_tensor *_Nullable ctorch_from_bytes(const void *bytes, const int64_t *shape, int rank, ctorch_dtype dtype);
/// Copies a tensor out as `byte_count` contiguous bytes of its own element type.
bool ctorch_to_bytes(const ctorch_tensor *tensor, void *bytes, int64_t byte_count);
/// Overwrites `target` with `source`, converting elements; not recorded.
bool ctorch_assign(ctorch_tensor *target, const ctorch_tensor *source);
/// Overwrites with draws from a normal distribution that depend on `seed` alone; not recorded.
bool ctorch_fill_normal(ctorch_tensor *tensor, double mean, double deviation, uint64_t seed);
/// Overwrites with draws from low ..< high that depend on `seed` alone; not recorded.
bool ctorch_fill_uniform(ctorch_tensor *tensor, double low, double high, uint64_t seed);
void ctorch_free(ctorch_tensor *_Nullable tensor);

int ctorch_rank(const ctorch_tensor *tensor);
int64_t ctorch_size(const ctorch_tensor *tensor, int dimension);
ctorch_dtype ctorch_type(const ctorch_tensor *tensor);
/// The only element as a double; not recorded.
bool ctorch_item(const ctorch_tensor *tensor, double *value);

// Autograd

/// Marks a leaf as one that gathers a gradient.
bool ctorch_require_gradient(ctorch_tensor *tensor);
/// Adds the gradients of `tensor` to its leaves; `seed` is the gradient of `tensor`, NULL for a scalar's 1.
bool ctorch_backward(ctorch_tensor *tensor, const ctorch_tensor *_Nullable seed);
/// The gathered gradient (shared, not copied), or NULL where there is none; never fails.
ctorch_tensor *_Nullable ctorch_gradient(const ctorch_tensor *tensor);
void ctorch_clear_gradient(ctorch_tensor *tensor);
/// Another owner of the same tensor.
ctorch_tensor *_Nullable ctorch_share(const ctorch_tensor *tensor);
/// A piece of a model: takes ownership of `input` and returns a new tensor, or NULL after a failure of this library.
/// `again` is true in the backward pass.
typedef ctorch_tensor *_Nullable (*ctorch_piece)(void *context, ctorch_tensor *input, bool again);
/// What `compute` makes of `input`, without keeping anything else for the backward pass, which computes it again.
/// `release(context)` is called once, when the graph needs it no longer.
ctorch_tensor *_Nullable ctorch_recomputed(const ctorch_tensor *input, ctorch_piece compute, void *context,
                                           void (*release)(void *context));
/// The same values outside the graph.
ctorch_tensor *_Nullable ctorch_detach(const ctorch_tensor *tensor);

// Shape

ctorch_tensor *_Nullable ctorch_convert(const ctorch_tensor *tensor, ctorch_dtype dtype);
ctorch_tensor *_Nullable ctorch_reshape(const ctorch_tensor *tensor, const int64_t *shape, int rank);
ctorch_tensor *_Nullable ctorch_permute(const ctorch_tensor *tensor, const int64_t *order, int rank);
ctorch_tensor *_Nullable ctorch_expand(const ctorch_tensor *tensor, const int64_t *shape, int rank);
/// `length` entries from `start` on along `dimension`.
ctorch_tensor *_Nullable ctorch_narrow(const ctorch_tensor *tensor, int dimension, int64_t start, int64_t length);
ctorch_tensor *_Nullable ctorch_concatenate(const ctorch_tensor *_Nonnull const *_Nonnull tensors, int count,
                                            int dimension);
/// Rows of a table by int64 index: the embedding lookup.
ctorch_tensor *_Nullable ctorch_rows(const ctorch_tensor *table, const ctorch_tensor *indices);

/// The rows of a `from` × `from` grid resized to `to` × `to`, bicubic and antialiased.
ctorch_tensor *_Nullable ctorch_resize_grid(const ctorch_tensor *rows, int64_t from, int64_t to);

// Arithmetic

ctorch_tensor *_Nullable ctorch_add(const ctorch_tensor *a, const ctorch_tensor *b);
ctorch_tensor *_Nullable ctorch_multiply(const ctorch_tensor *a, const ctorch_tensor *b);
ctorch_tensor *_Nullable ctorch_scale(const ctorch_tensor *tensor, double factor);
ctorch_tensor *_Nullable ctorch_exp(const ctorch_tensor *tensor);
ctorch_tensor *_Nullable ctorch_sum(const ctorch_tensor *tensor);
/// The mean over the dimensions from `dimension` on, which disappear.
ctorch_tensor *_Nullable ctorch_mean_from(const ctorch_tensor *tensor, int dimension);
ctorch_tensor *_Nullable ctorch_matrix_multiply(const ctorch_tensor *a, const ctorch_tensor *b);
/// Rows divided by their Euclidean length (at least 1e-12).
ctorch_tensor *_Nullable ctorch_normalize_rows(const ctorch_tensor *rows);
ctorch_tensor *_Nullable ctorch_softmax(const ctorch_tensor *tensor, int dimension);
/// The mean over rows of −log softmax(logits)[label]; labels are int64.
ctorch_tensor *_Nullable ctorch_cross_entropy(const ctorch_tensor *logits, const ctorch_tensor *labels);

// Layers

/// residual + rows · weightᵀ + bias; `weight` is (out, in).
ctorch_tensor *_Nullable ctorch_linear(const ctorch_tensor *rows, const ctorch_tensor *weight,
                                       const ctorch_tensor *_Nullable bias,
                                       const ctorch_tensor *_Nullable residual);
/// Normalises each row; gain and bias are float32 where the rows are bfloat16.
ctorch_tensor *_Nullable ctorch_layer_norm(const ctorch_tensor *rows, const ctorch_tensor *gain,
                                           const ctorch_tensor *bias, double epsilon);
ctorch_tensor *_Nullable ctorch_gelu(const ctorch_tensor *tensor);
/// x · sigmoid(1.702 x).
ctorch_tensor *_Nullable ctorch_quick_gelu(const ctorch_tensor *tensor);
/// Multi-head attention of packed sequences. `qkv` is (rows, 3·width): queries, keys, values, each with its
/// heads side by side. Sequence i has the rows `offsets[i] ..< offsets[i + 1]`; `offsets` has `sequences` + 1
/// entries from 0 to the number of rows. Returns (rows, width).
ctorch_tensor *_Nullable ctorch_attention(const ctorch_tensor *qkv, const int64_t *offsets, int64_t sequences,
                                          int heads, bool causal);
/// Attention with one query for each sequence: `query` is (sequences, width), `keys_values` (rows, 2·width).
ctorch_tensor *_Nullable ctorch_pooled_attention(const ctorch_tensor *query, const ctorch_tensor *keys_values,
                                                 const int64_t *offsets, int64_t sequences, int heads);
/// A convolution without bias; `weight` is (out, in, height, width).
ctorch_tensor *_Nullable ctorch_convolution(const ctorch_tensor *images, const ctorch_tensor *weight, int stride,
                                            int padding);
/// Batch normalisation, plus a residual, cut at zero if `rectify`. While training it normalises by the batch and
/// moves the running statistics in place.
ctorch_tensor *_Nullable ctorch_batch_norm(const ctorch_tensor *images, const ctorch_tensor *gain,
                                           const ctorch_tensor *bias, ctorch_tensor *running_mean,
                                           ctorch_tensor *running_variance, const ctorch_tensor *_Nullable residual,
                                           bool rectify, bool training, double momentum, double epsilon);
ctorch_tensor *_Nullable ctorch_average_pool(const ctorch_tensor *images, int size);
/// The same values with channels innermost in memory.
ctorch_tensor *_Nullable ctorch_channels_last(const ctorch_tensor *images);

// Processes of one run

/// This process's place among those of a run.
typedef struct ctorch_group ctorch_group;

/// Joins the others at rank 0's address, where rank 0 opens the store they meet at. Over CUDA by NCCL, else by gloo.
ctorch_group *_Nullable ctorch_join(const char *host, int port, int rank, int world, bool over_cuda);
void ctorch_leave(ctorch_group *group);
/// Every process's number, by rank; `numbers` has room for all.
bool ctorch_gather_number(ctorch_group *group, int64_t number, int64_t *numbers);
/// Every process's rows, one process after the other: `counts[rank]` of them. The gradient flows back to each process's
/// own rows, added up over all processes.
ctorch_tensor *_Nullable ctorch_gather_rows(ctorch_group *group, const ctorch_tensor *rows, const int64_t *counts);
/// Replaces tensors by their sums over all processes; not recorded.
bool ctorch_sum_over_group(ctorch_group *group, ctorch_tensor *_Nonnull const *_Nonnull tensors, int count);

// Optimiser; nothing here is recorded

/// One step of AdamW (Loshchilov and Hutter, "Decoupled Weight Decay Regularization", algorithm 2).
typedef struct {
    double learning_rate, beta1, beta2, epsilon, weight_decay;
    /// What the gradient is multiplied by first (clipping).
    double gradient_scale;
    /// 1 at the first step, for the bias corrections; also seeds the rounding of bfloat16 moments.
    int64_t step;
} ctorch_adamw_options;

/// Updates a float32 or float64 parameter and its two moments in one pass. `gradient` may be bfloat16, and so may both
/// moments of a float32 parameter: they are rounded at random, so that small changes add up. `working`, if given, is bfloat16 and is overwritten with the parameter. Adds the sum of squares of the gradient,
/// before `gradient_scale`, to `square_sum`.
bool ctorch_adamw(ctorch_tensor *parameter, const ctorch_tensor *gradient, ctorch_tensor *first,
                  ctorch_tensor *second, ctorch_tensor *_Nullable working, ctorch_adamw_options options,
                  double *square_sum);
/// The sum of squares of all elements, gathered in double precision.
bool ctorch_square_sum(const ctorch_tensor *tensor, double *sum);

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif

#endif
