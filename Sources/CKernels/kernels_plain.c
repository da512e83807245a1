// Baseline of the target: SSE2 on x86-64 (no fused multiply-add), NEON on AArch64 (with it).
#include "table.h"

#pragma STDC FP_CONTRACT OFF

#define NK_NAME "plain"
#define NK_TABLE nk_table_plain
#define NK_ISA 0
#define NK_QUADS 0
#define VW 4
#if defined(__aarch64__)
#define NK_FMA 1
#define MR 6
#define NV 4
#define MRN 12
#else
#define NK_FMA 0
#define MR 6
#define NV 2
#define MRN 8
#endif

#include "templates.h"

#include "define_table.h"
