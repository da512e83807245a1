// The components of the inputs of a tile (F(2, 3), see window_template.h), of one path. Needs vector_ops.h.

// From w columns of four rows, ldx apart.
AI void window_components(vf v[4], const float *d, long ldx, long w) {
    vf x[4];
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) x[i] = w == VW ? vload(d + i * ldx) : vload_n(d + i * ldx, w);
    v[0] = x[0] - x[2];
    v[1] = x[1] + x[2];
    v[2] = x[2] - x[1];
    v[3] = x[3] - x[1];
}
