// The window convolution [left; self; right] over rows, of one path, by minimal filtering. Needs vector_ops.h,
// hash_template.h and window_components.h.
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
// Tile t has the output rows rows[t] + 1 and rows[t] + 2, ascending without overlap. Component i of a row of tiles begins
// at i * component. Rows are padded: whole vectors are read and written up to a multiple of 16 columns.

AI void window_inputs_of(long tiles, long N, const float *x, long ldx, const int32_t *rows, float *v, long ldv,
                         long component) {
    for (long t = 0; t < tiles; t++, v += ldv) {
        const float *d = x + rows[t] * ldx;
        for (long n = 0; n < N; n += VW) {
            vf parts[4];
            window_components(parts, d + n, ldx, VW);
#pragma clang loop unroll(full)
            for (int i = 0; i < 4; i++) vstore(v + i * component + n, parts[i]);
        }
    }
}

// Between two tiles may lie a row that belongs to none: it becomes 0.
AI void window_outputs_of(long tiles, long N, const float *m, long ldm, long component, float *y, long ldy,
                          const int32_t *rows) {
    for (long t = 0; t < tiles; t++, m += ldm) {
        float *first = y + (rows[t] + 1) * ldy, *second = first + ldy;
        for (long n = 0; n < N; n += VW) {
            const vf m1 = vload(m + component + n), m2 = vload(m + 2 * component + n);
            vstore(first + n, vload(m + n) + (m1 + m2));
            vstore(second + n, vload(m + 3 * component + n) + (m1 - m2));
        }
        if (t + 1 < tiles && rows[t + 1] > rows[t] + 2)
            for (long n = 0; n < N; n += VW) vstore(second + ldy + n, splat(0.0f));
    }
}

AI void window_output_gradients_of(long tiles, long N, const float *dy, long ldy, const int32_t *rows, float *dm,
                                   long ldm, long component) {
    for (long t = 0; t < tiles; t++, dm += ldm) {
        const float *first = dy + (rows[t] + 1) * ldy, *second = first + ldy;
        for (long n = 0; n < N; n += VW) {
            const vf y0 = vload(first + n), y1 = vload(second + n);
            vstore(dm + n, y0);
            vstore(dm + component + n, y0 + y1);
            vstore(dm + 2 * component + n, y0 - y1);
            vstore(dm + 3 * component + n, y1);
        }
    }
}

AI void add_dropped(float *dx, vf g, vu index, nk_keys keys, uint32_t threshold, float scale) {
    vstore(dx, vload(dx) + keep(index, keys, threshold, g * scale));
}

// dx += mask * (what the tiles ask of the rows of their outputs). Rows outside of all tiles get nothing: they are
// boundaries.
AI void window_input_gradients_of(long tiles, long N, const float *dv, long ldv, long component, float *dx, long ldx,
                                  const int32_t *rows, const struct nk_mask *mask) {
    const nk_keys keys = keys_of(mask->key);
    const uint32_t threshold = mask->threshold;
    const float scale = mask->scale;
    for (long t = 0; t < tiles; t++, dv += ldv) {
        const long row = rows[t] + 1;
        const vu index = NK_AS(lanes(), vu) + (uint32_t)(mask->index + (uint64_t)row * (uint64_t)N);
        const float *before = t > 0 && rows[t - 1] + 2 == rows[t] ? dv + 3 * component - ldv : NULL;
        const float *after = t + 1 < tiles && rows[t + 1] == rows[t] + 2 ? dv + ldv : NULL;
        float *first = dx + row * ldx, *second = first + ldx;
        for (long n = 0; n < N; n += VW) {
            const vf v1 = vload(dv + component + n), v2 = vload(dv + 2 * component + n);
            vf g1 = (v1 - v2) - vload(dv + 3 * component + n), g2 = (v1 + v2) - vload(dv + n);
            if (before) g1 += vload(before + n);
            if (after) g2 += vload(after + n);
            add_dropped(first + n, g1, index + (uint32_t)n, keys, threshold, scale);
            add_dropped(second + n, g2, index + (uint32_t)(N + n), keys, threshold, scale);
        }
    }
}

// The usual width as a constant: its loops are laid out without a branch.
#define NK_WIDTH(call) \
    if (N == 96) call(96); \
    else call(N)

static void window_inputs(long tiles, long N, const float *x, long ldx, const int32_t *rows, float *v, long ldv,
                          long component) {
#define NK_CALL(width) window_inputs_of(tiles, width, x, ldx, rows, v, ldv, component)
    NK_WIDTH(NK_CALL);
#undef NK_CALL
}
static void window_outputs(long tiles, long N, const float *m, long ldm, long component, float *y, long ldy,
                           const int32_t *rows) {
#define NK_CALL(width) window_outputs_of(tiles, width, m, ldm, component, y, ldy, rows)
    NK_WIDTH(NK_CALL);
#undef NK_CALL
}
static void window_output_gradients(long tiles, long N, const float *dy, long ldy, const int32_t *rows, float *dm,
                                    long ldm, long component) {
#define NK_CALL(width) window_output_gradients_of(tiles, width, dy, ldy, rows, dm, ldm, component)
    NK_WIDTH(NK_CALL);
#undef NK_CALL
}
static void window_input_gradients(long tiles, long N, const float *dv, long ldv, long component, float *dx, long ldx,
                                   const int32_t *rows, const struct nk_mask *mask) {
#define NK_CALL(width) window_input_gradients_of(tiles, width, dv, ldv, component, dx, ldx, rows, mask)
    NK_WIDTH(NK_CALL);
#undef NK_CALL
}
