// The window convolution [left; self; right] over rows, of one path, by minimal filtering. Needs vector_ops.h and
// hash_template.h.
//
// F(2, 3) of Winograd (Lavin and Gray 2016, "Fast Algorithms for Convolutional Neural Networks", section 4.1): two
// neighbouring outputs y0, y1 from four inputs d0...d3 with four products instead of six,
//   v0 = d0 - d2   v1 = d1 + d2   v2 = d2 - d1   v3 = d3 - d1            m_i = v_i U_i
//   U0 = g0        U1 = (g0 + g1 + g2) / 2       U2 = (g0 - g1 + g2) / 2   U3 = g2
//   y0 = m0 + m1 + m2                            y1 = m1 - m2 + m3
// (v3 and m3 with the sign turned, so that the gradient of m3 is that of y1 itself). A tile is two output rows; its
// inputs are the row before them, they, and the row after. The gradients are the transposes:
//   dm0 = dy0      dm1 = dy0 + dy1               dm2 = dy0 - dy1           dm3 = dy1
//   dg0 = dU0 + (dU1 + dU2) / 2                  dg1 = (dU1 - dU2) / 2     dg2 = (dU1 + dU2) / 2 + dU3
//
// Component i of a row of tiles begins at i * component. Rows are padded: whole vectors are read and written up to a
// multiple of 16 columns.

static void window_inputs(long tiles, long N, const float *x, long ldx, float *v, long ldv, long component) {
    for (long t = 0; t < tiles; t++, x += 2 * ldx, v += ldv)
        for (long n = 0; n < N; n += VW) {
            const vf d0 = vload(x + n), d1 = vload(x + ldx + n), d2 = vload(x + 2 * ldx + n);
            const vf d3 = vload(x + 3 * ldx + n);
            vstore(v + n, d0 - d2);
            vstore(v + component + n, d1 + d2);
            vstore(v + 2 * component + n, d2 - d1);
            vstore(v + 3 * component + n, d3 - d1);
        }
}

static void window_outputs(long tiles, long N, const float *m, long ldm, long component, float *y, long ldy) {
    for (long t = 0; t < tiles; t++, m += ldm, y += 2 * ldy)
        for (long n = 0; n < N; n += VW) {
            const vf m1 = vload(m + component + n), m2 = vload(m + 2 * component + n);
            vstore(y + n, vload(m + n) + (m1 + m2));
            vstore(y + ldy + n, vload(m + 3 * component + n) + (m1 - m2));
        }
}

// Components 1 and 2 of the gradient of m; 0 and 3 are the rows of dy.
static void window_output_gradients(long tiles, long N, const float *dy, long ldy, float *dm1, float *dm2, long ldm) {
    for (long t = 0; t < tiles; t++, dy += 2 * ldy, dm1 += ldm, dm2 += ldm)
        for (long n = 0; n < N; n += VW) {
            const vf y0 = vload(dy + n), y1 = vload(dy + ldy + n);
            vstore(dm1 + n, y0 + y1);
            vstore(dm2 + n, y0 - y1);
        }
}

AI void add_dropped(float *dx, vf g, vu index, nk_keys keys, uint32_t threshold, float scale) {
    vstore(dx, vload(dx) + keep(index, keys, threshold, g * scale));
}

// dx += mask * (what the tiles ask of the rows of their outputs). The row before the first tile and the one after the
// last are left out: they are boundaries.
static void window_input_gradients(long tiles, long N, const float *dv, long ldv, long component, float *dx, long ldx,
                                   const struct nk_mask *mask) {
    const nk_keys keys = keys_of(mask->key);
    const uint32_t threshold = mask->threshold;
    const float scale = mask->scale;
    for (long t = 0; t < tiles; t++, dv += ldv, dx += 2 * ldx) {
        const vu first = NK_AS(lanes(), vu) + (uint32_t)(mask->index + (uint64_t)(2 * t) * (uint64_t)N);
        const float *before = t > 0 ? dv + 3 * component - ldv : NULL, *after = t + 1 < tiles ? dv + ldv : NULL;
        for (long n = 0; n < N; n += VW) {
            const vf v1 = vload(dv + component + n), v2 = vload(dv + 2 * component + n);
            vf g1 = (v1 - v2) - vload(dv + 3 * component + n), g2 = (v1 + v2) - vload(dv + n);
            if (before) g1 += vload(before + n);
            if (after) g2 += vload(after + n);
            add_dropped(dx + n, g1, first + (uint32_t)n, keys, threshold, scale);
            add_dropped(dx + ldx + n, g2, first + (uint32_t)(N + n), keys, threshold, scale);
        }
    }
}
