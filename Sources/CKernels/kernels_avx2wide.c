// The 16-lane code of the AVX-512 path, each vector in two AVX2 halves. Never chosen by itself: it lets a machine
// without AVX-512 test that code, and gives the same bits.
#include "table.h"

#if defined(__x86_64__)
#include <immintrin.h>

// Vectors wider than the target pass only between functions inlined into each other.
#pragma clang diagnostic ignored "-Wpsabi"
#pragma STDC FP_CONTRACT OFF

#define NK_NAME "avx2wide"
#define NK_TABLE nk_table_avx2wide
#define NK_ISA 3
#define NK_QUADS 1
#define VW 16
#define NK_FMA 1
#define MR 12
#define NV 2
#define MRN 12

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#include "templates.h"
#pragma clang attribute pop

#include "define_table.h"

#endif
