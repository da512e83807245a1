// Skip-gram with negative sampling for one center, of one path. Needs vector_ops.h.

AI float sg_dot(long dim, const float *x, const float *y) {
    vf a = splat(0), b = splat(0);
    for (long n = 0; n < dim; n += 16) {
        a = vfma(vload(x + n), vload(y + n), a);
#if VW == 8
        b = vfma(vload(x + n + 8), vload(y + n + 8), b);
#elif VW == 4
        b = vfma(vload(x + n + 4), vload(y + n + 4), b);
        a = vfma(vload(x + n + 8), vload(y + n + 8), a);
        b = vfma(vload(x + n + 12), vload(y + n + 12), b);
#endif
    }
    return hsum(a + b);
}

AI void sg_prefetch(const float *row, long dim) {
    for (long n = 0; n < dim; n += 16) __builtin_prefetch(row + n, 1, 3);
}

static float skipgram(long dim, float *inputTable, const uint32_t *inputs, long inputCount, float *outputTable,
                      const uint32_t *outputs, const float *rates, long outputCount, float *scratch) {
    float *hidden = scratch, *gradient = scratch + dim;
    for (long n = 0; n < dim; n += VW) {
        vstore(hidden + n, splat(0));
        vstore(gradient + n, splat(0));
    }
    for (long k = 0; k < inputCount; k++) {
        if (k + 4 < inputCount) sg_prefetch(inputTable + (size_t)inputs[k + 4] * (size_t)dim, dim);
        const float *row = inputTable + (size_t)inputs[k] * (size_t)dim;
        for (long n = 0; n < dim; n += VW) vstore(hidden + n, vload(hidden + n) + vload(row + n));
    }
    const vf share = splat(1.0f / (float)inputCount);
    for (long n = 0; n < dim; n += VW) vstore(hidden + n, vload(hidden + n) * share);
    float loss = 0, product = 1;
    for (long k = 0; k < outputCount; k++) {
        if (k + 2 < outputCount) sg_prefetch(outputTable + (size_t)outputs[k + 2] * (size_t)dim, dim);
        float *row = outputTable + (size_t)outputs[k] * (size_t)dim;
        const float x = sg_dot(dim, hidden, row);
        const int positive = rates[k] > 0;
        // One logarithm for the factors of several outputs, each at most e^20.
        const float e = vexp(splat(x < -20 ? 20 : x > 20 ? -20 : -x))[0];
        const float probability = 1.0f / (1.0f + e);
        product *= positive ? 1.0f + e : 1.0f + 1.0f / e;
        if ((k & 3) == 3) {
            loss += vlog(splat(product))[0];
            product = 1;
        }
        const vf g = splat(rates[k] * (positive ? 1.0f - probability : probability));
        for (long n = 0; n < dim; n += VW) {
            vf r = vload(row + n);
            vstore(gradient + n, vfma(g, r, vload(gradient + n)));
            vstore(row + n, vfma(g, vload(hidden + n), r));
        }
    }
    for (long k = 0; k < inputCount; k++) {
        float *row = inputTable + (size_t)inputs[k] * (size_t)dim;
        for (long n = 0; n < dim; n += VW) vstore(row + n, vload(row + n) + vload(gradient + n));
    }
    return loss + vlog(splat(product))[0];
}
