// Matrix product of one path. Needs vector_ops.h, MR (rows of a wide tile), NV (vectors of a wide tile) and MRN (rows
// of a one-vector tile). NV * VW is 16 or less, or VW is 16: a tile of several vectors never crosses a panel unevenly.

#define KC 256  // rows of B per pass: 16 KB of one panel, stays in the first-level cache
#define MC 96   // rows of A per pass: MC x KC floats stay in the second-level cache

// mr x nv vectors of C. B points at the first vector's column in its panel; its next row is `ldb` floats on, the next
// panel `panel` floats. `unit`: rs is 1. `last`: columns of the last vector.
AI void tile(const int mr, const int nv, const int unit, long K, const float *A, long rs, long cs, const float *B,
             long ldb, long panel, float *C, long ldc, int load, long last) {
    vf c[MRN > MR ? MRN : MR][NV];
    const long step = VW == 16 ? panel : VW;
#pragma clang loop unroll(full)
    for (int i = 0; i < mr; i++)
#pragma clang loop unroll(full)
        for (int v = 0; v < nv; v++) c[i][v] = splat(0.0f);
    if (load) {
#pragma clang loop unroll(full)
        for (int i = 0; i < mr; i++)
#pragma clang loop unroll(full)
            for (int v = 0; v < nv; v++)
                c[i][v] = v + 1 < nv || last == VW ? vload(C + i * ldc + v * VW) : vload_n(C + i * ldc + v * VW, last);
    }
    else {
#pragma clang loop unroll(full)
        for (int i = 0; i < mr; i++) __builtin_prefetch(C + i * ldc, 1, 3);
    }
    // One pointer per three rows, hidden from the optimizer after each step: it would walk a single pointer from row to
    // row, a chain of additions as long as the multiplications take.
    const float *a[(MRN > MR ? MRN : MR) / 3 + 1];
    const int groups = unit ? 1 : (mr + 2) / 3;
#pragma clang loop unroll(full)
    for (int g = 0; g < groups; g++) a[g] = A + 3 * g * rs;
    for (long k = 0; k < K; k++) {
        vf b[NV];
#pragma clang loop unroll(full)
        for (int v = 0; v < nv; v++) b[v] = vload(B + v * step);
#pragma clang loop unroll(full)
        for (int i = 0; i < mr; i++) {
            vf x = splat(unit ? a[0][i] : a[i / 3][(i % 3) * rs]);
#pragma clang loop unroll(full)
            for (int v = 0; v < nv; v++) c[i][v] = vfma(x, b[v], c[i][v]);
        }
#pragma clang loop unroll(full)
        for (int g = 0; g < groups; g++) {
            a[g] += cs;
            __asm__("" : "+r"(a[g]));
        }
        B += ldb;
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < mr; i++)
#pragma clang loop unroll(full)
        for (int v = 0; v < nv; v++) {
            if (v + 1 < nv || last == VW) vstore(C + i * ldc + v * VW, c[i][v]);
            else vstore_n(C + i * ldc + v * VW, c[i][v], last);
        }
}

// All rows of one column tile. Every element is its own chain, so the cut into row tiles cannot be seen in the result.
AI void column(const int mr, const int nv, const int unit, long M, long K, const float *A, long rs, long cs,
               const float *B, long ldb, long panel, float *C, long ldc, int load, long last) {
    long m = 0;
    for (; m + mr <= M; m += mr)
        tile(mr, nv, unit, K, A + m * rs, rs, cs, B, ldb, panel, C + m * ldc, ldc, load, last);
#define NK_ROWS(r) \
    if (r < mr && M - m >= r) { \
        tile(r, nv, unit, K, A + m * rs, rs, cs, B, ldb, panel, C + m * ldc, ldc, load, last); \
        m += r; \
    }
    NK_ROWS(8)
    NK_ROWS(4)
    NK_ROWS(2)
    NK_ROWS(1)
#undef NK_ROWS
}

#define NK_COLUMN(name, mr, nv, unit) \
    static __attribute__((noinline)) void name(long M, long K, const float *A, long rs, long cs, const float *B, \
                                               long ldb, long panel, float *C, long ldc, int load, long last) { \
        column(mr, nv, unit, M, K, A, rs, cs, B, ldb, panel, C, ldc, load, last); \
    }
NK_COLUMN(wide_column, MR, NV, 0)
NK_COLUMN(wide_column_unit, MR, NV, 1)
NK_COLUMN(narrow_column, MRN, 1, 0)
NK_COLUMN(narrow_column_unit, MRN, 1, 1)

typedef void column_function(long, long, const float *, long, long, const float *, long, long, float *, long, int,
                             long);

static void gemm(long M, long N, long K, const float *A, long rs, long cs, const float *B, long ldb, long panel,
                 float *C, long ldc, int accumulate) {
    if (M <= 0 || N <= 0) return;
    if (K <= 0) {
        if (!accumulate)
            for (long m = 0; m < M; m++)
                for (long n = 0; n < N; n++) C[m * ldc + n] = 0;
        return;
    }
    long passes = (K + KC - 1) / KC, kc = (K + passes - 1) / passes;
    for (long k0 = 0; k0 < K; k0 += kc) {
        long kn = K - k0 < kc ? K - k0 : kc;
        int load = accumulate || k0 > 0;
        for (long m0 = 0; m0 < M; m0 += MC) {
            long mn = M - m0 < MC ? M - m0 : MC;
            const float *a = A + m0 * rs + k0 * cs;
            for (long n = 0; n < N;) {
                const float *b = B + n / 16 * panel + k0 * ldb + n % 16;
                float *c = C + m0 * ldc + n;
                int isWide = N - n > (NV - 1) * VW;
                long width = isWide ? NV * VW : VW;
                long last = N - n >= width ? VW : N - n - (width - VW);
                column_function *run = isWide ? (rs == 1 ? wide_column_unit : wide_column)
                                              : (rs == 1 ? narrow_column_unit : narrow_column);
                run(mn, kn, a, rs, cs, b, ldb, panel, c, ldc, load, last);
                n += width;
            }
        }
    }
}

// Chains enough to hide the latency of two units, as many as registers hold; a multiply and an add count as two
// operations on every path.
enum { chainCount = NK_ISA == 5 ? 24 : 12 };
static long fma_chain(long iterations, float *sink) {
    vf x[chainCount];
    vf a = splat(sink[0]), b = splat(sink[1]);
    for (int i = 0; i < chainCount; i++) x[i] = splat((float)i);
    for (long k = 0; k < iterations; k++) {
#pragma clang loop unroll(full)
        for (int i = 0; i < chainCount; i++) x[i] = vfma(x[i], a, b);
    }
    float sum = 0;
    for (int i = 0; i < chainCount; i++) sum += hsum(x[i]);
    sink[2] = sum;
    return iterations * chainCount * VW * 2;
}
