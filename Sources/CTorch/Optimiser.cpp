// AdamW in one pass over memory: a composed step reads and writes the parameter-sized tensors some ten times.
#include <cmath>

#include "Parallel.hpp"
#include "Tensor.hpp"

namespace {

template <class Real, class Gradient, class Working>
void update(Real *parameter, const Gradient *gradient, Real *first, Real *second, Working *working, int64_t begin,
            int64_t end, const ctorch_adamw_options &options) {
    const Real beta1 = options.beta1, beta2 = options.beta2, scale = options.gradient_scale;
    const Real step_size = options.learning_rate / (1 - std::pow(options.beta1, double(options.step)));
    const Real correction = std::sqrt(1 - std::pow(options.beta2, double(options.step)));
    const Real keep = 1 - options.learning_rate * options.weight_decay, epsilon = options.epsilon;
    for (int64_t i = begin; i < end; ++i) {
        const Real slope = static_cast<Real>(gradient[i]) * scale;
        const Real mean = first[i] + (slope - first[i]) * (1 - beta1);
        const Real square = second[i] * beta2 + slope * slope * (1 - beta2);
        const Real value = parameter[i] * keep - step_size * mean / (std::sqrt(square) / correction + epsilon);
        first[i] = mean;
        second[i] = square;
        parameter[i] = value;
        if (working) working[i] = static_cast<Working>(value);
    }
}

template <class Body> void with_element(at::ScalarType type, Body body) {
    switch (type) {
    case at::kFloat: return body(float());
    case at::kDouble: return body(double());
    case at::kBFloat16: return body(at::BFloat16());
    default: TORCH_CHECK(false, "the optimiser has no kernel for ", type);
    }
}

template <class Real, class Gradient, class Working>
void update_all(const at::Tensor &parameter, const at::Tensor &gradient, const at::Tensor &first,
                const at::Tensor &second, Working *working, const ctorch_adamw_options &options) {
    ctorch::parallel_for(parameter.numel(), 1 << 14, [&](int64_t begin, int64_t end) {
        update(parameter.data_ptr<Real>(), gradient.data_ptr<Gradient>(), first.data_ptr<Real>(),
               second.data_ptr<Real>(), working, begin, end, options);
    });
}

void check_dense(const at::Tensor &parameter, const at::Tensor &other) {
    TORCH_CHECK(other.is_contiguous() && other.numel() == parameter.numel(),
                "the optimiser needs contiguous tensors of one shape");
}

} // namespace

bool ctorch_adamw(ctorch_tensor *parameter, const ctorch_tensor *gradient, ctorch_tensor *first,
                  ctorch_tensor *second, ctorch_tensor *working, ctorch_adamw_options options) {
    return ctorch::act([&] {
        const auto values = parameter->value.detach(), slopes = gradient->value.detach().contiguous();
        for (const auto &other : {values, slopes, first->value, second->value}) check_dense(values, other);
        const auto type = values.scalar_type();
        TORCH_CHECK(first->value.scalar_type() == type && second->value.scalar_type() == type,
                    "the moments must have the parameter's type");
        with_element(type, [&](auto real) {
            with_element(slopes.scalar_type(), [&](auto slope) {
                using Real = decltype(real);
                using Gradient = decltype(slope);
                auto *narrow = working ? working->value.detach().template data_ptr<at::BFloat16>() : nullptr;
                update_all<Real, Gradient>(values, slopes, first->value, second->value, narrow, options);
            });
        });
    });
}

bool ctorch_square_sum(const ctorch_tensor *tensor, double *sum) {
    return ctorch::act([&] {
        const auto values = tensor->value.detach();
        *sum = values.numel() == 0 ? 0 : at::sum(at::square(values), at::kDouble).item().toDouble();
    });
}
