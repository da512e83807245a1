// AVX2 and FMA: tiles of 6 rows x 16 columns, 12 of 16 registers hold sums.
#include "table.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma STDC FP_CONTRACT OFF

#define NK_NAME "avx2"
#define NK_TABLE nk_table_avx2
#define NK_ISA 2
#define NK_QUADS 0
#define VW 8
#define NK_FMA 1
#define MR 6
#define NV 2
#define MRN 12

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#include "templates.h"
#pragma clang attribute pop

#include "define_table.h"

#endif
