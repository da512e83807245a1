// 16-bit floats, and 8-bit rows, of one path. Needs vector_ops.h.

AI vf vfrom_half(const uint16_t *p) {
#if NK_ISA == 5
    return NK_AS(_mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)p)), vf);
#elif NK_ISA == 2
    return NK_AS(_mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)p)), vf);
#elif NK_ISA == 3
    vf v;
    v.lo = _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)p));
    v.hi = _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(p + 8)));
    return v;
#else
    typedef uint16_t vh __attribute__((ext_vector_type(VW)));
    vh h;
    __builtin_memcpy(&h, p, sizeof h);
    vi u = NK_AS(__builtin_convertvector(h, vu), vi);
    vi magnitude = u & 0x7fff, sign = (u & 0x8000) << 16;
    vi normal = (magnitude << 13) + (112 << 23);
    // Below 2^-14: as 0.5 + magnitude * 2^-24, less 0.5, which is exact and needs no subnormal float.
    vi subnormal = vint(vbits(magnitude | 0x3f000000) - splat(0.5f));
    vi special = (magnitude << 13) | 0x7f800000 | ((magnitude > 0x7c00) & 0x00400000);
    vi bits = vint(vselect(magnitude < 0x400, vbits(subnormal), vbits(normal)));
    bits = vint(vselect(magnitude >= 0x7c00, vbits(special), vbits(bits)));
    return vbits(bits | sign);
#endif
}

AI void vto_half(uint16_t *p, vf v) {
#if NK_ISA == 5
    _mm256_storeu_si256((__m256i *)p, _mm512_cvtps_ph(NK_AS(v, __m512), _MM_FROUND_TO_NEAREST_INT));
#elif NK_ISA == 2
    _mm_storeu_si128((__m128i *)p, _mm256_cvtps_ph(NK_AS(v, __m256), _MM_FROUND_TO_NEAREST_INT));
#elif NK_ISA == 3
    _mm_storeu_si128((__m128i *)p, _mm256_cvtps_ph(NK_AS(v.lo, __m256), _MM_FROUND_TO_NEAREST_INT));
    _mm_storeu_si128((__m128i *)(p + 8), _mm256_cvtps_ph(NK_AS(v.hi, __m256), _MM_FROUND_TO_NEAREST_INT));
#else
    typedef uint16_t vh __attribute__((ext_vector_type(VW)));
    vi u = vint(v) & 0x7fffffff, sign = (vint(v) >> 16) & 0x8000;
    // Rounding to nearest even by the carry out of the 13 dropped bits; it may carry into infinity, rightly.
    vi normal = (u - (112 << 23) + 0xfff + ((u >> 13) & 1)) >> 13;
    // Below 2^-14: adding 0.5 leaves the rounded multiple of 2^-24 in the low bits.
    vi subnormal = vint(vbits(u) + splat(0.5f)) - 0x3f000000;
    vi special = 0x7c00 | ((u > 0x7f800000) & (0x200 | ((u >> 13) & 0x3ff)));
    vi bits = vint(vselect(u < 0x38800000, vbits(subnormal), vbits(normal)));
    bits = vint(vselect(u >= 0x47800000, vbits(special), vbits(bits)));
    vh h = __builtin_convertvector(NK_AS(bits | sign, vu), vh);
    __builtin_memcpy(p, &h, sizeof h);
#endif
}

AI vf vfrom_half_n(const uint16_t *p, long n) {
#if NK_ISA == 5
    return NK_AS(_mm512_cvtph_ps(_mm256_maskz_loadu_epi16((__mmask16)((1u << n) - 1), p)), vf);
#else
    uint16_t t[VW] = {0};
    for (long i = 0; i < n; i++) t[i] = p[i];
    return vfrom_half(t);
#endif
}

// The last n numbers of a row of dim, in the first lanes: 0 < n < VW.
AI vf row_tail(const uint16_t *row, long dim, long n) {
#if NK_ISA == 2
    // A copy of some numbers is slow to load as a whole: the row's last vector, moved down.
    static const int8_t places[32] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                                      -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};
    if (dim >= VW) {
        const __m128i last = _mm_loadu_si128((const __m128i *)(row + dim - VW));
        const __m128i order = _mm_loadu_si128((const __m128i *)(places + 16 - 2 * n));
        return NK_AS(_mm256_cvtph_ps(_mm_shuffle_epi8(last, order)), vf);
    }
#endif
    return vfrom_half_n(row + dim - n, n);
}

static void f16_to_f32(long n, const uint16_t *x, float *y) {
    long i = 0;
    for (; i + VW <= n; i += VW) vstore(y + i, vfrom_half(x + i));
    if (i < n) vstore_n(y + i, vfrom_half_n(x + i, n - i), n - i);
}

static void f32_to_f16(long n, const float *x, uint16_t *y) {
    long i = 0;
    for (; i + VW <= n; i += VW) vto_half(y + i, vload(x + i));
    if (i < n) {
        uint16_t t[VW];
        vto_half(t, vload_n(x + i, n - i));
        for (long j = 0; i + j < n; j++) y[i + j] = t[j];
    }
}

#define NK_AHEAD 16  // rows between a prefetch and its use

// Asks for the lines of a row that is needed soon.
AI void prefetch_row(const void *row, long bytes) {
    for (long b = 0; b < bytes; b += 64) __builtin_prefetch((const char *)row + b, 0, 3);
    __builtin_prefetch((const char *)row + bytes - 1, 0, 3);
}

static void gather_f16(long count, const uint32_t *rows, const uint16_t *table, long dim, float scale, float *out,
                       long ldo) {
    if (dim <= 0) return;
    const long full = dim - dim % VW;
    const vf s = splat(scale);
    for (long r = 0; r < count; r++, out += ldo) {
        if (r + NK_AHEAD < count && rows[r + NK_AHEAD] != NK_NO_ROW)
            prefetch_row(table + (size_t)rows[r + NK_AHEAD] * (size_t)dim, dim * 2);
        if (rows[r] == NK_NO_ROW) {
            for (long n = 0; n < dim; n++) out[n] = 0;
            continue;
        }
        const uint16_t *row = table + (size_t)rows[r] * (size_t)dim;
        for (long n = 0; n < full; n += VW) vstore(out + n, vfrom_half(row + n) * s);
        if (full < dim) vstore_n(out + full, row_tail(row, dim, dim - full) * s, dim - full);
    }
}

#define NK_STREAM_AHEAD 4096  // bytes between a prefetch and its use, where rows are read one after the other

// What dot_rows of the widened rows gives, bit for bit.
static void dot_rows_f16(long rows, long N, const uint16_t *x, const float *q, float *dots, float *squares) {
    const long tail = N % VW;
    const vf lastQ = tail ? vload_n(q + N - tail, tail) : splat(0);
    for (long r = 0; r < rows; r++, x += N) {
        for (long b = 0; b < 2 * N; b += 64) __builtin_prefetch((const char *)x + NK_STREAM_AHEAD + b, 0, 3);
        vf d0 = splat(0), d1 = splat(0), s0 = splat(0), s1 = splat(0);
        long n = 0;
        for (; n + 2 * VW <= N; n += 2 * VW) {
            vf a = vfrom_half(x + n), b = vfrom_half(x + n + VW);
            d0 = vfma(a, vload(q + n), d0);
            d1 = vfma(b, vload(q + n + VW), d1);
            s0 = vfma(a, a, s0);
            s1 = vfma(b, b, s1);
        }
        if (n + VW <= N) {
            vf a = vfrom_half(x + n);
            d0 = vfma(a, vload(q + n), d0);
            s0 = vfma(a, a, s0);
        }
        if (tail) {
            vf a = row_tail(x, N, tail);
            d0 = vfma(a, lastQ, d0);
            s0 = vfma(a, a, s0);
        }
        dots[r] = hsum(d0 + d1);
        squares[r] = hsum(s0 + s1);
    }
}

AI vf vfrom_int8(const int8_t *p) {
    typedef int8_t vc __attribute__((ext_vector_type(VW)));
    vc c;
    __builtin_memcpy(&c, p, sizeof c);
    return __builtin_convertvector(__builtin_convertvector(c, vi), vf);
}

static void gather_i8(long count, const uint32_t *rows, const int8_t *table, const float *rowScales, long dim,
                      float scale, float *out, long ldo) {
    if (dim <= 0) return;
    const long full = dim - dim % VW;
    for (long r = 0; r < count; r++, out += ldo) {
        if (r + NK_AHEAD < count && rows[r + NK_AHEAD] != NK_NO_ROW) {
            prefetch_row(table + (size_t)rows[r + NK_AHEAD] * (size_t)dim, dim);
            __builtin_prefetch(rowScales + rows[r + NK_AHEAD], 0, 3);
        }
        if (rows[r] == NK_NO_ROW) {
            for (long n = 0; n < dim; n++) out[n] = 0;
            continue;
        }
        const int8_t *row = table + (size_t)rows[r] * (size_t)dim;
        const float factor = scale * rowScales[rows[r]];
        for (long n = 0; n < full; n += VW) vstore(out + n, vfrom_int8(row + n) * splat(factor));
        for (long n = full; n < dim; n++) out[n] = (float)row[n] * factor;
    }
}
