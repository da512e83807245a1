// Products of 8-bit whole numbers, summed exactly in 32 bits, of one path. Needs vector_ops.h, gemm_template.h,
// encoder_template.h and window_components.h.
//
// A row of A is q = round(x * 255 / (high - low)) + zero, 0 ... 255, where low <= 0 <= high are the row's own; a column of
// B is -127 ... 127. So C = (sum q w - zero * sum w) * scale of the row * scale of the column, and what is rounded is the
// same on every path. Two layouts, NK_QUADS chooses one for the path:
// - pairs: both sides are 16-bit numbers, two neighbours along K beside each other, for PMADDWD. Eight bits would do for
//   PMADDUBSW, which saturates at 16 bits: 255 * 127 * 2 is twice too large for it.
// - quads: A of unsigned and B of signed bytes, four neighbours beside each other, for VPDPBUSD, which does not saturate.

#if NK_QUADS
// A group of levels has four bytes.
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
#if NK_QUADS && NK_VNNI && NK_ISA == 5
    return (vi)_mm512_dpbusd_epi32((__m512i)sums, _mm512_set1_epi32(a), (__m512i)b);
#elif NK_QUADS && NK_VNNI
    return (vi)_mm256_dpbusd_avx_epi32((__m256i)sums, _mm256_set1_epi32(a), (__m256i)b);
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

AI void put_levels(nk_level *q, vi levels, long w) {
    typedef nk_level vl __attribute__((ext_vector_type(VW)));
    const vl narrow = __builtin_convertvector(levels, vl);
    __builtin_memcpy(q, &narrow, (size_t)w * sizeof *q);
}
AI void store_levels(nk_level *q, vf x, vf inverse, vf zero, long w) {
    const vf level = vmin(vmax(vround(x * inverse) + zero, splat(0.0f)), splat(255.0f));
    put_levels(q, __builtin_convertvector(level, vi), w);
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

// Levels of w columns of the components of a tile.
AI void store_window_levels(const int rows, nk_level *const q[6], const vf factor[6], const float *d, long ldx, long n,
                            long w) {
    const vf middle = splat(12582912.0f + 128.0f);  // as in vround; the last 8 bits of what it is added to are the level
    vf v[6];
    window_components(v, rows, d + n, ldx, w);
#pragma clang loop unroll(full)
    for (int i = 0; i < NK_COMPONENTS(rows); i++) put_levels(q[i] + n, vint(v[i] * factor[i] + middle) & 255, w);
}
// Most components are differences, so 0 is the middle of their levels: 128 + round(v * 127 / the largest).
AI void window_quantize_tile(const int rows, long K, const float *d, long ldx, const long at[6], void *levels, long ldq,
                             float *scales, int32_t *zeros) {
    const long full = K - K % VW, tail = K - full;
    vf largest[6], factor[6];
    nk_level *q[6];
#pragma clang loop unroll(full)
    for (int i = 0; i < NK_COMPONENTS(rows); i++) largest[i] = splat(0.0f);
    for (long n = 0; n < K; n += VW) {
        vf v[6];
        window_components(v, rows, d + n, ldx, n < full ? VW : tail);
#pragma clang loop unroll(full)
        for (int i = 0; i < NK_COMPONENTS(rows); i++) largest[i] = vmax(vbits(vint(v[i]) & 0x7fffffff), largest[i]);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < NK_COMPONENTS(rows); i++) {
        const float most = hmax(largest[i]);
        factor[i] = splat(most > 0.0f ? 127.0f / most : 0.0f);
        scales[at[i]] = most / 127.0f;
        zeros[at[i]] = 128;
        q[i] = (nk_level *)((char *)levels + at[i] * ldq);
    }
    for (long n = 0; n < full; n += VW) store_window_levels(rows, q, factor, d, ldx, n, VW);
    if (tail) store_window_levels(rows, q, factor, d, ldx, full, tail);
    for (long n = K; n % GROUP; n++)
        for (int i = 0; i < NK_COMPONENTS(rows); i++) q[i][n] = 0;
}
AI void window_quantize_of(const struct nk_tiles *tiles, long K, const float *x, long ldx, void *levels, long ldq,
                           float *scales, int32_t *zeros) {
    NK_EACH_TILE(tiles, {
        long at[6];
        for (int i = 0; i < 6; i++) at[i] = component_row(tiles, i, t, fours);
        window_quantize_tile(rows, K, x + row * ldx, ldx, at, levels, ldq, scales, zeros);
    })
}
static void window_quantize(const struct nk_tiles *tiles, long K, const float *x, long ldx, void *levels, long ldq,
                            float *scales, int32_t *zeros) {
    // The usual width as a constant: its loops are laid out without a branch.
    if (K == 96) window_quantize_of(tiles, 96, x, ldx, levels, ldq, scales, zeros);
    else window_quantize_of(tiles, K, x, ldx, levels, ldq, scales, zeros);
}

// What becomes of the sums of a column of tiles: rows of C, and the scales and zeros by which they are theirs.
struct int8_target {
    const float *scales;
    const int32_t *zeros;
    const float *columnScales;
    const int32_t *columnSums;
    float *C;
    long ldc, last;  // last: columns of the last vector
};

// Sums of mr rows and nv vectors of columns over some groups. They continue those in `sums` where `load`, and are put there
// again, or, `finish`, without the zeros' share and scaled into C.
AI void int8_tile(const int mr, const int nv, long groups, const char *A, long lda, const nk_weight *B, long panel,
                  int32_t *sums, int load, int finish, const struct int8_target *target, long m) {
    vi c[MR][NV];
    const long step = VW == 16 ? panel : GROUP * VW;
#pragma clang loop unroll(full)
    for (int i = 0; i < mr; i++)
#pragma clang loop unroll(full)
        for (int v = 0; v < nv; v++) c[i][v] = (vi)(0);
    if (load)
#pragma clang loop unroll(full)
        for (int i = 0; i < mr; i++)
#pragma clang loop unroll(full)
            for (int v = 0; v < nv; v++) __builtin_memcpy(&c[i][v], sums + i * NV * VW + v * VW, sizeof(vi));
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
    if (!finish) {
#pragma clang loop unroll(full)
        for (int i = 0; i < mr; i++)
#pragma clang loop unroll(full)
            for (int v = 0; v < nv; v++) __builtin_memcpy(sums + i * NV * VW + v * VW, &c[i][v], sizeof(vi));
        return;
    }
#pragma clang loop unroll(full)
    for (int v = 0; v < nv; v++) {
        vi columnSums;
        __builtin_memcpy(&columnSums, target->columnSums + v * VW, sizeof columnSums);
        const vf columnScales = vload(target->columnScales + v * VW);
#pragma clang loop unroll(full)
        for (int i = 0; i < mr; i++) {
            float *out = target->C + (m + i) * target->ldc + v * VW;
            const vf y = __builtin_convertvector(c[i][v] - columnSums * target->zeros[m + i], vf)
                         * (splat(target->scales[m + i]) * columnScales);
            if (v + 1 < nv || target->last == VW) vstore(out, y);
            else vstore_n(out, y, target->last);
        }
    }
}

AI void int8_rows(const int nv, long M, long groups, const char *A, long lda, const nk_weight *B, long panel,
                  int32_t *sums, int load, int finish, const struct int8_target *target) {
    long m = 0;
#define NK_ROWS(r) \
    for (; m + r <= M; m += r) \
        int8_tile(r, nv, groups, A + m * lda, lda, B, panel, sums + m * NV * VW, load, finish, target, m)
    NK_ROWS(MR);
    NK_ROWS(3);
    NK_ROWS(1);
#undef NK_ROWS
}
static __attribute__((noinline)) void int8_column(int isWide, long M, long groups, const char *A, long lda,
                                                  const nk_weight *B, long panel, int32_t *sums, int load, int finish,
                                                  const struct int8_target *target) {
    if (isWide) int8_rows(NV, M, groups, A, lda, B, panel, sums, load, finish, target);
    else int8_rows(1, M, groups, A, lda, B, panel, sums, load, finish, target);
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
            const struct int8_target target = {
                scales + m, zeros + m, B->scales + n, B->sums + n, c, ldc, rest - (width - VW)};
            for (long k = 0; k < groups; k += most)
                int8_column(isWide, mn, groups - k < most ? groups - k : most, (const char *)A + m * lda + 4 * k, lda,
                            b + k * 16 * GROUP, panel, sums, k > 0, groups - k <= most, &target);
            if (B->outlierCount)
                (isWide ? wide_column : narrow_column)(mn, B->outlierCount, outliers + m * ldo, ldo, 1,
                                                       B->outliers + n / 16 * 16 * B->outlierCount + n % 16, 16,
                                                       16 * B->outlierCount, c, ldc, 1, target.last);
            if (bias) bias_gelu(mn, rest, c, ldc, bias + n, gelu);
            n += width;
        }
    }
}
