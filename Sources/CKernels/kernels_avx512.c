// AVX-512: tiles of 12 rows x 32 columns, 24 of 32 registers hold sums.
#include "table.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma STDC FP_CONTRACT OFF

#define NK_NAME "avx512"
#define NK_TABLE nk_table_avx512
#define NK_ISA 5
#define NK_QUADS 0
#define VW 16
#define NK_FMA 1
#define MR 12
#define NV 2
#define MRN 12

#define NK_TARGET "avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl"
#pragma clang attribute push(__attribute__((target(NK_TARGET))), apply_to = function)
#include "templates.h"
#pragma clang attribute pop

#include "define_table.h"

#endif
