// The products of bf16_template.h by the instructions of AVX512_BF16; the rest of such a CPU's work is that of AVX-512.
#include "table.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma STDC FP_CONTRACT OFF

#define NK_ISA 5
#define VW 16
#define NK_FMA 1
#define NK_BF16 1
#define MR 12
#define NV 2

#define NK_TARGET "avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl,avx512bf16"
#pragma clang attribute push(__attribute__((target(NK_TARGET))), apply_to = function)
#include "vector_ops.h"
#include "window_components.h"
#include "bf16_template.h"
#pragma clang attribute pop

const struct nk_bf16_table nk_bf16_native = NK_BF16_FUNCTIONS;

#endif
