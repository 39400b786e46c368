// The life of a tensor: made, filled, read, freed; and its place in the autograd graph.
#include <ATen/CPUGeneratorImpl.h>
#include <torch/csrc/api/include/torch/version.h>

#include <c10/core/GradMode.h>
#include <dlfcn.h>

#include <cstring>

#include "Tensor.hpp"

using ctorch::act;
using ctorch::dimensions;
using ctorch::make;
using ctorch::scalar_type;

namespace {

thread_local std::string last_error;

/// Where new tensors go.
at::Device device = at::kCPU;

} // namespace

at::ScalarType ctorch::scalar_type(ctorch_dtype dtype) {
    switch (dtype) {
    case ctorch_float32: return at::kFloat;
    case ctorch_float64: return at::kDouble;
    case ctorch_bfloat16: return at::kBFloat16;
    case ctorch_float16: return at::kHalf;
    case ctorch_int32: return at::kInt;
    case ctorch_int64: return at::kLong;
    }
    TORCH_CHECK(false, "unknown element type ", static_cast<int>(dtype));
}

void ctorch::record_error(const char *message) noexcept {
    try {
        last_error = message;
        last_error.resize(std::min(last_error.size(), last_error.find('\n')));
    } catch (...) {
        last_error.clear();
    }
}

const char *ctorch_last_error(void) { return last_error.c_str(); }

const char *ctorch_version(void) { return TORCH_VERSION; }

bool ctorch_set_device(const char *name) {
    return act([&] {
        const at::Device wanted{std::string(name)};
        if (wanted.is_cuda()) {
            // Loading it registers its operations; a build for the processor alone has no such file.
            TORCH_CHECK(dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL) && at::hasCUDA(),
                        "this LibTorch has no CUDA: build with TORCH_ROOT naming a PyTorch that has it");
        }
        at::empty({1}, at::device(wanted));
        device = wanted;
    });
}

ctorch_tensor *ctorch_full(const int64_t *shape, int rank, ctorch_dtype dtype, double value) {
    return make([&] { return at::full(dimensions(shape, rank), value, at::dtype(scalar_type(dtype)).device(device)); });
}

ctorch_tensor *ctorch_from_bytes(const void *bytes, const int64_t *shape, int rank, ctorch_dtype dtype) {
    return make([&] {
        auto tensor = at::empty(dimensions(shape, rank), at::dtype(scalar_type(dtype)));
        std::memcpy(tensor.data_ptr(), bytes, tensor.nbytes());
        return tensor.to(device);
    });
}

bool ctorch_to_bytes(const ctorch_tensor *tensor, void *bytes, int64_t byte_count) {
    return act([&] {
        const auto source = tensor->value.detach().cpu().contiguous();
        TORCH_CHECK(static_cast<int64_t>(source.nbytes()) == byte_count, "the tensor has ", source.nbytes(),
                    " bytes, not ", byte_count);
        std::memcpy(bytes, source.data_ptr(), source.nbytes());
    });
}

bool ctorch_assign(ctorch_tensor *target, const ctorch_tensor *source) {
    return act([&] {
        TORCH_CHECK(target->value.sizes() == source->value.sizes(), "cannot assign shape ", source->value.sizes(),
                    " to ", target->value.sizes());
        target->value.detach().copy_(source->value.detach());
    });
}

bool ctorch_fill_normal(ctorch_tensor *tensor, double mean, double deviation, uint64_t seed) {
    return act([&] {
        auto generator = at::detail::createCPUGenerator(seed);
        const auto target = tensor->value.detach();
        target.copy_(at::empty(target.sizes(), target.options().device(at::kCPU)).normal_(mean, deviation, generator));
    });
}

bool ctorch_fill_uniform(ctorch_tensor *tensor, double low, double high, uint64_t seed) {
    return act([&] {
        auto generator = at::detail::createCPUGenerator(seed);
        const auto target = tensor->value.detach();
        target.copy_(at::empty(target.sizes(), target.options().device(at::kCPU)).uniform_(low, high, generator));
    });
}

void ctorch_free(ctorch_tensor *tensor) { delete tensor; }

int ctorch_rank(const ctorch_tensor *tensor) { return static_cast<int>(tensor->value.dim()); }

int64_t ctorch_size(const ctorch_tensor *tensor, int dimension) { return tensor->value.size(dimension); }

ctorch_dtype ctorch_type(const ctorch_tensor *tensor) {
    switch (tensor->value.scalar_type()) {
    case at::kDouble: return ctorch_float64;
    case at::kBFloat16: return ctorch_bfloat16;
    case at::kHalf: return ctorch_float16;
    case at::kInt: return ctorch_int32;
    case at::kLong: return ctorch_int64;
    default: return ctorch_float32;
    }
}

bool ctorch_item(const ctorch_tensor *tensor, double *value) {
    return act([&] { *value = tensor->value.detach().item().toDouble(); });
}

bool ctorch_set_recording(bool enabled) {
    return act([&] { c10::GradMode::set_enabled(enabled); });
}

bool ctorch_require_gradient(ctorch_tensor *tensor) {
    return act([&] { tensor->value.set_requires_grad(true); });
}

bool ctorch_backward(ctorch_tensor *tensor, const ctorch_tensor *seed) {
    return act([&] { tensor->value.backward(seed ? seed->value : at::Tensor()); });
}

ctorch_tensor *ctorch_gradient(const ctorch_tensor *tensor) {
    const auto &gradient = tensor->value.grad();
    return gradient.defined() ? make([&] { return gradient; }) : nullptr;
}

void ctorch_clear_gradient(ctorch_tensor *tensor) { tensor->value.mutable_grad().reset(); }

ctorch_tensor *ctorch_share(const ctorch_tensor *tensor) {
    return make([&] { return tensor->value; });
}

ctorch_tensor *ctorch_detach(const ctorch_tensor *tensor) {
    return make([&] { return tensor->value.detach(); });
}

ctorch_tensor *ctorch_convert(const ctorch_tensor *tensor, ctorch_dtype dtype) {
    return make([&] { return tensor->value.to(scalar_type(dtype)); });
}
