// AdamW in one pass over memory: a composed step reads and writes parameter-sized tensors some ten times.
#include <cmath>
#include <numeric>
#include <vector>

#include "Parallel.hpp"
#include "Tensor.hpp"

namespace {

// Work is cut into blocks of this many elements whatever the number of threads, so sums repeat bit for bit.
constexpr int64_t block_size = 1 << 15;

/// The factors of a step in the parameter's type.
template <class Real> struct Factors {
    Real gradient_scale, beta1, beta2, step_size, correction, keep, epsilon;

    explicit Factors(const ctorch_adamw_options &options)
        : gradient_scale(options.gradient_scale), beta1(options.beta1), beta2(options.beta2),
          step_size(options.learning_rate / (1 - std::pow(options.beta1, double(options.step)))),
          correction(std::sqrt(1 - std::pow(options.beta2, double(options.step)))),
          keep(1 - options.learning_rate * options.weight_decay), epsilon(options.epsilon) {}
};

/// Updates one block; returns the sum of squares of its gradients.
template <class Real, class Gradient>
double update(Real *__restrict parameter, const Gradient *__restrict gradient, Real *__restrict first,
              Real *__restrict second, int64_t count, const Factors<Real> &factors) {
    double square_sum = 0;
    for (int64_t i = 0; i < count; ++i) {
        const Real raw = static_cast<Real>(gradient[i]), slope = raw * factors.gradient_scale;
        const Real mean = first[i] + (slope - first[i]) * (1 - factors.beta1);
        const Real square = second[i] * factors.beta2 + slope * slope * (1 - factors.beta2);
        first[i] = mean;
        second[i] = square;
        parameter[i] = parameter[i] * factors.keep -
                       factors.step_size * mean / (std::sqrt(square) / factors.correction + factors.epsilon);
        square_sum += static_cast<double>(raw) * raw;
    }
    return square_sum;
}

/// Calls `body(begin, count, block)` for every block, over the pool.
template <class Body> void for_blocks(int64_t count, Body body) {
    const int64_t blocks = (count + block_size - 1) / block_size;
    ctorch::parallel_for(blocks, 1, [&](int64_t begin, int64_t end) {
        for (int64_t block = begin; block < end; ++block)
            body(block * block_size, std::min(block_size, count - block * block_size), block);
    });
}

template <class Real, class Gradient>
double update_all(const at::Tensor &parameter, const at::Tensor &gradient, const at::Tensor &first,
                  const at::Tensor &second, at::BFloat16 *working, const ctorch_adamw_options &options) {
    const Factors<Real> factors(options);
    auto *values = parameter.data_ptr<Real>(), *means = first.data_ptr<Real>(), *squares = second.data_ptr<Real>();
    const auto *slopes = gradient.data_ptr<Gradient>();
    std::vector<double> sums((parameter.numel() + block_size - 1) / block_size);
    for_blocks(parameter.numel(), [&](int64_t begin, int64_t count, int64_t block) {
        sums[block] = update(values + begin, slopes + begin, means + begin, squares + begin, count, factors);
        if (!working) return;
        // The block is still in cache.
        for (int64_t i = begin; i < begin + count; ++i) working[i] = static_cast<at::BFloat16>(values[i]);
    });
    return std::accumulate(sums.begin(), sums.end(), 0.0);
}

/// Calls `body` with a zero of the type that `type` names.
template <class Body> double with_element(at::ScalarType type, Body body) {
    switch (type) {
    case at::kFloat: return body(float());
    case at::kDouble: return body(double());
    case at::kBFloat16: return body(at::BFloat16());
    default: TORCH_CHECK(false, "the optimiser has no kernel for ", type);
    }
}

double step(const at::Tensor &parameter, const at::Tensor &gradient, const at::Tensor &first,
            const at::Tensor &second, at::BFloat16 *working, const ctorch_adamw_options &options) {
    const auto type = parameter.scalar_type();
    TORCH_CHECK(type == at::kFloat || type == at::kDouble, "the optimiser keeps float32 or float64, not ", type);
    return with_element(gradient.scalar_type(), [&](auto slope) {
        using Gradient = decltype(slope);
        return type == at::kFloat
                   ? update_all<float, Gradient>(parameter, gradient, first, second, working, options)
                   : update_all<double, Gradient>(parameter, gradient, first, second, working, options);
    });
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
        auto *narrow = working ? working->value.detach().data_ptr<at::BFloat16>() : nullptr;
        *square_sum += step(values, slopes, first->value, second->value, narrow, options);
    });
}

bool ctorch_square_sum(const ctorch_tensor *tensor, double *sum) {
    return ctorch::act([&] {
        const auto values = tensor->value.detach().contiguous();
        *sum = with_element(values.scalar_type(), [&](auto zero) {
            const auto *elements = values.data_ptr<decltype(zero)>();
            std::vector<double> sums((values.numel() + block_size - 1) / block_size);
            for_blocks(values.numel(), [&](int64_t begin, int64_t count, int64_t block) {
                double part = 0;
                for (int64_t i = begin; i < begin + count; ++i)
                    part += static_cast<double>(elements[i]) * static_cast<double>(elements[i]);
                sums[block] = part;
            });
            return std::accumulate(sums.begin(), sums.end(), 0.0);
        });
    });
}
