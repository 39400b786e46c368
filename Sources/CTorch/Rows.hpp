// Rows of float32 or bfloat16 seen as float32: kernels work on floats, whatever is in memory.
#pragma once

#include <ATen/ATen.h>

#include <algorithm>
#include <vector>

#include "Kernels.hpp"
#include "Portable.hpp"

namespace ctorch {

/// The elements of a contiguous tensor in rows of `width`; the last may be shorter.
class Rows {
  public:
    Rows(const at::Tensor &tensor, int64_t width)
        : narrow_(tensor.scalar_type() == at::kBFloat16), data_(tensor.data_ptr()), count_(tensor.numel()),
          width_(width), scratch_(narrow_ ? width : 0) {}

    /// Elements of a row.
    int64_t size(int64_t index) const { return std::min(width_, count_ - index * width_); }

    /// A row to read, and to change where `written` follows. One of bfloat16 is a copy that stays in cache.
    float *read(int64_t index) {
        if (narrow_) kernels().widen(narrow_row(index), scratch_.data(), size(index));
        return place(index);
    }

    /// Where to write a row; `written` must follow.
    float *place(int64_t index) {
        return narrow_ ? scratch_.data() : static_cast<float *>(data_) + index * width_;
    }

    /// Puts what was written at `place` into memory.
    void written(int64_t index) {
        if (narrow_) kernels().narrow(scratch_.data(), narrow_row(index), size(index));
    }

    /// The same, rounding at random where it has to round.
    void written(int64_t index, uint32_t seed) {
        if (narrow_) kernels().narrow_at_random(scratch_.data(), narrow_row(index), size(index), seed);
    }

  private:
    c10::BFloat16 *narrow_row(int64_t index) { return static_cast<c10::BFloat16 *>(data_) + index * width_; }

    bool narrow_;
    void *data_;
    int64_t count_, width_;
    std::vector<float> scratch_;
};

/// Whether the kernels take a tensor; double precision goes through ATen.
inline bool has_kernels(const at::Tensor &tensor) {
    return is_ours(tensor) && (tensor.scalar_type() == at::kFloat || tensor.scalar_type() == at::kBFloat16);
}

} // namespace ctorch
