// Row-wise functions of one path. Needs vector_ops.h and norm_template.h. Sums within a row: lane i takes columns i, i + VW, ..., then the
// lanes are added by hsum.

#define NK_TAIL (N - n < VW ? N - n : VW)

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

AI vf add_bias(float *x, const float *bias, long w) {
    vf v = vload_w(x, w) + vload_w(bias, w);
    vstore_w(x, v, w);
    return v;
}

// A row of at most one vector: what is between its stages stays in whole vectors, because a part of a vector that was just
// stored is slow to load.
static void short_softmax(long rows, long N, float *x, long ld, const float *bias, float *out, long ldo) {
    const vf b = vload_n(bias, N), lowest = splat(-__builtin_inff());
    const vi mask = lanes() < (int32_t)N;
    for (; rows > 0; rows -= NK_BLOCK, x += NK_BLOCK * ld, out += NK_BLOCK * ldo) {
        const long count = rows < NK_BLOCK ? rows : NK_BLOCK;
        vf row[NK_BLOCK];
        float top[NK_BLOCK], sum[NK_BLOCK] = {0};
        for (long r = 0; r < count; r++) {
            const vf v = vload_n(x + r * ld, N) + b;
            vstore_n(x + r * ld, v, N);
            row[r] = vselect(mask, v, lowest);
            top[r] = hmax(row[r]);
        }
        for (long r = 0; r < count; r++) {
            // A lane beyond the row is -inf, or NaN where the maximum is: it counts for nothing.
            row[r] = vselect(mask, vexp(row[r] - splat(top[r])), splat(0.0f));
            sum[r] = hsum(row[r]);
        }
        for (long r = 0; r < NK_BLOCK; r += VW) vstore(sum + r, splat(1.0f) / vload(sum + r));
        for (long r = 0; r < count; r++) vstore_n(out + r * ldo, row[r] * splat(sum[r]), N);
    }
}

// In blocks of rows, like the norm, so that rows do not wait for each other's division.
static void softmax(long rows, long N, float *x, long ld, const float *bias, float *out, long ldo) {
    if (N <= 0) return;
    if (N <= VW) {
        short_softmax(rows, N, x, ld, bias, out, ldo);
        return;
    }
    const long tail = N % VW, full = N - tail;
    const vf lowest = splat(-__builtin_inff());
    const vi tailMask = lanes() < (int32_t)tail;
    for (; rows > 0; rows -= NK_BLOCK, x += NK_BLOCK * ld, out += NK_BLOCK * ldo) {
        const long count = rows < NK_BLOCK ? rows : NK_BLOCK;
        float top[NK_BLOCK], sum[NK_BLOCK] = {0};
        for (long r = 0; r < count; r++) {
            float *p = x + r * ld;
            vf m = lowest;
            for (long n = 0; n < full; n += VW) m = vmax(add_bias(p + n, bias + n, VW), m);
            if (tail) m = vmax(vselect(tailMask, add_bias(p + full, bias + full, tail), lowest), m);
            top[r] = hmax(m);
        }
        for (long r = 0; r < count; r++) {
            const float *p = x + r * ld;
            float *q = out + r * ldo;
            const vf t = splat(top[r]);
            vf s = splat(0.0f);
            for (long n = 0; n < full; n += VW) {
                vf e = vexp(vload(p + n) - t);
                s += e;
                vstore(q + n, e);
            }
            if (tail) {
                vf e = vselect(tailMask, vexp(vload_n(p + full, tail) - t), splat(0.0f));
                s += e;
                vstore_n(q + full, e, tail);
            }
            sum[r] = hsum(s);
        }
        for (long r = 0; r < NK_BLOCK; r += VW) vstore(sum + r, splat(1.0f) / vload(sum + r));
        for (long r = 0; r < count; r++) {
            float *q = out + r * ldo;
            const vf inverse = splat(sum[r]);
            for (long n = 0; n < full; n += VW) vstore(q + n, vload(q + n) * inverse);
            if (tail) vstore_n(q + full, vload_n(q + full, tail) * inverse, tail);
        }
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
