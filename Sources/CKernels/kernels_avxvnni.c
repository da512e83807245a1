// The products of int8_template.h by the instructions of AVX-VNNI; the rest of such a CPU's work is that of AVX2.
#include "table.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma STDC FP_CONTRACT OFF

#define NK_ISA 2
#define NK_QUADS 1
#define NK_VNNI 1
#define VW 8
#define NK_FMA 1
#define MR 6
#define NV 2
#define MRN 12

#define NK_TARGET "avx2,fma,f16c,avxvnni"
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

const struct nk_int8_table nk_int8_avxvnni = NK_INT8_FUNCTIONS;

#endif
