// What the C++ files of this target share: the handle, and the two gates that exceptions do not pass.
#pragma once

#include <ATen/ATen.h>

#include <exception>
#include <string>
#include <utility>

#include "CTorch.h"

struct ctorch_tensor {
    at::Tensor value;
};

namespace ctorch {

/// The element type as LibTorch names it.
at::ScalarType scalar_type(ctorch_dtype dtype);

/// Keeps the text of a failure for `ctorch_last_error`.
void record_error(const char *message) noexcept;

/// Calls `body` and turns an exception into a recorded error and `failure`.
template <class Result, class Body> Result guarded(Result failure, Body body) noexcept {
    try {
        return body();
    } catch (const c10::Error &error) {
        record_error(error.what_without_backtrace());
    } catch (const std::exception &error) {
        record_error(error.what());
    } catch (...) {
        record_error("an unknown C++ exception");
    }
    return failure;
}

/// A new handle on the tensor that `body` returns, or NULL.
template <class Body> ctorch_tensor *make(Body body) noexcept {
    return guarded<ctorch_tensor *>(nullptr, [&] { return new ctorch_tensor{body()}; });
}

/// Whether `body` ran to its end.
template <class Body> bool act(Body body) noexcept {
    return guarded(false, [&] {
        body();
        return true;
    });
}

inline at::IntArrayRef dimensions(const int64_t *shape, int rank) { return {shape, static_cast<size_t>(rank)}; }

inline c10::optional<at::Tensor> optional_value(const ctorch_tensor *tensor) {
    if (!tensor) return c10::nullopt;
    return tensor->value;
}

} // namespace ctorch
