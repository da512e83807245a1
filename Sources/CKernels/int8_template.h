// Products of 8-bit whole numbers, summed exactly in 32 bits, of one path. Needs vector_ops.h, gemm_template.h and
// encoder_template.h.
//
// A row of A is q = round(x * 255 / (high - low)) + zero, 0 ... 255, where low <= 0 <= high are the row's own; a column of
// B is -127 ... 127. So C = (sum q w - zero * sum w) * scale of the row * scale of the column, and what is rounded is the
// same on every path. Two layouts, NK_QUADS chooses one for the path:
// - pairs: both sides are 16-bit numbers, two neighbours along K beside each other, for PMADDWD. Eight bits would do for
//   PMADDUBSW, which saturates at 16 bits: 255 * 127 * 2 is twice too large for it.
// - quads: A of unsigned and B of signed bytes, four neighbours beside each other, for VPDPBUSD, which does not saturate.

#if NK_QUADS
typedef uint8_t nk_level;
typedef int8_t nk_weight;
#define GROUP 4
#else
typedef int16_t nk_level;
typedef int16_t nk_weight;
#define GROUP 2
#endif

#define KG 768  // numbers along K per pass: panels of 24 KB

// sums + products of the neighbours in a with those in b.
AI vi dot_groups(vi sums, int32_t a, vi b) {
#if NK_QUADS && NK_VNNI
    return (vi)_mm512_dpbusd_epi32((__m512i)sums, _mm512_set1_epi32(a), (__m512i)b);
#elif NK_QUADS
    for (int i = 0; i < 4; i++) sums += ((b << (24 - 8 * i)) >> 24) * ((a >> (8 * i)) & 255);
    return sums;
#elif NK_ISA == 5
    return sums + (vi)_mm512_madd_epi16(_mm512_set1_epi32(a), (__m512i)b);
#elif NK_ISA == 2
    return sums + (vi)_mm256_madd_epi16(_mm256_set1_epi32(a), (__m256i)b);
#else
    return sums + ((b << 16) >> 16) * ((a << 16) >> 16) + (b >> 16) * (a >> 16);
#endif
}

static size_t packed_int8_size(long K, long N) {
    return K <= 0 || N <= 0 ? 0
                            : (size_t)((N + 15) / 16 * 16) * (size_t)((K + GROUP - 1) / GROUP * GROUP) * sizeof(nk_weight);
}

// Panels of 16 columns, each [(K + GROUP - 1) / GROUP][16][GROUP], from rows of B transposed.
static void pack_int8(long K, long N, const int8_t *columns, void *packed) {
    nk_weight *p = packed;
    for (long j = 0; j < N; j += 16)
        for (long k = 0; k < K; k += GROUP)
            for (long x = 0; x < 16; x++)
                for (long i = 0; i < GROUP; i++) *p++ = j + x < N && k + i < K ? columns[(j + x) * K + k + i] : 0;
}

AI vf vround(vf x) {
    const vf magic = splat(12582912.0f);  // 1.5 * 2^23: what is added to it loses its fraction, to nearest even
    return x + magic - magic;
}
AI vf vmin(vf a, vf b) { return vselect(a < b, a, b); }

AI void store_levels(nk_level *q, vf x, vf inverse, vf zero, long w) {
    typedef nk_level vl __attribute__((ext_vector_type(VW)));
    const vf level = vmin(vmax(vround(x * inverse) + zero, splat(0.0f)), splat(255.0f));
    const vl levels = __builtin_convertvector(__builtin_convertvector(level, vi), vl);
    __builtin_memcpy(q, &levels, (size_t)w * sizeof *q);
}

// Columns where keep is 0 count as 0. The last group is filled with 0.
static void quantize(long rows, long K, const float *x, long ldx, const float *keep, void *levels, long ldq,
                     float *scales, int32_t *zeros) {
    const long full = K - K % VW, tail = K - full;
    for (long r = 0; r < rows; r++, x += ldx) {
        nk_level *q = (nk_level *)((char *)levels + r * ldq);
        vf low = splat(0.0f), high = low;
        for (long n = 0; n < full; n += VW) {
            const vf v = vload(x + n) * vload(keep + n);
            low = vmin(v, low);
            high = vmax(v, high);
        }
        if (tail) {
            const vf v = vload_n(x + full, tail) * vload_n(keep + full, tail);
            low = vmin(v, low);
            high = vmax(v, high);
        }
        const float bottom = -hmax(-low), range = hmax(high) - bottom;
        const float inverse = range > 0.0f ? 255.0f / range : 0.0f;
        const vf factor = splat(inverse), zero = vround(splat(-bottom * inverse));
        for (long n = 0; n < full; n += VW) store_levels(q + n, vload(x + n) * vload(keep + n), factor, zero, VW);
        if (tail) store_levels(q + full, vload_n(x + full, tail) * vload_n(keep + full, tail), factor, zero, tail);
        for (long n = K; n % GROUP; n++) q[n] = 0;
        scales[r] = range / 255.0f;
        zeros[r] = (int32_t)zero[0];
    }
}

// Sums of mr rows and nv vectors of columns over some groups.
AI void int8_tile(const int mr, const int nv, long groups, const char *A, long lda, const nk_weight *B, long panel,
                  int32_t *sums, int load) {
    vi c[MR][NV];
    const long step = VW == 16 ? panel : GROUP * VW;
#pragma clang loop unroll(full)
    for (int i = 0; i < mr; i++)
#pragma clang loop unroll(full)
        for (int v = 0; v < nv; v++) {
            if (load) __builtin_memcpy(&c[i][v], sums + i * NV * VW + v * VW, sizeof(vi));
            else c[i][v] = (vi)(0);
        }
    // As in gemm_template.h: one pointer per three rows.
    const char *a[MR / 3 + 1];
    const int steps = (mr + 2) / 3;
#pragma clang loop unroll(full)
    for (int g = 0; g < steps; g++) a[g] = A + 3 * g * lda;
    for (long k = 0; k < groups; k++) {
        vi b[NV];
#pragma clang loop unroll(full)
        for (int v = 0; v < nv; v++) __builtin_memcpy(&b[v], B + v * step, sizeof(vi));
#pragma clang loop unroll(full)
        for (int i = 0; i < mr; i++) {
            int32_t group;
            __builtin_memcpy(&group, a[i / 3] + (i % 3) * lda, sizeof group);
#pragma clang loop unroll(full)
            for (int v = 0; v < nv; v++) c[i][v] = dot_groups(c[i][v], group, b[v]);
        }
#pragma clang loop unroll(full)
        for (int g = 0; g < steps; g++) {
            a[g] += 4;
            __asm__("" : "+r"(a[g]));
        }
        B += GROUP * 16;
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < mr; i++)
#pragma clang loop unroll(full)
        for (int v = 0; v < nv; v++) __builtin_memcpy(sums + i * NV * VW + v * VW, &c[i][v], sizeof(vi));
}

AI void int8_rows(const int nv, long M, long groups, const char *A, long lda, const nk_weight *B, long panel,
                  int32_t *sums, int load) {
    long m = 0;
    for (; m + MR <= M; m += MR) int8_tile(MR, nv, groups, A + m * lda, lda, B, panel, sums + m * NV * VW, load);
    for (; m + 3 <= M; m += 3) int8_tile(3, nv, groups, A + m * lda, lda, B, panel, sums + m * NV * VW, load);
    for (; m < M; m++) int8_tile(1, nv, groups, A + m * lda, lda, B, panel, sums + m * NV * VW, load);
}
static __attribute__((noinline)) void int8_column(int isWide, long M, long groups, const char *A, long lda,
                                                  const nk_weight *B, long panel, int32_t *sums, int load) {
    if (isWide) int8_rows(NV, M, groups, A, lda, B, panel, sums, load);
    else int8_rows(1, M, groups, A, lda, B, panel, sums, load);
}

// C = sums without the zeros' share, scaled.
AI void scale_sums(long rows, long N, const int32_t *sums, const float *scales, const int32_t *zeros,
                   const float *columnScales, const int32_t *columnSums, float *C, long ldc) {
    for (long r = 0; r < rows; r++, sums += NV * VW, C += ldc) {
        const vf scale = splat(scales[r]);
        for (long n = 0; n < N; n += VW) {
            vi s, columns;
            __builtin_memcpy(&s, sums + n, sizeof s);
            __builtin_memcpy(&columns, columnSums + n, sizeof columns);
            const vf v = __builtin_convertvector(s - columns * zeros[r], vf) * (scale * vload(columnScales + n));
            if (N - n >= VW) vstore(C + n, v);
            else vstore_n(C + n, v, N - n);
        }
    }
}

static void gemm_int8(long M, long N, long K, const void *A, long lda, const float *scales, const int32_t *zeros,
                      const struct nk_int8_matrix *B, const float *outliers, long ldo, const float *bias, int gelu,
                      float *C, long ldc) {
    const long groups = (K + GROUP - 1) / GROUP, most = KG / GROUP, panel = groups * 16 * GROUP;
    int32_t sums[MC * NV * VW];
    for (long m = 0; m < M; m += MC) {
        const long mn = M - m < MC ? M - m : MC;
        for (long n = 0; n < N;) {
            const int isWide = N - n > (NV - 1) * VW;
            const long width = isWide ? NV * VW : VW, rest = N - n < width ? N - n : width;
            const nk_weight *b = (const nk_weight *)B->panels + n / 16 * panel + n % 16 * GROUP;
            float *c = C + m * ldc + n;
            for (long k = 0; k < groups; k += most)
                int8_column(isWide, mn, groups - k < most ? groups - k : most, (const char *)A + m * lda + 4 * k, lda,
                            b + k * 16 * GROUP, panel, sums, k > 0);
            scale_sums(mn, rest, sums, scales + m, zeros + m, B->scales + n, B->sums + n, c, ldc);
            if (B->outlierCount)
                (isWide ? wide_column : narrow_column)(mn, B->outlierCount, outliers + m * ldo, ldo, 1,
                                                       B->outliers + n / 16 * 16 * B->outlierCount + n % 16, 16,
                                                       16 * B->outlierCount, c, ldc, 1, rest - (width - VW));
            bias_gelu(mn, rest, c, ldc, bias + n, gelu);
            n += width;
        }
    }
}
