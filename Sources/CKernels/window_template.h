// The window convolution [left; self; right] over rows, of one path, by minimal filtering. Needs vector_ops.h,
// hash_template.h and window_components.h.
//
// F(4, 3) and F(2, 3) of Winograd (Lavin and Gray 2016, "Fast Algorithms for Convolutional Neural Networks", section 4): a
// tile of four neighbouring outputs y0...y3 from six inputs d0...d5 takes six products instead of twelve, one of two outputs
// from four inputs four instead of six. Both are the product of polynomials at the points 0, 1, -1, infinity, and 2, -2 of
// four, scaled so that they share the transformed taps:                                          m_i = v_i U_i
//   U0 = g0      U1 = (g0 + g1 + g2) / 6         U2 = (g0 - g1 + g2) / 6        U3 = g2
//                U4 = (g0 + 2 g1 + 4 g2) / 24    U5 = (g0 - 2 g1 + 4 g2) / 24
// Four:
//   v0 = d0 - d2 + (d4 - d2) / 4     v1 = 4 (d1 + d2) - d3 - d4         v2 = 4 (d2 - d1) + d3 - d4
//   v3 = d5 - d3 - 4 (d3 - d1)       v4 = d4 - d2 + 2 (d3 - d1)         v5 = d4 - d2 - 2 (d3 - d1)
//   y0 = m0 + m1 + m2 + m4 + m5      y1 = m1 - m2 + 2 (m4 - m5)
//   y2 = m1 + m2 + 4 (m4 + m5)       y3 = m1 - m2 + 8 (m4 - m5) + m3
// Two:
//   v0 = d0 - d2     v1 = 3 (d1 + d2)     v2 = 3 (d2 - d1)     v3 = d3 - d1     y0 = m0 + m1 + m2     y1 = m1 - m2 + m3
// The gradients are the transposes of these. What a tile asks of the row before it is dv0, of the row after it dv3.
//
// Rows are padded: whole vectors are read and written up to a multiple of 16 columns.

// Rows of a tile's components: of number t of the tiles, the one after `fours` of four rows, to be read or written as the caller may. See nk_tiles.
struct window_rows {
    float *at[6];
};
AI struct window_rows window_rows_of(const float *v, long ldv, const struct nk_tiles *tiles, long t, long fours) {
    struct window_rows rows;
#pragma clang loop unroll(full)
    for (int i = 0; i < 6; i++) rows.at[i] = (float *)v + component_row(tiles, i, t, fours) * ldv;
    return rows;
}

AI void window_inputs_tile(const int rows, long N, const float *d, long ldx, struct window_rows v) {
    for (long n = 0; n < N; n += VW) {
        vf parts[6];
        window_components(parts, rows, d + n, ldx, VW);
#pragma clang loop unroll(full)
        for (int i = 0; i < NK_COMPONENTS(rows); i++) vstore(v.at[i] + n, parts[i]);
    }
}
AI void window_inputs_of(const struct nk_tiles *tiles, long N, const float *x, long ldx, float *m, long ldm) {
    NK_EACH_TILE(tiles, window_inputs_tile(rows, N, x + row * ldx, ldx, window_rows_of(m, ldm, tiles, t, fours)))
}

AI void window_outputs_tile(const int rows, long N, struct window_rows m, float *y, long ldy) {
    for (long n = 0; n < N; n += VW) {
        const vf m1 = vload(m.at[1] + n), m2 = vload(m.at[2] + n);
        vf even = m1 + m2, odd = m1 - m2;
        if (rows == 4) {
            const vf m4 = vload(m.at[4] + n), m5 = vload(m.at[5] + n), even2 = m4 + m5, odd2 = m4 - m5;
            vstore(y + ldy + n, vfma(splat(2.0f), odd2, odd));
            vstore(y + 2 * ldy + n, vfma(splat(4.0f), even2, even));
            even += even2;
            odd = vfma(splat(8.0f), odd2, odd);
        }
        vstore(y + n, vload(m.at[0] + n) + even);
        vstore(y + (rows - 1) * ldy + n, vload(m.at[3] + n) + odd);
    }
}
// Between two tiles of the call may lie a row that belongs to none: it becomes 0.
AI void window_outputs_of(const struct nk_tiles *tiles, long N, const float *m, long ldm, float *y, long ldy) {
    NK_EACH_TILE(tiles, {
        float *first = y + (row + 1) * ldy, *next = first + rows * ldy;
        window_outputs_tile(rows, N, window_rows_of(m, ldm, tiles, t, fours), first, ldy);
        if (t + 1 < tiles->count && tiles->first[t + 1].row > row + rows)
            for (long n = 0; n < N; n += VW) vstore(next + n, splat(0.0f));
    })
}

AI void window_output_gradients_tile(const int rows, long N, const float *dy, long ldy, struct window_rows dm) {
    for (long n = 0; n < N; n += VW) {
        const vf first = vload(dy + n), last = vload(dy + (rows - 1) * ldy + n);
        vf even = first, odd = last;
        if (rows == 4) {
            const vf y1 = vload(dy + ldy + n), y2 = vload(dy + 2 * ldy + n);
            const vf even2 = vfma(splat(4.0f), y2, first), odd2 = vfma(splat(8.0f), last, y1 + y1);
            vstore(dm.at[4] + n, even2 + odd2);
            vstore(dm.at[5] + n, even2 - odd2);
            even += y2;
            odd += y1;
        }
        vstore(dm.at[0] + n, first);
        vstore(dm.at[1] + n, even + odd);
        vstore(dm.at[2] + n, even - odd);
        vstore(dm.at[3] + n, last);
    }
}
AI void window_output_gradients_of(const struct nk_tiles *tiles, long N, const float *dy, long ldy, float *m,
                                   long ldm) {
    NK_EACH_TILE(
        tiles, window_output_gradients_tile(
                   rows, N, dy + (row + 1) * ldy, ldy, window_rows_of(m, ldm, tiles, t, fours)))
}

// What a tile asks of its own rows.
AI void window_input_gradients_tile(vf g[4], const int rows, long n, struct window_rows dv) {
    const vf v0 = vload(dv.at[0] + n), v1 = vload(dv.at[1] + n), v2 = vload(dv.at[2] + n), v3 = vload(dv.at[3] + n);
    if (rows == 2) {
        g[0] = vfma(splat(3.0f), v1 - v2, -v3);
        g[1] = vfma(splat(3.0f), v1 + v2, -v0);
    } else {
        const vf v4 = vload(dv.at[4] + n), v5 = vload(dv.at[5] + n);
        const vf even = v1 + v2, odd = v1 - v2, even2 = v4 + v5, odd2 = v4 - v5;
        g[0] = vfma(splat(4.0f), odd + v3, splat(-2.0f) * odd2);
        g[1] = vfma(splat(4.0f), even, vfma(splat(-1.25f), v0, -even2));
        g[2] = vfma(splat(-5.0f), v3, vfma(splat(2.0f), odd2, -odd));
        g[3] = vfma(splat(0.25f), v0, even2 - even);
    }
}
// dx += mask * (what the tiles ask of the rows of their outputs). Rows outside of all tiles get nothing: they are
// boundaries.
AI void window_input_gradients_of(const struct nk_tiles *tiles, long N, const float *m, long ldm, float *dx, long ldx,
                                  const struct nk_mask *mask) {
    const nk_keys keys = keys_of(mask->key);
    const uint32_t threshold = mask->threshold;
    const vf scale = splat(mask->scale);
    NK_EACH_TILE(tiles, {
        const struct window_rows v = window_rows_of(m, ldm, tiles, t, fours);
        const struct nk_tile *tile = tiles->first + t;
        const float *before = t > 0 && tile[-1].row + tile[-1].rows == row ? v.at[3] - ldm : NULL;
        const float *after = t + 1 < tiles->count && tile[1].row == row + rows ? v.at[0] + ldm : NULL;
        float *first = dx + (row + 1) * ldx;
        const vu index = NK_AS(lanes(), vu) + (uint32_t)(mask->index + (uint64_t)(row + 1) * (uint64_t)N);
        for (long n = 0; n < N; n += VW) {
            vf g[4];
            window_input_gradients_tile(g, rows, n, v);
            if (before) g[0] += vload(before + n);
            if (after) g[rows - 1] += vload(after + n);
_Pragma("clang loop unroll(full)")
            for (long i = 0; i < rows; i++) {
                float *at = first + i * ldx + n;
                vstore(at, vload(at) + keep(index + (uint32_t)(i * N + n), keys, threshold, g[i] * scale));
            }
        }
    })
}

// The usual width as a constant: its loops are laid out without a branch.
#define NK_WIDTH(call) \
    if (N == 96) call(96); \
    else call(N)

static void window_inputs(const struct nk_tiles *tiles, long N, const float *x, long ldx, float *v, long ldv) {
#define NK_CALL(width) window_inputs_of(tiles, width, x, ldx, v, ldv)
    NK_WIDTH(NK_CALL);
#undef NK_CALL
}
static void window_outputs(const struct nk_tiles *tiles, long N, const float *m, long ldm, float *y, long ldy) {
#define NK_CALL(width) window_outputs_of(tiles, width, m, ldm, y, ldy)
    NK_WIDTH(NK_CALL);
#undef NK_CALL
}
static void window_output_gradients(const struct nk_tiles *tiles, long N, const float *dy, long ldy, float *dm,
                                    long ldm) {
#define NK_CALL(width) window_output_gradients_of(tiles, width, dy, ldy, dm, ldm)
    NK_WIDTH(NK_CALL);
#undef NK_CALL
}
static void window_input_gradients(const struct nk_tiles *tiles, long N, const float *dv, long ldv, float *dx, long ldx,
                                   const struct nk_mask *mask) {
#define NK_CALL(width) window_input_gradients_of(tiles, width, dv, ldv, dx, ldx, mask)
    NK_WIDTH(NK_CALL);
#undef NK_CALL
}
