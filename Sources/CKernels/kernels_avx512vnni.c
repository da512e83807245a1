// The products of int8_template.h by the instructions of AVX512_VNNI; the rest of such a CPU's work is that of AVX-512.
#include "table.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma STDC FP_CONTRACT OFF

#define NK_ISA 5
#define NK_QUADS 1
#define NK_VNNI 1
#define VW 16
#define NK_FMA 1
#define MR 12
#define NV 2
#define MRN 12

#define NK_TARGET "avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"
#pragma clang diagnostic ignored "-Wunused-function"
#pragma clang attribute push(__attribute__((target(NK_TARGET))), apply_to = function)
#include "vector_ops.h"
#include "hash_template.h"
#include "gemm_template.h"
#include "norm_template.h"
#include "encoder_template.h"
#include "window_components.h"
#include "int8_template.h"
#pragma clang attribute pop

const struct nk_int8_table nk_int8_avx512vnni = NK_INT8_FUNCTIONS;

#endif
