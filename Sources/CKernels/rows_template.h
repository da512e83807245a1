// Row-wise functions of one path. Needs vector_ops.h. Sums within a row: lane i takes columns i, i + VW, ..., then the
// lanes are added by hsum.

#define NK_TAIL (N - n < VW ? N - n : VW)

static void bias_act(long rows, long N, float *C, long ldc, const float *bias, int relu) {
    // Without the rectifier the floor is -inf, which no value is below; NaN is below nothing.
    const vf floor = splat(relu ? 0.0f : -__builtin_inff());
    for (long r = 0; r < rows; r++, C += ldc) {
        long n = 0;
        for (; n + VW <= N; n += VW) {
            vf x = vload(C + n) + vload(bias + n);
            vstore(C + n, vselect(x < floor, floor, x));
        }
        if (n < N) {
            vf x = vload_n(C + n, N - n) + vload_n(bias + n, N - n);
            vstore_n(C + n, vselect(x < floor, floor, x), N - n);
        }
    }
}

static void bias_gradient(long rows, long N, const float *dy, long ldd, float *db) {
    long n = 0;
    for (; n + 4 * VW <= N; n += 4 * VW) {
        vf s0 = splat(0.0f), s1 = s0, s2 = s0, s3 = s0;
        for (long r = 0; r < rows; r++) {
            const float *d = dy + r * ldd + n;
            s0 += vload(d);
            s1 += vload(d + VW);
            s2 += vload(d + 2 * VW);
            s3 += vload(d + 3 * VW);
        }
        vstore(db + n, vload(db + n) + s0);
        vstore(db + n + VW, vload(db + n + VW) + s1);
        vstore(db + n + 2 * VW, vload(db + n + 2 * VW) + s2);
        vstore(db + n + 3 * VW, vload(db + n + 3 * VW) + s3);
    }
    for (; n < N; n += VW) {
        long w = NK_TAIL;
        vf s = splat(0.0f);
        for (long r = 0; r < rows; r++) s += vload_n(dy + r * ldd + n, w);
        vstore_n(db + n, vload_n(db + n, w) + s, w);
    }
}

static void layernorm_forward(long rows, long N, const float *x, long ldx, const float *gamma, const float *beta,
                              float eps, float *y, long ldy, float *mean, float *rstd) {
    if (N <= 0) return;
    const long tail = N % VW, full = N - tail;
    const vi tailMask = lanes() < (int32_t)tail;
    for (long r = 0; r < rows; r++, x += ldx, y += ldy) {
        vf s = splat(0.0f), q = s;
        for (long n = 0; n < full; n += VW) s += vload(x + n);
        if (tail) s += vload_n(x + full, tail);
        const float mu = hsum(s) / (float)N;
        const vf vmu = splat(mu);
        for (long n = 0; n < full; n += VW) {
            vf d = vload(x + n) - vmu;
            q = vfma(d, d, q);
        }
        if (tail) {
            vf d = vselect(tailMask, vload_n(x + full, tail) - vmu, splat(0.0f));
            q = vfma(d, d, q);
        }
        const float inverse = 1.0f / __builtin_elementwise_sqrt(hsum(q) / (float)N + eps);
        const vf vinv = splat(inverse);
        for (long n = 0; n < full; n += VW)
            vstore(y + n, vfma((vload(x + n) - vmu) * vinv, vload(gamma + n), vload(beta + n)));
        if (tail)
            vstore_n(y + full, vfma((vload_n(x + full, tail) - vmu) * vinv, vload_n(gamma + full, tail),
                                    vload_n(beta + full, tail)), tail);
        if (mean) mean[r] = mu;
        if (rstd) rstd[r] = inverse;
    }
}

static void layernorm_backward(long rows, long N, const float *dy, long lddy, const float *x, long ldx,
                               const float *gamma, const float *mean, const float *rstd, float *dx, long lddx,
                               float *dgamma, float *dbeta) {
    if (N <= 0) return;
    const long tail = N % VW, full = N - tail;
    for (long r = 0; r < rows; r++, dy += lddy, x += ldx, dx += lddx) {
        const vf mu = splat(mean[r]), inverse = splat(rstd[r]);
        vf s = splat(0.0f), q = s;
        // The tail needs no mask: dy is loaded as 0 there, and so is what is added.
        for (long n = 0; n < N; n += VW) {
            long w = NK_TAIL;
            int whole = n < full;
            vf d = whole ? vload(dy + n) : vload_n(dy + n, w);
            vf hat = ((whole ? vload(x + n) : vload_n(x + n, w)) - mu) * inverse;
            vf g = d * (whole ? vload(gamma + n) : vload_n(gamma + n, w));
            s += g;
            q = vfma(g, hat, q);
            if (whole) {
                vstore(dgamma + n, vfma(d, hat, vload(dgamma + n)));
                vstore(dbeta + n, vload(dbeta + n) + d);
            } else {
                vstore_n(dgamma + n, vfma(d, hat, vload_n(dgamma + n, w)), w);
                vstore_n(dbeta + n, vload_n(dbeta + n, w) + d, w);
            }
        }
        const vf m1 = splat(hsum(s) / (float)N), m2 = splat(hsum(q) / (float)N);
        for (long n = 0; n < full; n += VW) {
            vf hat = (vload(x + n) - mu) * inverse;
            vstore(dx + n, (vload(dy + n) * vload(gamma + n) - m1 - hat * m2) * inverse);
        }
        if (tail) {
            vf hat = (vload_n(x + full, tail) - mu) * inverse;
            vf g = vload_n(dy + full, tail) * vload_n(gamma + full, tail);
            vstore_n(dx + full, (g - m1 - hat * m2) * inverse, tail);
        }
    }
}

AI float row_max(long N, const float *x) {
    const vf lowest = splat(-__builtin_inff());
    vf m = lowest;
    long n = 0;
    for (; n + VW <= N; n += VW) m = vmax(vload(x + n), m);
    if (n < N) m = vmax(vselect(lanes() < (int32_t)(N - n), vload_n(x + n, N - n), lowest), m);
    return hmax(m);
}

static void softmax(long rows, long N, const float *x, long ld, float *out, long ldo) {
    if (N <= 0) return;
    const long tail = N % VW, full = N - tail;
    const vi tailMask = lanes() < (int32_t)tail;
    for (long r = 0; r < rows; r++, x += ld, out += ldo) {
        const vf top = splat(row_max(N, x));
        vf s = splat(0.0f), rest = s;
        for (long n = 0; n < full; n += VW) {
            vf e = vexp(vload(x + n) - top);
            s += e;
            vstore(out + n, e);
        }
        if (tail) {
            rest = vselect(tailMask, vexp(vload_n(x + full, tail) - top), splat(0.0f));
            s += rest;
        }
        const vf sum = splat(hsum(s));
        for (long n = 0; n < full; n += VW) vstore(out + n, vload(out + n) / sum);
        if (tail) vstore_n(out + full, rest / sum, tail);
    }
}

static void log_softmax(long rows, long N, const float *x, long ld, float *out, long ldo) {
    if (N <= 0) return;
    const long tail = N % VW, full = N - tail;
    const vi tailMask = lanes() < (int32_t)tail;
    for (long r = 0; r < rows; r++, x += ld, out += ldo) {
        const vf top = splat(row_max(N, x));
        vf s = splat(0.0f);
        for (long n = 0; n < full; n += VW) s += vexp(vload(x + n) - top);
        if (tail) s += vselect(tailMask, vexp(vload_n(x + full, tail) - top), splat(0.0f));
        const vf logSum = vlog(splat(hsum(s)));
        for (long n = 0; n < full; n += VW) vstore(out + n, vload(x + n) - top - logSum);
        if (tail) vstore_n(out + full, vload_n(x + full, tail) - top - logSum, tail);
    }
}

static void dot_rows(long rows, long N, const float *x, long ldx, const float *q, float *dots, float *squares) {
    for (long r = 0; r < rows; r++, x += ldx) {
        vf d0 = splat(0), d1 = splat(0), s0 = splat(0), s1 = splat(0);
        long n = 0;
        for (; n + 2 * VW <= N; n += 2 * VW) {
            vf a = vload(x + n), b = vload(x + n + VW);
            d0 = vfma(a, vload(q + n), d0);
            d1 = vfma(b, vload(q + n + VW), d1);
            s0 = vfma(a, a, s0);
            s1 = vfma(b, b, s1);
        }
        for (; n < N; n += VW) {
            long count = N - n < VW ? N - n : VW;
            vf a = vload_n(x + n, count);
            d0 = vfma(a, vload_n(q + n, count), d0);
            s0 = vfma(a, a, s0);
        }
        dots[r] = hsum(d0 + d1);
        squares[r] = hsum(s0 + s1);
    }
}
