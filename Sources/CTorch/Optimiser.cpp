// AdamW in one pass over memory: a composed step reads and writes parameter-sized tensors some ten times.
#include <cmath>
#include <numeric>
#include <vector>

#include "Parallel.hpp"
#include "Rows.hpp"
#include "Tensor.hpp"

namespace {

// Work is cut into blocks of this many elements whatever the number of threads, so sums repeat bit for bit. A
// block of the parameter, its gradient and moments fits the second cache.
constexpr int64_t block = 1 << 14;

/// The sum of what `body(block)` gives for every block of a tensor's elements; blocks are shared out over the pool.
template <class Body> double sum_over_blocks(const at::Tensor &tensor, Body body) {
    const int64_t blocks = (tensor.numel() + block - 1) / block;
    std::vector<double> sums(blocks);
    ctorch::parallel_for(blocks, 1, [&](int64_t begin, int64_t end) { body(begin, end, sums.data()); });
    return std::accumulate(sums.begin(), sums.end(), 0.0);
}

double update_single(const at::Tensor &parameter, const at::Tensor &gradient, const at::Tensor &first,
                     const at::Tensor &second, const c10::optional<at::Tensor> &working,
                     const ctorch_adamw_options &options) {
    const double steps = static_cast<double>(options.step);
    const ctorch::AdamWFactors factors{
        float(options.gradient_scale),
        float(options.beta1),
        float(options.beta2),
        float(options.epsilon),
        float(options.learning_rate / (1 - std::pow(options.beta1, steps))),
        float(std::sqrt(1 - std::pow(options.beta2, steps))),
        float(1 - options.learning_rate * options.weight_decay),
    };
    return sum_over_blocks(parameter, [&](int64_t begin, int64_t end, double *sums) {
        ctorch::Rows values(parameter, block), slopes(gradient, block);
        ctorch::Rows means(first, block), squares(second, block);
        for (int64_t i = begin; i < end; ++i) {
            sums[i] = ctorch::kernels().adamw(values.place(i), slopes.read(i), means.read(i),
                                              squares.read(i), values.size(i), factors);
            const auto seed = static_cast<uint32_t>(options.step * 0x9E3779B97F4A7C15 >> 32) + uint32_t(i * block);
            means.written(i, seed);
            squares.written(i, ~seed);
            // While the block is in cache.
            if (working)
                ctorch::kernels().narrow(values.place(i), working->data_ptr<at::BFloat16>() + i * block,
                                         values.size(i));
        }
    });
}

double update_double(const at::Tensor &parameter, const at::Tensor &gradient, const at::Tensor &first,
                     const at::Tensor &second, const ctorch_adamw_options &options) {
    const double steps = static_cast<double>(options.step);
    const double step_size = options.learning_rate / (1 - std::pow(options.beta1, steps));
    const double correction = std::sqrt(1 - std::pow(options.beta2, steps));
    const double keep = 1 - options.learning_rate * options.weight_decay;
    auto *values = parameter.data_ptr<double>(), *means = first.data_ptr<double>();
    auto *squares = second.data_ptr<double>();
    const auto *slopes = gradient.data_ptr<double>();
    return sum_over_blocks(parameter, [&](int64_t begin, int64_t end, double *sums) {
        for (int64_t i = begin * block; i < std::min(end * block, parameter.numel()); ++i) {
            const double slope = slopes[i] * options.gradient_scale;
            means[i] += (slope - means[i]) * (1 - options.beta1);
            squares[i] = squares[i] * options.beta2 + slope * slope * (1 - options.beta2);
            values[i] = values[i] * keep - step_size * means[i] / (std::sqrt(squares[i]) / correction + options.epsilon);
            sums[i / block] += slopes[i] * slopes[i];
        }
    });
}

/// By LibTorch's own operations, wherever the tensors are.
double update_composed(const at::Tensor &parameter, const at::Tensor &gradient, const at::Tensor &first,
                       const at::Tensor &second, const c10::optional<at::Tensor> &working,
                       const ctorch_adamw_options &options) {
    const double steps = static_cast<double>(options.step);
    const auto raw = gradient.to(parameter.scalar_type()), slope = raw * options.gradient_scale;
    first.add_((slope - first) * (1 - options.beta1));
    second.mul_(options.beta2).addcmul_(slope, slope, 1 - options.beta2);
    parameter.mul_(1 - options.learning_rate * options.weight_decay);
    const auto root = second.sqrt() / std::sqrt(1 - std::pow(options.beta2, steps)) + options.epsilon;
    parameter.addcdiv_(first, root, -options.learning_rate / (1 - std::pow(options.beta1, steps)));
    if (working) working->copy_(parameter);
    return raw.square().sum(at::kDouble).item().toDouble();
}

} // namespace

bool ctorch_adamw(ctorch_tensor *parameter, const ctorch_tensor *gradient, ctorch_tensor *first,
                  ctorch_tensor *second, ctorch_tensor *working, ctorch_adamw_options options,
                  double *square_sum) {
    return ctorch::act([&] {
        const auto values = parameter->value.detach(), slopes = gradient->value.detach().contiguous();
        for (const auto &other : {values, slopes, first->value, second->value}) {
            TORCH_CHECK(other.is_contiguous() && other.sizes() == values.sizes(),
                        "the optimiser needs contiguous tensors of one shape");
        }
        const auto type = values.scalar_type();
        const auto kept = first->value.scalar_type();
        TORCH_CHECK(second->value.scalar_type() == kept && (kept == type || (type == at::kFloat && kept == at::kBFloat16)),
                    "the moments of a ", type, " parameter cannot be ", kept);
        c10::optional<at::Tensor> narrow;
        if (working) narrow = working->value.detach();
        if (!ctorch::is_ours(values)) {
            TORCH_CHECK(kept == type, "half-precision statistics need kernels that only this machine's memory has");
            *square_sum += update_composed(values, slopes, first->value, second->value, narrow, options);
        } else if (type == at::kFloat && ctorch::has_kernels(slopes)) {
            *square_sum += update_single(values, slopes, first->value, second->value, narrow, options);
        } else {
            TORCH_CHECK(type == at::kDouble && slopes.scalar_type() == at::kDouble && !narrow,
                        "the optimiser has no kernel for ", type, " with gradients of ", slopes.scalar_type());
            *square_sum += update_double(values, slopes, first->value, second->value, options);
        }
    });
}

bool ctorch_square_sum(const ctorch_tensor *tensor, double *sum) {
    return ctorch::act([&] {
        const auto values = tensor->value.detach();
        *sum = values.numel() == 0 ? 0 : at::sum(at::square(values.to(at::kDouble))).item().toDouble();
    });
}
