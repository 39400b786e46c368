#include "Kernels.hpp"

#include <cmath>
#include <cstring>

namespace {

#define NAME(x) baseline_##x
#include "Exponential.inc"
#include "Kernels.inc"
#undef NAME

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define NAME(x) avx2_##x
#include "Exponential.inc"
#include "Kernels.inc"
#undef NAME
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,fma"))), apply_to = function)
#define NAME(x) avx512_##x
#include "Exponential.inc"
#include "Kernels.inc"
#undef NAME
#pragma clang attribute pop
#endif

ctorch::Kernels chosen() {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) return avx512_kernels;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return avx2_kernels;
#endif
    return baseline_kernels;
}

} // namespace

const ctorch::Kernels &ctorch::kernels() {
    static const Kernels kernels = chosen();
    return kernels;
}
