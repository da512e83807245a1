// Vectors of VW floats for one path; included once per kernels_*.c file, after VW, NK_FMA and NK_ISA are defined and
// inside that file's target pragma. NK_ISA: 0 plain, 2 AVX2, 3 AVX2 with 16 lanes in two halves, 5 AVX-512.

#define AI static inline __attribute__((always_inline, unused))
// The same bits as another type of the same size.
#define NK_AS(value, type) ((type)(value))

typedef float vf __attribute__((ext_vector_type(VW)));
typedef int32_t vi __attribute__((ext_vector_type(VW)));
typedef uint32_t vu __attribute__((ext_vector_type(VW)));

static const int32_t lane_numbers[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

AI vi lanes(void) {
    vi v;
    __builtin_memcpy(&v, lane_numbers, sizeof v);
    return v;
}
AI vf splat(float x) { return (vf)(x); }
AI float nk_as_float(uint32_t bits) {
    float x;
    __builtin_memcpy(&x, &bits, sizeof x);
    return x;
}
AI vf vload(const float *p) {
    vf v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}
AI void vstore(float *p, vf v) { __builtin_memcpy(p, &v, sizeof v); }
AI vf vbits(vi v) { return NK_AS(v, vf); }
AI vi vint(vf v) { return NK_AS(v, vi); }
// mask lanes are all ones or all zeros.
AI vf vselect(vi mask, vf a, vf b) { return vbits((mask & vint(a)) | (~mask & vint(b))); }

AI vf vfma(vf a, vf b, vf c) {
#if NK_FMA
    return __builtin_elementwise_fma(a, b, c);
#else
    return a * b + c;
#endif
}

// The first n lanes (1...VW), the others 0; and the store of those lanes only.
AI vf vload_n(const float *p, long n) {
#if NK_ISA == 5
    return NK_AS(_mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), p), vf);
#elif NK_ISA == 2
    return NK_AS(_mm256_maskload_ps(p, NK_AS(lanes() < (int32_t)n, __m256i)), vf);
#elif NK_ISA == 3
    vi mask = lanes() < (int32_t)n;
    vf v;
    v.lo = _mm256_maskload_ps(p, NK_AS(mask.lo, __m256i));
    v.hi = _mm256_maskload_ps(p + 8, NK_AS(mask.hi, __m256i));
    return v;
#else
    float t[VW] = {0};
    for (long i = 0; i < n; i++) t[i] = p[i];
    return vload(t);
#endif
}
AI void vstore_n(float *p, vf v, long n) {
#if NK_ISA == 5
    _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), NK_AS(v, __m512));
#elif NK_ISA == 2
    _mm256_maskstore_ps(p, NK_AS(lanes() < (int32_t)n, __m256i), NK_AS(v, __m256));
#elif NK_ISA == 3
    vi mask = lanes() < (int32_t)n;
    _mm256_maskstore_ps(p, NK_AS(mask.lo, __m256i), NK_AS(v.lo, __m256));
    _mm256_maskstore_ps(p + 8, NK_AS(mask.hi, __m256i), NK_AS(v.hi, __m256));
#else
    float t[VW];
    vstore(t, v);
    for (long i = 0; i < n; i++) p[i] = t[i];
#endif
}

// Lanes combined in halves: the order is fixed by VW.
AI float hsum(vf v) {
#if VW == 16
    __attribute__((ext_vector_type(8))) float e = v.lo + v.hi;
    __attribute__((ext_vector_type(4))) float q = e.lo + e.hi;
#elif VW == 8
    __attribute__((ext_vector_type(4))) float q = v.lo + v.hi;
#else
    vf q = v;
#endif
    return (q.x + q.z) + (q.y + q.w);
}
AI vf vmax(vf a, vf b) { return vselect(a > b, a, b); }
// Lanes combined in halves. A NaN among them need not win: what follows it makes the row NaN anyway.
AI float hmax(vf v) {
#if VW == 16
    __attribute__((ext_vector_type(8))) float e = v.lo > v.hi ? v.lo : v.hi;
    __attribute__((ext_vector_type(4))) float q = e.lo > e.hi ? e.lo : e.hi;
#elif VW == 8
    __attribute__((ext_vector_type(4))) float q = v.lo > v.hi ? v.lo : v.hi;
#else
    vf q = v;
#endif
    float a0 = q.x > q.z ? q.x : q.z, a1 = q.y > q.w ? q.y : q.w;
    return a0 > a1 ? a0 : a1;
}

// exp: x = n ln 2 + r, |r| <= ln 2 / 2, polynomial of degree 7 in r; 2^n in two factors, so that results below the
// normal range round once. Coefficients: Cephes expf (S. Moshier).
AI vf vexp(vf x) {
    const vf magic = splat(12582912.0f);  // 1.5 * 2^23: adding it rounds to an integer held in the low bits
    x = vselect(x < splat(-104.0f), splat(-104.0f), x);
    x = vselect(x > splat(89.0f), splat(89.0f), x);
    vf t = vfma(x, splat(1.44269504088896341f), magic);
    vf n = t - magic;
    vi exponent = vint(t) - vint(magic);
    vf r = vfma(n, splat(-0.693359375f), x);
    r = vfma(n, splat(2.12194440e-4f), r);
    vf p = splat(1.9875691500e-4f);
    p = vfma(p, r, splat(1.3981999507e-3f));
    p = vfma(p, r, splat(8.3334519073e-3f));
    p = vfma(p, r, splat(4.1665795894e-2f));
    p = vfma(p, r, splat(1.6666665459e-1f));
    p = vfma(p, r, splat(5.0000001201e-1f));
    p = vfma(p, r * r, r) + splat(1.0f);
    vi half = exponent >> 1;
    return p * vbits((half + 127) << 23) * vbits((exponent - half + 127) << 23);
}

// log: x = 2^e m, m in [sqrt 1/2, sqrt 2), polynomial in m - 1. Coefficients: Cephes logf (S. Moshier).
AI vf vlog(vf x) {
    vi tiny = x < splat(1.17549435e-38f);
    vf scaled = vselect(tiny, x * splat(8388608.0f), x);
    vi bits = vint(scaled);
    vi e = (bits >> 23) - 126 - (tiny & 23);
    vf m = vbits((bits & 0x007fffff) | 0x3f000000);
    vi low = m < splat(0.707106781186547524f);
    e += low;
    m = m + vselect(low, m, splat(0.0f)) - splat(1.0f);
    vf z = m * m, fe = __builtin_convertvector(e, vf);
    vf y = splat(7.0376836292e-2f);
    y = vfma(y, m, splat(-1.1514610310e-1f));
    y = vfma(y, m, splat(1.1676998740e-1f));
    y = vfma(y, m, splat(-1.2420140846e-1f));
    y = vfma(y, m, splat(1.4249322787e-1f));
    y = vfma(y, m, splat(-1.6668057665e-1f));
    y = vfma(y, m, splat(2.0000714765e-1f));
    y = vfma(y, m, splat(-2.4999993993e-1f));
    y = vfma(y, m, splat(3.3333331174e-1f));
    y = y * m * z;
    y = vfma(fe, splat(-2.12194440e-4f), y);
    y = vfma(z, splat(-0.5f), y);
    vf result = vfma(fe, splat(0.693359375f), m + y);
    result = vselect(x == splat(0.0f), splat(-__builtin_inff()), result);
    result = vselect(x == splat(__builtin_inff()), x, result);
    return vselect(x >= splat(0.0f), result, splat(__builtin_nanf("")));
}
