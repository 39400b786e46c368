#ifndef VECTOR_H
#define VECTOR_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

// 64 bytes at a time in Clang's portable vectors: the compiler turns them into what the target has.
typedef uint8_t bytes64 __attribute__((vector_size(64)));
typedef _Bool flags64 __attribute__((ext_vector_type(64)));

#define INLINE static inline __attribute__((always_inline))

// 1 for true and 0 for false, as a number that the compiler cannot see through: it would make branches of masks, and they
// would be mispredicted.
INLINE uint32_t number_of(bool condition) {
    uint32_t number = condition;
    __asm__("" : "+r"(number));
    return number;
}

// One bit a byte: set where the lane of a comparison is.
#define MASK(comparison) mask_of(__builtin_convertvector((comparison), flags64))

INLINE uint64_t mask_of(flags64 flags) {
    uint64_t mask;
    memcpy(&mask, &flags, 8);
    return mask;
}

// Compiles NAME(arguments), whose body is NAME_body, for the instruction sets that are worth it and picks one at run
// time. A body is always inlined, so each copy is compiled for its own target.
#if defined(__x86_64__)
#define TARGET_WIDE __attribute__((target("avx512f,avx512bw,avx512vl,bmi,bmi2,lzcnt,popcnt")))
#define TARGET_AVX2 __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt")))
#define DISPATCH(RESULT, NAME, PARAMETERS, ARGUMENTS)                                                      \
    TARGET_WIDE static RESULT NAME##_wide PARAMETERS { return NAME##_body ARGUMENTS; }                     \
    TARGET_AVX2 static RESULT NAME##_avx2 PARAMETERS { return NAME##_body ARGUMENTS; }                     \
    static RESULT NAME##_plain PARAMETERS { return NAME##_body ARGUMENTS; }                                \
    RESULT NAME PARAMETERS {                                                                               \
        if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&                    \
            __builtin_cpu_supports("bmi2"))                                                                \
            return NAME##_wide ARGUMENTS;                                                                  \
        if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2")) return NAME##_avx2 ARGUMENTS; \
        return NAME##_plain ARGUMENTS;                                                                     \
    }
#else
#define DISPATCH(RESULT, NAME, PARAMETERS, ARGUMENTS)                                                      \
    RESULT NAME PARAMETERS { return NAME##_body ARGUMENTS; }
#endif

#endif
