// Element-wise functions of one path. Needs vector_ops.h.

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

// The transform of the three taps of a window convolution at the points p and -p, element by element: see
// window_template.h. At 0 and infinity it gives the outer taps themselves.
static void window_weights(long n, const float *g, float p, float scale, float *plus, float *minus) {
    const float *g0 = g, *g1 = g + n, *g2 = g + 2 * n;
    for (long i = 0; i < n; i++) {
        float even = (g0[i] + p * p * g2[i]) * scale, odd = p * g1[i] * scale;
        plus[i] = even + odd;
        minus[i] = even - odd;
    }
}

// The gradient of the taps, which lie `tap` apart, from that of the six components, which lie one after the other.
static void window_weight_gradients(long n, const float *du, float *dg, long tap) {
    const float *du0 = du, *du1 = du + n, *du2 = du + 2 * n, *du3 = du + 3 * n, *du4 = du + 4 * n, *du5 = du + 5 * n;
    const float one = 1.0f / 6, two = 1.0f / 24;
    for (long i = 0; i < n; i++) {
        float even = (du1[i] + du2[i]) * one, even2 = (du4[i] + du5[i]) * two;
        dg[i] = du0[i] + (even + even2);
        dg[tap + i] = (du1[i] - du2[i]) * one + (du4[i] - du5[i]) * (2 * two);
        dg[2 * tap + i] = (even + 4 * even2) + du3[i];
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

// Moments of a weight that gets no gradient any more fall below the normal numbers, and would stay there for ever: the
// smallest of them times 0.9 rounds to itself. Arithmetic with them is slow.
AI vf flush(vf x) {
    const vf magnitude = vbits(vint(x) & 0x7fffffff);
    return vselect(magnitude < splat(1.1754944e-38f), splat(0.0f), x);
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
        vf mi = flush(vfma(b1, whole ? vload(m + i) : vload_n(m + i, k), c1 * gi));
        vf vi_ = flush(vfma(b2, whole ? vload(v + i) : vload_n(v + i, k), c2 * (gi * gi)));
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

static long first_above_either(long n, const float *x, float bound, const float *bounds) {
    const vf b = splat(bound);
    long i = 0;
    for (; i + 4 * VW <= n; i += 4 * VW) {
        vi above = (vload(x + i) > b) | (vload(x + i) > vload(bounds + i));
        for (int v = 1; v < 4; v++) above |= (vload(x + i + v * VW) > b) | (vload(x + i + v * VW) > vload(bounds + i + v * VW));
        if (__builtin_reduce_or(above)) break;
    }
    for (; i < n; i++)
        if (x[i] > bound || x[i] > bounds[i]) return i;
    return n;
}
