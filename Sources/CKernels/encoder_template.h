// What a transformer layer has beside plain products, of one path: products with bias and GELU, residual and layer norm.
// Needs vector_ops.h, gemm_template.h and norm_template.h.

// erf by a rational function of x^2, |error| < 4e-7: beyond 4 it is 1 to a float. Coefficients: Eigen,
// generic_fast_erf_float.
AI vf verf(vf x) {
    x = vselect(x > splat(4.0f), splat(4.0f), x);
    x = vselect(x < splat(-4.0f), splat(-4.0f), x);
    const vf z = x * x;
    vf p = splat(-2.72614225801306e-10f);
    p = vfma(p, z, splat(2.77068142495902e-08f));
    p = vfma(p, z, splat(-2.10102402082508e-06f));
    p = vfma(p, z, splat(-5.69250639462346e-05f));
    p = vfma(p, z, splat(-7.34990630326855e-04f));
    p = vfma(p, z, splat(-2.95459980854025e-03f));
    p = vfma(p, z, splat(-1.60960333262415e-02f));
    vf q = splat(-1.45660718464996e-05f);
    q = vfma(q, z, splat(-2.13374055278905e-04f));
    q = vfma(q, z, splat(-1.68282697438203e-03f));
    q = vfma(q, z, splat(-7.37332916720468e-03f));
    q = vfma(q, z, splat(-1.42647390514189e-02f));
    return x * p / q;
}

AI vf vgelu(vf x) {
    const vf half = x * splat(0.5f);
    return vfma(half, verf(x * splat(0.707106781186547524f)), half);
}

AI void finish_vector(float *c, const float *bias, const int gelu, long w) {
    vf v = vload_w(c, w) + vload_w(bias, w);
    vstore_w(c, gelu ? vgelu(v) : v, w);
}

AI void finish_rows(long rows, long N, float *C, long ldc, const float *bias, const int gelu) {
    const long full = N - N % VW;
    for (long r = 0; r < rows; r++, C += ldc) {
        for (long n = 0; n < full; n += VW) finish_vector(C + n, bias + n, gelu, VW);
        if (full < N) finish_vector(C + full, bias + full, gelu, N - full);
    }
}

// C = C + bias, or GELU of it.
static void bias_gelu(long rows, long N, float *C, long ldc, const float *bias, int gelu) {
    if (gelu) finish_rows(rows, N, C, ldc, bias, 1);
    else finish_rows(rows, N, C, ldc, bias, 0);
}

// gemm, with what follows done to each column tile while it is in the first-level cache.
static void gemm_biased(long M, long N, long K, const float *A, long lda, const float *P, const float *bias, int gelu,
                        float *C, long ldc) {
    const long passes = (K + KC - 1) / KC, kc = passes ? (K + passes - 1) / passes : 0;
    for (long m = 0; m < M; m += MC) {
        const long mn = M - m < MC ? M - m : MC;
        for (long k = 0; k < K; k += kc) {
            const long kn = K - k < kc ? K - k : kc;
            for (long n = 0; n < N;) {
                const int isWide = N - n > (NV - 1) * VW;
                const long width = isWide ? NV * VW : VW, rest = N - n < width ? N - n : width;
                const long last = rest - (width - VW);
                float *c = C + m * ldc + n;
                (isWide ? wide_column : narrow_column)(mn, kn, A + m * lda + k, lda, 1,
                                                       P + n / 16 * 16 * K + k * 16 + n % 16, 16, 16 * K, c, ldc,
                                                       k > 0, last);
                if (k + kn == K) bias_gelu(mn, rest, c, ldc, bias + n, gelu);
                n += width;
            }
        }
    }
}

AI vf residual_sum(float *y, const float *x, const float *bias, const float *residual, long w) {
    vf v = vload_w(x, w) + vload_w(bias, w) + vload_w(residual, w);
    vstore_w(y, v, w);
    return v;
}

// Order of the sums: as relu_norm.
static void residual_norm(long rows, long N, const float *x, long ldx, const float *bias, const float *residual,
                          long ldr, const float *gamma, const float *beta, float eps, float *y, long ldy) {
    if (N <= 0) return;
    const long pairs = N - N % (2 * VW), full = N - N % VW, tail = N - full;
    const float share = 1.0f / (float)N;
    for (; rows > 0;
         rows -= NK_BLOCK, x += NK_BLOCK * ldx, residual += NK_BLOCK * ldr, y += NK_BLOCK * ldy) {
        const long count = rows < NK_BLOCK ? rows : NK_BLOCK;
        float mu[NK_BLOCK] = {0}, inverse[NK_BLOCK] = {0};
        for (long r = 0; r < count; r++) {
            const float *v = x + r * ldx, *h = residual + r * ldr;
            float *o = y + r * ldy;
            vf a = splat(0.0f), b = a;
            for (long n = 0; n < pairs; n += 2 * VW) {
                a += residual_sum(o + n, v + n, bias + n, h + n, VW);
                b += residual_sum(o + n + VW, v + n + VW, bias + n + VW, h + n + VW, VW);
            }
            if (pairs < full) a += residual_sum(o + pairs, v + pairs, bias + pairs, h + pairs, VW);
            if (tail) b += residual_sum(o + full, v + full, bias + full, h + full, tail);
            mu[r] = hsum(a + b) * share;
        }
        inverse_deviations(count, N, y, ldy, mu, share, eps, inverse);
        for (long r = 0; r < count; r++) {
            float *o = y + r * ldy;
            const vf m = splat(mu[r]), v = splat(inverse[r]);
            for (long n = 0; n < full; n += VW)
                vstore(o + n, vfma((vload(o + n) - m) * v, vload(gamma + n), vload(beta + n)));
            if (tail)
                vstore_n(o + full,
                         vfma((vload_n(o + full, tail) - m) * v, vload_n(gamma + full, tail), vload_n(beta + full, tail)),
                         tail);
        }
    }
}
