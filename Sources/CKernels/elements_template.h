// Element-wise functions of one path. Needs vector_ops.h.

static void relu_backward(long n, const float *y, float *dy) {
    long i = 0;
    for (; i + VW <= n; i += VW) vstore(dy + i, vselect(vload(y + i) <= splat(0.0f), splat(0.0f), vload(dy + i)));
    for (; i < n; i++) dy[i] = y[i] <= 0 ? 0 : dy[i];
}

static void vector_exp(long n, const float *x, float *y) {
    long i = 0;
    for (; i + VW <= n; i += VW) vstore(y + i, vexp(vload(x + i)));
    if (i < n) vstore_n(y + i, vexp(vload_n(x + i, n - i)), n - i);
}

static void vector_log(long n, const float *x, float *y) {
    long i = 0;
    for (; i + VW <= n; i += VW) vstore(y + i, vlog(vload(x + i)));
    if (i < n) vstore_n(y + i, vlog(vload_n(x + i, n - i)), n - i);
}

// SplitMix64's output function (Steele, Lea and Flood 2014).
AI uint64_t mix64(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

// Hash of index = (high, low) under key: two 32-bit subkeys from mix64(key, high), then the 32-bit mixer "triple32"
// family's two-multiply form (C. Wellons, hash-prospector: 16 21f0aaad 15 d35a2d97 15) with the second subkey added
// between its multiplications, so that two keys give different permutations and not one permutation shifted.
AI vu hash_lanes(vu low, uint32_t key0, uint32_t key1) {
    vu h = low ^ key0;
    h ^= h >> 16;
    h *= 0x21f0aaadu;
    h ^= h >> 15;
    h += key1;
    h *= 0xd35a2d97u;
    h ^= h >> 15;
    return h;
}
AI uint64_t subkeys(uint64_t key, uint64_t high) {
    return mix64(mix64(key + 0x9e3779b97f4a7c15u) + (high + 1) * 0x9e3779b97f4a7c15u);
}

// Elements up to the next index whose low half is 0, where the subkeys change.
AI long same_high(uint64_t index, long n) {
    uint64_t left = 0x100000000u - (index & 0xffffffffu);
    return (uint64_t)n < left ? n : (long)left;
}

static void dropout(long n, const float *x, float *y, uint64_t key, uint64_t counter, uint32_t threshold,
                    float scale) {
    while (n > 0) {
        long m = same_high(counter, n), i = 0;
        uint64_t sub = subkeys(key, counter >> 32);
        uint32_t k0 = (uint32_t)sub, k1 = (uint32_t)(sub >> 32);
        vu index = NK_AS(lanes(), vu) + (uint32_t)counter;
        for (; i + VW <= m; i += VW, index += VW) {
            vi keep = NK_AS(hash_lanes(index, k0, k1) >= threshold, vi);
            vstore(y + i, vbits(keep & vint(vload(x + i) * scale)));
        }
        if (i < m) {
            vi keep = NK_AS(hash_lanes(index, k0, k1) >= threshold, vi);
            vstore_n(y + i, vbits(keep & vint(vload_n(x + i, m - i) * scale)), m - i);
        }
        n -= m, x += m, y += m, counter += (uint64_t)m;
    }
}

static void random_bits(long n, uint32_t *out, uint64_t key, uint64_t counter) {
    while (n > 0) {
        long m = same_high(counter, n), i = 0;
        uint64_t sub = subkeys(key, counter >> 32);
        vu index = NK_AS(lanes(), vu) + (uint32_t)counter;
        for (; i < m; i += VW, index += VW) {
            vu h = hash_lanes(index, (uint32_t)sub, (uint32_t)(sub >> 32));
            __builtin_memcpy(out + i, &h, (size_t)(m - i < VW ? m - i : VW) * sizeof *out);
        }
        n -= m, out += m, counter += (uint64_t)m;
    }
}

static void axpy(long n, float a, const float *x, float *y) {
    long i = 0;
    for (; i + VW <= n; i += VW) vstore(y + i, vfma(splat(a), vload(x + i), vload(y + i)));
    if (i < n) vstore_n(y + i, vfma(splat(a), vload_n(x + i, n - i), vload_n(y + i, n - i)), n - i);
}

static void add(long n, const float *x, float *y) {
    long i = 0;
    for (; i + VW <= n; i += VW) vstore(y + i, vload(x + i) + vload(y + i));
    for (; i < n; i++) y[i] += x[i];
}

static void scale_by(long n, float a, float *y) {
    long i = 0;
    for (; i + VW <= n; i += VW) vstore(y + i, vload(y + i) * a);
    for (; i < n; i++) y[i] *= a;
}

// A square of a float is exact in double, so a fused multiply-add changes nothing and every path agrees.
static double sum_squares(long n, const float *x) {
    typedef float f8 __attribute__((ext_vector_type(8)));
    typedef double d8 __attribute__((ext_vector_type(8)));
    d8 s[4] = {(d8)(0.0), (d8)(0.0), (d8)(0.0), (d8)(0.0)};
    long i = 0;
    float tail[32] = {0};
    for (; i < n; i += 32) {
        const float *p = x + i;
        if (n - i < 32) {
            for (long j = 0; j < n - i; j++) tail[j] = p[j];
            p = tail;
        }
#pragma clang loop unroll(full)
        for (int j = 0; j < 4; j++) {
            f8 f;
            __builtin_memcpy(&f, p + 8 * j, sizeof f);
            d8 d = __builtin_convertvector(f, d8);
            s[j] += d * d;
        }
    }
    d8 t = (s[0] + s[2]) + (s[1] + s[3]);
    double q0 = t[0] + t[4], q1 = t[1] + t[5], q2 = t[2] + t[6], q3 = t[3] + t[7];
    return (q0 + q2) + (q1 + q3);
}

static void adamw(long n, float *w, const float *g, float *m, float *v, double gscale, double learningRate,
                  double beta1, double beta2, double eps, double weightDecay, double step) {
    // 1 - beta in double: in float, 1 - 0.999 would be off by 5e-5 of itself.
    const vf b1 = splat((float)beta1), c1 = splat((float)(1 - beta1)), b2 = splat((float)beta2);
    const vf c2 = splat((float)(1 - beta2)), scale = splat((float)gscale), e = splat((float)eps);
    const vf negStep = splat((float)-step), negDecay = splat((float)(-learningRate * weightDecay));
    for (long i = 0; i < n; i += VW) {
        long k = n - i;
        int whole = k >= VW;
        vf gi = (whole ? vload(g + i) : vload_n(g + i, k)) * scale;
        vf mi = vfma(b1, whole ? vload(m + i) : vload_n(m + i, k), c1 * gi);
        vf vi_ = vfma(b2, whole ? vload(v + i) : vload_n(v + i, k), c2 * (gi * gi));
        vf wi = whole ? vload(w + i) : vload_n(w + i, k);
        wi = vfma(negStep, mi / (__builtin_elementwise_sqrt(vi_) + e), wi);
        wi = vfma(negDecay, wi, wi);
        if (whole) vstore(m + i, mi), vstore(v + i, vi_), vstore(w + i, wi);
        else vstore_n(m + i, mi, k), vstore_n(v + i, vi_, k), vstore_n(w + i, wi, k);
    }
}

static long first_above(long n, const float *x, float factor, const float *penalty, float bound) {
    const vf f = splat(factor), b = splat(bound);
    long i = 0;
    for (; i + 4 * VW <= n; i += 4 * VW) {
        vi above = f * vload(x + i) - vload(penalty + i) > b;
        for (int v = 1; v < 4; v++) above |= f * vload(x + i + v * VW) - vload(penalty + i + v * VW) > b;
        if (__builtin_reduce_or(above)) break;
    }
    for (; i < n; i++)
        if (factor * x[i] - penalty[i] > bound) return i;
    return n;
}
