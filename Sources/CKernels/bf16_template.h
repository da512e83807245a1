// Products of 16-bit floats with 8 bits of exponent (bfloat16), summed in 32 bits, of one path. Needs vector_ops.h and
// window_components.h.
//
// Columns of A come in pairs (2 j, 2 j + 1), a missing last one is 0. Each element of C is one chain of fused
// multiply-adds over the pairs in ascending order, the second of a pair before the first: what VDPBF16PS computes, so
// every path with fused multiply-adds gives the same bits. Subnormal numbers count as 0.

#if NK_BF16
AI void vto_bf16(uint16_t *p, vf v) {
    _mm256_storeu_si256((__m256i *)p, (__m256i)_mm512_cvtneps_pbh(NK_AS(v, __m512)));
}
// The roundings of both, a in the low half of each lane.
AI vi vpair_bf16(vf a, vf b) {
    const __m512i order = _mm512_or_si512(
        _mm512_cvtepu16_epi32(_mm256_setr_epi16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)),
        _mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_setr_epi16(
            16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31)), 16));
    return NK_AS(_mm512_permutexvar_epi16(
        order, (__m512i)_mm512_cvtne2ps_pbh(NK_AS(b, __m512), NK_AS(a, __m512))), vi);
}
#else
// In the low half of each lane.
AI vi vround_bf16(vf v) {
    const vi u = vint(v), magnitude = u & 0x7fffffff, sign = (u >> 16) & 0x8000;
    // To nearest even, by the carry out of the 16 dropped bits; NaN becomes quiet.
    vi bits = (magnitude + 0x7fff + ((u >> 16) & 1)) >> 16;
    bits = vint(vselect(magnitude > 0x7f800000, vbits(magnitude >> 16 | 0x40), vbits(bits)));
    bits = vint(vselect(magnitude < 0x00800000, vbits(bits & 0), vbits(bits)));
    return bits | sign;
}
AI void vto_bf16(uint16_t *p, vf v) {
    typedef uint16_t vh __attribute__((ext_vector_type(VW)));
    const vh h = __builtin_convertvector(NK_AS(vround_bf16(v), vu), vh);
    __builtin_memcpy(p, &h, sizeof h);
}
AI vi vpair_bf16(vf a, vf b) { return vround_bf16(a) | vround_bf16(b) << 16; }
#endif

// N rounded up to whole vectors are written, what is beyond N from the padding of x.
static void to_bf16(long rows, long N, const float *x, long ldx, uint16_t *y, long ldy) {
    for (long r = 0; r < rows; r++, x += ldx, y += ldy) {
        long n = 0;
        for (; n + VW <= N; n += VW) vto_bf16(y + n, vload(x + n));
        if (n < N) vto_bf16(y + n, vload_n(x + n, N - n));
    }
}

// window_inputs, rounded.
AI void window_inputs_bf16_tile(const int rows, long N, const float *d, long ldx, uint16_t *const v[6]) {
    for (long n = 0; n < N; n += VW) {
        vf parts[6];
        window_components(parts, rows, d + n, ldx, VW);
#pragma clang loop unroll(full)
        for (int i = 0; i < NK_COMPONENTS(rows); i++) vto_bf16(v[i] + n, parts[i]);
    }
}
static void window_inputs_bf16(const struct nk_tiles *tiles, long N, const float *x, long ldx, uint16_t *v, long ldv) {
    NK_EACH_TILE(tiles, {
        uint16_t *parts[6];
        for (int i = 0; i < 6; i++) parts[i] = v + component_row(tiles, i, t, fours) * ldv;
        window_inputs_bf16_tile(rows, N, x + row * ldx, ldx, parts);
    })
}

// Rows (2 j, 2 j + 1) side by side, column by column: those of columns n...n + 15 begin at y + j * ldy + n / 16 * panel. A
// missing row and the columns beyond N, up to a multiple of 16, are 0.
static void pair_rows_bf16(long rows, long N, const float *x, long ldx, uint16_t *y, long ldy, long panel) {
    for (long r = 0; r < rows; r += 2, x += 2 * ldx, y += ldy)
        for (long n = 0; n < (N + 15) / 16 * 16; n += VW) {
            const long width = N - n;
            vf a = splat(0.0f), b = a;
            if (width >= VW) {
                a = vload(x + n);
                if (r + 1 < rows) b = vload(x + ldx + n);
            } else if (width > 0) {
                a = vload_n(x + n, width);
                if (r + 1 < rows) b = vload_n(x + ldx + n, width);
            }
            const vi pair = vpair_bf16(a, b);
            __builtin_memcpy(y + n / 16 * panel + n % 16 * 2, &pair, sizeof pair);
        }
}

// mr x nv vectors of C; B holds panels of 16 columns, [pairs][16][2]. The pairs of a row of A lie side by side, lda from those of
// the next row; or, `unit`, those of all rows do, lda from the next ones.
AI void bf16_tile(const int mr, const int nv, const int unit, long pairs, const uint16_t *A, long lda,
                  const uint16_t *B, long panel, float *C, long ldc, long last) {
    vf c[MR][NV];
#pragma clang loop unroll(full)
    for (int i = 0; i < mr; i++)
#pragma clang loop unroll(full)
        for (int v = 0; v < nv; v++) c[i][v] = splat(0.0f);
    const long step = VW == 16 ? panel : 2 * VW;
    const long row = unit ? 2 : lda, next = unit ? lda : 2;
    // As in gemm_template.h: one pointer per three rows.
    const uint16_t *a[MR / 3 + 1];
    const int groups = (mr + 2) / 3;
#pragma clang loop unroll(full)
    for (int g = 0; g < groups; g++) a[g] = A + 3 * g * row;
    for (long k = 0; k < pairs; k++) {
        vi b[NV];
#pragma clang loop unroll(full)
        for (int v = 0; v < nv; v++) __builtin_memcpy(&b[v], B + v * step, sizeof(vi));
#pragma clang loop unroll(full)
        for (int i = 0; i < mr; i++) {
            int32_t pair;
            __builtin_memcpy(&pair, a[i / 3] + (i % 3) * row, sizeof pair);
#if NK_BF16
            const __m512bh x = (__m512bh)_mm512_set1_epi32(pair);
#pragma clang loop unroll(full)
            for (int v = 0; v < nv; v++)
                c[i][v] = NK_AS(_mm512_dpbf16_ps(NK_AS(c[i][v], __m512), x, (__m512bh)b[v]), vf);
#else
            const vf first = splat(nk_as_float((uint32_t)pair << 16));
            const vf second = splat(nk_as_float((uint32_t)pair & 0xffff0000u));
#pragma clang loop unroll(full)
            for (int v = 0; v < nv; v++) {
                c[i][v] = vfma(second, vbits(b[v] & (int32_t)0xffff0000), c[i][v]);
                c[i][v] = vfma(first, vbits(b[v] << 16), c[i][v]);
            }
#endif
        }
#pragma clang loop unroll(full)
        for (int g = 0; g < groups; g++) {
            a[g] += next;
            __asm__("" : "+r"(a[g]));
        }
        B += 32;
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < mr; i++)
#pragma clang loop unroll(full)
        for (int v = 0; v < nv; v++) {
            if (v + 1 < nv || last == VW) vstore(C + i * ldc + v * VW, c[i][v]);
            else vstore_n(C + i * ldc + v * VW, c[i][v], last);
        }
}

AI void bf16_column(const int nv, const int unit, long M, long pairs, const uint16_t *A, long lda, const uint16_t *B,
                    long panel, float *C, long ldc, long last) {
    const long row = unit ? 2 : lda;
    long m = 0;
    for (; m + MR <= M; m += MR) bf16_tile(MR, nv, unit, pairs, A + m * row, lda, B, panel, C + m * ldc, ldc, last);
    for (; m + 3 <= M; m += 3) bf16_tile(3, nv, unit, pairs, A + m * row, lda, B, panel, C + m * ldc, ldc, last);
    for (; m < M; m++) bf16_tile(1, nv, unit, pairs, A + m * row, lda, B, panel, C + m * ldc, ldc, last);
}

AI void gemm_bf16_of(const int unit, long M, long N, long K, const uint16_t *A, long lda, const uint16_t *P, float *C,
                     long ldc) {
    const long pairs = (K + 1) / 2, panel = 32 * pairs;
    for (long n = 0; n < N;) {
        const uint16_t *b = P + n / 16 * panel + n % 16 * 2;
        const int isWide = N - n > (NV - 1) * VW;
        const long width = isWide ? NV * VW : VW, rest = N - n - (width - VW), last = rest < VW ? rest : VW;
        if (isWide) bf16_column(NV, unit, M, pairs, A, lda, b, panel, C + n, ldc, last);
        else bf16_column(1, unit, M, pairs, A, lda, b, panel, C + n, ldc, last);
        n += width;
    }
}

static void gemm_bf16(long M, long N, long K, const uint16_t *A, long lda, const uint16_t *P, float *C, long ldc) {
    gemm_bf16_of(0, M, N, K, A, lda, P, C, ldc);
}
static void gemm_bf16_pairs(long M, long N, long K, const uint16_t *A, long lda, const uint16_t *P, float *C,
                            long ldc) {
    gemm_bf16_of(1, M, N, K, A, lda, P, C, ldc);
}
