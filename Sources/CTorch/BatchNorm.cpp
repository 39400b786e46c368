// Batch normalisation while training, with what follows it in a ResNet: an added residual and a ReLU.
//
// ATen goes over the activations once for each of these and twice for the moments; here it is twice forward (the
// moments, the result) and twice back. Activations lie channels-last: a row is a pixel.
#include <torch/csrc/autograd/custom_function.h>

#include "Parallel.hpp"
#include "Rows.hpp"
#include "Tensor.hpp"

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;
using Optional = c10::optional<at::Tensor>;

// Sums are taken over runs of so many rows in single precision, then over the runs in double, in an order that
// does not depend on the number of threads.
constexpr int64_t run = 128;

at::Tensor channels_last(const at::Tensor &images) { return images.contiguous(at::MemoryFormat::ChannelsLast); }

int64_t pixels(const at::Tensor &images) { return images.numel() / images.size(1); }

/// Two sums for each channel: `add(row, sums, other sums)` is called for every row, over the pool.
template <class Start, class Add>
std::pair<at::Tensor, at::Tensor> channel_sums(int64_t rows, int64_t channels, Start start, Add add) {
    const int64_t runs = (rows + run - 1) / run;
    auto partial = at::empty({runs, 2, channels}, at::kFloat);
    ctorch::parallel_for(runs, 1, [&](int64_t begin, int64_t end) {
        auto state = start();
        for (int64_t index = begin; index < end; ++index) {
            auto *sums = partial.data_ptr<float>() + index * 2 * channels;
            std::fill(sums, sums + 2 * channels, 0.0f);
            for (int64_t row = index * run; row < std::min(rows, (index + 1) * run); ++row)
                add(state, row, sums, sums + channels);
        }
    });
    const auto total = partial.sum(0, false, at::kDouble);
    return {total[0], total[1]};
}

struct BatchNorm : torch::autograd::Function<BatchNorm> {
    static at::Tensor forward(AutogradContext *context, const at::Tensor &input, const at::Tensor &gain,
                              const at::Tensor &bias, const Optional &residual, at::Tensor running_mean,
                              at::Tensor running_variance, bool rectify, double momentum, double epsilon) {
        const auto x = channels_last(input);
        const int64_t channels = x.size(1), count = pixels(x);
        // Moments around the first pixel: the squares of values far from zero would cancel.
        std::vector<float> pivot(channels);
        std::copy_n(ctorch::Rows(x, channels).read(0), channels, pivot.begin());
        const auto [sum, squares] = channel_sums(
            count, channels, [&] { return ctorch::Rows(x, channels); },
            [&](ctorch::Rows &rows, int64_t row, float *first, float *second) {
                ctorch::kernels().channel_moments(rows.read(row), pivot.data(), first, second, channels);
            });
        const auto offset = sum / static_cast<double>(count);
        const auto variance = (squares / static_cast<double>(count) - offset * offset).clamp_min(0);
        const auto mean = offset + at::from_blob(pivot.data(), {channels}, at::kFloat);
        const auto inverse = at::rsqrt(variance + epsilon);
        running_mean.mul_(1 - momentum).add_(mean.to(at::kFloat), momentum);
        running_variance.mul_(1 - momentum).add_((variance * (double(count) / (count - 1))).to(at::kFloat), momentum);

        const auto scale = (gain * inverse).to(at::kFloat), shift = (bias - mean * gain * inverse).to(at::kFloat);
        auto result = affine(x, scale, shift, residual, rectify);
        context->save_for_backward({x, mean.to(at::kFloat), inverse, gain, rectify ? result : at::Tensor()});
        context->saved_data["residual"] = residual.has_value();
        return result;
    }

    static at::Tensor affine(const at::Tensor &x, const at::Tensor &scale, const at::Tensor &shift,
                            const Optional &residual, bool rectify) {
        const int64_t channels = x.size(1);
        auto result = at::empty_like(x);
        const auto added = residual ? channels_last(*residual) : at::Tensor();
        ctorch::parallel_for(pixels(x), 64, [&](int64_t begin, int64_t end) {
            ctorch::Rows rows(x, channels), results(result, channels), extra(residual ? added : x, channels);
            for (int64_t row = begin; row < end; ++row) {
                ctorch::kernels().channel_affine(rows.read(row), scale.data_ptr<float>(), shift.data_ptr<float>(),
                                                 residual ? extra.read(row) : nullptr, rectify, results.place(row),
                                                 channels);
                results.written(row);
            }
        });
        return result;
    }

    /// With x' = (x − mean) · inverse: dx = gain · inverse · (dy − mean(dy) − x' · mean(dy · x')).
    static variable_list backward(AutogradContext *context, const variable_list &gradients) {
        const auto saved = context->get_saved_variables();
        const auto &x = saved[0], &mean = saved[1], &inverse = saved[2], &gain = saved[3], &output = saved[4];
        const auto gradient = channels_last(gradients[0]);
        const int64_t channels = x.size(1), count = pixels(x);
        auto passed = at::empty_like(x);
        struct State {
            ctorch::Rows x, output, gradient, passed;
        };
        const auto [sum, product] = channel_sums(
            count, channels,
            [&] {
                return State{{x, channels},
                             {output.defined() ? output : x, channels},
                             {gradient, channels},
                             {passed, channels}};
            },
            [&](State &state, int64_t row, float *first, float *second) {
                ctorch::kernels().channel_slopes(state.x.read(row), mean.data_ptr<float>(),
                                                 output.defined() ? state.output.read(row) : nullptr,
                                                 state.gradient.read(row), state.passed.place(row), first, second,
                                                 channels);
                state.passed.written(row);
            });
        const auto scale = (gain * inverse).to(at::kFloat), level = (sum / double(count)).to(at::kFloat);
        const auto tilt = (product * inverse * inverse / double(count)).to(at::kFloat);
        auto result = at::empty_like(x);
        ctorch::parallel_for(count, 64, [&](int64_t begin, int64_t end) {
            ctorch::Rows rows(x, channels), slopes(passed, channels), results(result, channels);
            for (int64_t row = begin; row < end; ++row) {
                ctorch::kernels().channel_backward(rows.read(row), mean.data_ptr<float>(), scale.data_ptr<float>(),
                                                   level.data_ptr<float>(), tilt.data_ptr<float>(),
                                                   slopes.read(row), results.place(row), channels);
                results.written(row);
            }
        });
        variable_list all(9);
        all[0] = result;
        all[1] = (product * inverse).to(at::kFloat);
        all[2] = sum.to(at::kFloat);
        if (context->saved_data["residual"].toBool()) all[3] = passed;
        return all;
    }
};

} // namespace

ctorch_tensor *ctorch_batch_norm(const ctorch_tensor *images, const ctorch_tensor *gain, const ctorch_tensor *bias,
                                 ctorch_tensor *running_mean, ctorch_tensor *running_variance,
                                 const ctorch_tensor *residual, bool rectify, bool training, double momentum,
                                 double epsilon) {
    return ctorch::make([&] {
        const auto extra = ctorch::optional_value(residual);
        if (training && ctorch::has_kernels(images->value) && gain->value.scalar_type() == at::kFloat)
            return BatchNorm::apply(images->value, gain->value, bias->value, extra, running_mean->value,
                                    running_variance->value, rectify, momentum, epsilon);
        const auto type = images->value.scalar_type();
        auto result = at::batch_norm(images->value.to(gain->value.scalar_type()), gain->value, bias->value, running_mean->value,
                                     running_variance->value, training, momentum, epsilon, false)
                          .to(type);
        if (extra) result = result + *extra;
        return rectify ? at::relu(result) : result;
    });
}
