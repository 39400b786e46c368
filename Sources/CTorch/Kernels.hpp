// Loops over rows of floats, compiled for several instruction sets and chosen when the program starts.
//
// The compiler may not assume AVX in a portable build, and LibTorch's own composed operations go over memory once
// for each arithmetic step: a QuickGELU is 3 passes forward and 6 back, here 1 and 1.
#pragma once

#include <c10/util/BFloat16.h>

#include <cstdint>

namespace ctorch {

/// The numbers of one step of AdamW.
struct AdamWFactors {
    /// What gradients are multiplied by first.
    float gradient_scale;
    float beta1, beta2, epsilon;
    /// The learning rate over the first moment's bias correction.
    float step_size;
    /// The root of the second moment's bias correction.
    float correction;
    /// What decay leaves of a parameter.
    float keep;
};

struct Kernels {
    /// x · sigmoid(1.702 x).
    void (*quick_gelu)(const float *x, float *result, int64_t count);
    /// The gradient of `quick_gelu` by x, times `gradient`.
    void (*quick_gelu_backward)(const float *x, const float *gradient, float *result, int64_t count);
    /// One row of layer normalisation; leaves its mean and the inverse of its standard deviation.
    void (*layer_norm)(const float *x, const float *gain, const float *bias, float epsilon, float *result,
                       float *mean, float *inverse, int64_t width);
    /// The gradient of one row; adds the row's part of the gradients of gain and bias.
    void (*layer_norm_backward)(const float *x, const float *gain, float mean, float inverse, const float *gradient,
                                float *result, float *gain_gradient, float *bias_gradient, int64_t width);
    /// Adds x − pivot and its square to the sums of each channel.
    void (*channel_moments)(const float *x, const float *pivot, float *sum, float *squares, int64_t channels);
    /// x · scale + shift for each channel, plus `residual` unless it is null, cut at zero if `rectify`.
    void (*channel_affine)(const float *x, const float *scale, const float *shift, const float *residual,
                           bool rectify, float *result, int64_t channels);
    /// Passes `gradient` on where `output` is above zero (everywhere if it is null), to `passed`, and adds it, and it
    /// times x − mean, to the sums of each channel.
    void (*channel_slopes)(const float *x, const float *mean, const float *output, const float *gradient,
                           float *passed, float *sum, float *product, int64_t channels);
    /// (gradient − sum − (x − mean) · product) · scale for each channel.
    void (*channel_backward)(const float *x, const float *mean, const float *scale, const float *sum,
                             const float *product, const float *gradient, float *result, int64_t channels);
    void (*widen)(const c10::BFloat16 *from, float *to, int64_t count);
    void (*narrow)(const float *from, c10::BFloat16 *to, int64_t count);
    /// Rounds up or down at random, with the chance of each such that the mean is exact; a function of `seed`.
    void (*narrow_at_random)(const float *from, c10::BFloat16 *to, int64_t count, uint32_t seed);
    /// One step of AdamW; returns the sum of squares of the gradients as they are given.
    double (*adamw)(float *parameter, const float *gradient, float *first, float *second, int64_t count,
                    const AdamWFactors &factors);
};

/// The kernels for this machine.
const Kernels &kernels();

} // namespace ctorch
