// The components of the inputs of a tile (see window_template.h), of one path. Needs vector_ops.h.

// Components that tiles of so many rows have.
#define NK_COMPONENTS(rows) ((rows) + 2)

// The row of component i of tile t, before which there are so many of four rows.
AI long component_row(const struct nk_tiles *tiles, long i, long t, long fours) {
    return i < 4 ? i * tiles->count + t : 4 * tiles->count + (i - 4) * tiles->fours + fours;
}

// The statement, in which `rows` is 2 or 4, a constant, for each tile: number t, behind `row`, the one after `fours` of four rows.
#define NK_EACH_TILE(tiles, ...) \
    for (long t = 0, fours = 0; t < (tiles)->count; t++) { \
        const long row = (tiles)->first[t].row; \
        if ((tiles)->first[t].rows == 4) { \
            enum { rows = 4 }; \
            __VA_ARGS__; \
            fours++; \
        } else { \
            enum { rows = 2 }; \
            __VA_ARGS__; \
        } \
    }

// From w columns of rows + 2 rows, ldx apart. `rows`: 2 or 4, a constant. Every product is exact but those by 3, to which
// nothing is added, so fused or not they give the same bits.
AI void window_components(vf v[6], const int rows, const float *d, long ldx, long w) {
    vf x[6];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows + 2; i++) x[i] = w == VW ? vload(d + i * ldx) : vload_n(d + i * ldx, w);
    if (rows == 2) {
        v[0] = x[0] - x[2];
        v[1] = splat(3.0f) * (x[1] + x[2]);
        v[2] = splat(3.0f) * (x[2] - x[1]);
        v[3] = x[3] - x[1];
    } else {
        const vf even = x[4] - x[2], odd = x[3] - x[1];
        v[0] = vfma(splat(0.25f), even, x[0] - x[2]);
        v[1] = vfma(splat(4.0f), x[1] + x[2], -(x[3] + x[4]));
        v[2] = vfma(splat(4.0f), x[2] - x[1], x[3] - x[4]);
        v[3] = vfma(splat(-4.0f), odd, x[5] - x[3]);
        v[4] = vfma(splat(2.0f), odd, even);
        v[5] = vfma(splat(-2.0f), odd, even);
    }
}
