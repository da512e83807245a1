// Rectifier and layer norm behind a product, forward and backward, of one path. Needs vector_ops.h and hash_template.h.
//
// Rows go in blocks: what is one number a row (mean, deviation) is computed for a whole block at once, because the
// square root and the division of a single row would take longer than all else. Sums within a row: lane i of two sums
// takes columns i, i + 2 VW, ... and i + VW, i + 3 VW, ..., the sums are added, then the lanes by hsum.

#define NK_BLOCK 16  // rows

// The first w lanes; w is VW in every call but the last of a row.
AI vf vload_w(const float *p, long w) { return w == VW ? vload(p) : vload_n(p, w); }
AI void vstore_w(float *p, vf v, long w) {
    if (w == VW) vstore(p, v);
    else vstore_n(p, v, w);
}

AI vf relu(vf x) { return vselect(x < splat(0.0f), splat(0.0f), x); }  // NaN stays NaN

AI vf rectify(float *c, const float *bias, long w) {
    vf x = relu(vload_w(c, w) + vload_w(bias, w));
    vstore_w(c, x, w);
    return x;
}
AI vf square(const float *x, vf mean, vf sum, long w) {
    vf d = vload_w(x, w) - mean;
    if (w < VW) d = vselect(lanes() < (int32_t)w, d, splat(0.0f));
    return vfma(d, d, sum);
}

// 1 / sqrt(variance + eps) of each of `count` rows, at most NK_BLOCK, whose means are `mu`; `inverse` has NK_BLOCK numbers, and is 0.
AI void inverse_deviations(long count, long N, const float *x, long ldx, const float *mu, float share, float eps,
                           float *inverse) {
    const long pairs = N - N % (2 * VW), full = N - N % VW, tail = N - full;
    for (long r = 0; r < count; r++, x += ldx) {
        const vf m = splat(mu[r]);
        vf a = splat(0.0f), b = a;
        for (long n = 0; n < pairs; n += 2 * VW) {
            a = square(x + n, m, a, VW);
            b = square(x + n + VW, m, b, VW);
        }
        if (pairs < full) a = square(x + pairs, m, a, VW);
        if (tail) b = square(x + full, m, b, tail);
        inverse[r] = hsum(a + b);
    }
    for (long r = 0; r < NK_BLOCK; r += VW)
        vstore(inverse + r, splat(1.0f) / __builtin_elementwise_sqrt(vload(inverse + r) * share + splat(eps)));
}

AI void shift_and_scale(const int adds, const int drops, const float *x, vf mean, vf inverse, const float *gamma,
                        const float *beta, const float *residual, float *y, float *dropped, vu index, nk_keys keys,
                        uint32_t threshold, float scale, long w) {
    vf v = vfma((vload_w(x, w) - mean) * inverse, vload_w(gamma, w), vload_w(beta, w));
    if (adds) v = vload_w(residual, w) + v;
    vstore_w(y, v, w);
    if (drops) vstore_w(dropped, keep(index, keys, threshold, v * scale), w);
}

AI void relu_norm_rows(const int adds, const int drops, long rows, long N, float *c, long ldc, const float *bias,
                       const float *gamma, const float *beta, float eps, const float *residual, long ldr, float *y,
                       long ldy, float *mean, float *rstd, const struct nk_mask *mask, float *dropped, long ldd) {
    const long pairs = N - N % (2 * VW), full = N - N % VW, tail = N - full;
    const float share = 1.0f / (float)N;
    const nk_keys keys = drops ? keys_of(mask->key) : (nk_keys){0, 0};
    const uint32_t threshold = drops ? mask->threshold : 0;
    const float scale = drops ? mask->scale : 0;
    for (long r0 = 0; r0 < rows; r0 += NK_BLOCK) {
        const long count = rows - r0 < NK_BLOCK ? rows - r0 : NK_BLOCK;
        float mu[NK_BLOCK] = {0}, inverse[NK_BLOCK] = {0};
        for (long r = 0; r < count; r++) {
            float *x = c + (r0 + r) * ldc;
            vf a = splat(0.0f), b = a;
            for (long n = 0; n < pairs; n += 2 * VW) {
                a += rectify(x + n, bias + n, VW);
                b += rectify(x + n + VW, bias + n + VW, VW);
            }
            if (pairs < full) a += rectify(x + pairs, bias + pairs, VW);
            if (tail) b += rectify(x + full, bias + full, tail);
            mu[r] = hsum(a + b) * share;
        }
        inverse_deviations(count, N, c + r0 * ldc, ldc, mu, share, eps, inverse);
        for (long r = 0; r < count; r++) {
            const long row = r0 + r;
            const float *x = c + row * ldc, *h = adds ? residual + row * ldr : NULL;
            float *out = y + row * ldy, *d = drops ? dropped + row * ldd : NULL;
            const vf m = splat(mu[r]), v = splat(inverse[r]);
            vu index = NK_AS(lanes(), vu) + (drops ? (uint32_t)(mask->index + (uint64_t)row * (uint64_t)N) : 0);
            for (long n = 0; n < full; n += VW, index += VW)
                shift_and_scale(adds, drops, x + n, m, v, gamma + n, beta + n, h + n, out + n, d + n, index, keys,
                                threshold, scale, VW);
            if (tail)
                shift_and_scale(adds, drops, x + full, m, v, gamma + full, beta + full, h + full, out + full, d + full,
                                index, keys, threshold, scale, tail);
        }
        if (mean)
            for (long r = 0; r < count; r++) mean[r0 + r] = mu[r], rstd[r0 + r] = inverse[r];
    }
}

static void relu_norm(long rows, long N, float *c, long ldc, const float *bias, const float *gamma, const float *beta,
                      float eps, const float *residual, long ldr, float *y, long ldy, float *mean, float *rstd,
                      const struct nk_mask *mask, float *dropped, long ldd) {
    if (N <= 0) return;
    // The usual width as a constant: its loops are laid out without a branch.
#define NK_CALL(adds, drops, width) \
    relu_norm_rows(adds, drops, rows, width, c, ldc, bias, gamma, beta, eps, residual, ldr, y, ldy, mean, rstd, mask, \
                   dropped, ldd)
    if (mask && residual && N == 96) NK_CALL(1, 1, 96);
    else if (mask && residual) NK_CALL(1, 1, N);
    else if (mask) NK_CALL(0, 1, N);
    else if (residual && N == 96) NK_CALL(1, 0, 96);
    else if (residual) NK_CALL(1, 0, N);
    else if (N == 96) NK_CALL(0, 0, 96);
    else NK_CALL(0, 0, N);
#undef NK_CALL
}

AI void norm_sums(const float *dy, const float *x, const float *gamma, vf mu, vf inverse, vf *s, vf *q, long w) {
    // The tail needs no mask: dy is loaded as 0 there, and so is what is added.
    vf g = vload_w(dy, w) * vload_w(gamma, w);
    *s += g;
    *q = vfma(g, (vload_w(x, w) - mu) * inverse, *q);
}

struct norm_row {
    float mu, inverse, mean1, mean2;
};

// One vector of columns of a block of rows.
AI void norm_columns(long count, const float *dy, long lddy, const float *x, long ldx, const float *gamma,
                     const struct norm_row *rows, float *dx, long lddx, float *dgamma, float *dbeta, float *dbias,
                     long w) {
    const vf factor = vload_w(gamma, w);
    vf g = vload_w(dgamma, w), b = vload_w(dbeta, w), a = vload_w(dbias, w);
    for (long r = 0; r < count; r++) {
        const vf d = vload_w(dy + r * lddy, w), v = vload_w(x + r * ldx, w), inverse = splat(rows[r].inverse);
        const vf hat = (v - splat(rows[r].mu)) * inverse;
        g = vfma(d, hat, g);
        b += d;
        vf out = (d * factor - splat(rows[r].mean1) - hat * splat(rows[r].mean2)) * inverse;
        out = vselect(v <= splat(0.0f), splat(0.0f), out);
        a += out;
        vstore_w(dx + r * lddx, out, w);
    }
    vstore_w(dgamma, g, w);
    vstore_w(dbeta, b, w);
    vstore_w(dbias, a, w);
}

AI void relu_norm_backward_rows(long rows, long N, const float *dy, long lddy, const float *x, long ldx,
                                const float *gamma, const float *mean, const float *rstd, float *dx, long lddx,
                                float *dgamma, float *dbeta, float *dbias) {
    const long pairs = N - N % (2 * VW), full = N - N % VW, tail = N - full;
    const float share = 1.0f / (float)N;
    for (; rows > 0; rows -= NK_BLOCK, dy += NK_BLOCK * lddy, x += NK_BLOCK * ldx, dx += NK_BLOCK * lddx,
                     mean += NK_BLOCK, rstd += NK_BLOCK) {
        const long count = rows < NK_BLOCK ? rows : NK_BLOCK;
        struct norm_row row[NK_BLOCK];
        for (long r = 0; r < count; r++) {
            const float *d = dy + r * lddy, *v = x + r * ldx;
            const vf mu = splat(mean[r]), inverse = splat(rstd[r]);
            vf s0 = splat(0.0f), s1 = s0, q0 = s0, q1 = s0;
            for (long n = 0; n < pairs; n += 2 * VW) {
                norm_sums(d + n, v + n, gamma + n, mu, inverse, &s0, &q0, VW);
                norm_sums(d + n + VW, v + n + VW, gamma + n + VW, mu, inverse, &s1, &q1, VW);
            }
            if (pairs < full) norm_sums(d + pairs, v + pairs, gamma + pairs, mu, inverse, &s0, &q0, VW);
            if (tail) norm_sums(d + full, v + full, gamma + full, mu, inverse, &s1, &q1, tail);
            row[r] = (struct norm_row){mean[r], rstd[r], hsum(s0 + s1) * share, hsum(q0 + q1) * share};
        }
        for (long n = 0; n < full; n += VW)
            norm_columns(count, dy + n, lddy, x + n, ldx, gamma + n, row, dx + n, lddx, dgamma + n, dbeta + n,
                         dbias + n, VW);
        if (tail)
            norm_columns(count, dy + full, lddy, x + full, ldx, gamma + full, row, dx + full, lddx, dgamma + full,
                         dbeta + full, dbias + full, tail);
    }
}

static void relu_norm_backward(long rows, long N, const float *dy, long lddy, const float *x, long ldx,
                               const float *gamma, const float *mean, const float *rstd, float *dx, long lddx,
                               float *dgamma, float *dbeta, float *dbias) {
    if (N <= 0) return;
#define NK_CALL(width) \
    relu_norm_backward_rows(rows, width, dy, lddy, x, ldx, gamma, mean, rstd, dx, lddx, dgamma, dbeta, dbias)
    if (N == 96) NK_CALL(96);
    else NK_CALL(N);
#undef NK_CALL
}
