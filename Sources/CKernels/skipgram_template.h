// Skip-gram with negative sampling over a round of centers, of one path. Needs vector_ops.h, hash_template.h and
// half_template.h.

// Calls BODY(n, count) for columns of dim floats, at most 8 vectors at a time and as few times as that allows; count is a
// compile-time number, so that they stay in registers. dim is a multiple of 16.
#define SG_COLUMNS(dim, BODY)                                            \
    do {                                                                 \
        long left_ = (dim) / VW, n_ = 0;                                 \
        for (long calls_ = (left_ + 7) / 8; calls_ > 0; calls_--) {      \
            const long count_ = (left_ + calls_ - 1) / calls_;           \
            switch (count_) {                                            \
                case 1: BODY(n_, 1); break;                              \
                case 2: BODY(n_, 2); break;                              \
                case 3: BODY(n_, 3); break;                              \
                case 4: BODY(n_, 4); break;                              \
                case 5: BODY(n_, 5); break;                              \
                case 6: BODY(n_, 6); break;                              \
                case 7: BODY(n_, 7); break;                              \
                default: BODY(n_, 8);                                    \
            }                                                            \
            n_ += count_ * VW, left_ -= count_;                          \
        }                                                                \
    } while (0)

AI const uint16_t *sg_row(const uint16_t *table, uint32_t row, long dim) { return table + (size_t)row * (size_t)dim; }

// out[n...] = share * sum of the rows.
AI void sg_mean(long n, const int count, long dim, const uint16_t *table, const uint32_t *rows, long rowCount, vf share,
                float *out) {
    vf sum[8];
    for (int v = 0; v < count; v++) sum[v] = splat(0);
    for (long k = 0; k < rowCount; k++) {
        const uint16_t *row = sg_row(table, rows[k], dim) + n;
        for (int v = 0; v < count; v++) sum[v] += vfrom_half(row + v * VW);
    }
    for (int v = 0; v < count; v++) vstore(out + n + v * VW, sum[v] * share);
}

AI float sg_dot(long dim, const float *x, const uint16_t *y) {
    vf a = splat(0), b = splat(0);
    long n = 0;
    for (; n + 2 * VW <= dim; n += 2 * VW) {
        a = vfma(vload(x + n), vfrom_half(y + n), a);
        b = vfma(vload(x + n + VW), vfrom_half(y + n + VW), b);
    }
    if (n < dim) a = vfma(vload(x + n), vfrom_half(y + n), a);
    return hsum(a + b);
}

// out[n...] += sum of steps[k] * row k.
AI void sg_combine(long n, const int count, long dim, const uint16_t *table, const uint32_t *rows, const float *steps,
                   long rowCount, float *out) {
    vf sum[8];
    for (int v = 0; v < count; v++) sum[v] = vload(out + n + v * VW);
    for (long k = 0; k < rowCount; k++) {
        const uint16_t *row = sg_row(table, rows[k], dim) + n;
        const vf step = splat(steps[k]);
        for (int v = 0; v < count; v++) sum[v] = vfma(step, vfrom_half(row + v * VW), sum[v]);
    }
    for (int v = 0; v < count; v++) vstore(out + n + v * VW, sum[v]);
}

// Steps of at most VW outputs from their products with the hidden vector, and the sum of their losses. A product beyond 20 is 20.
AI float sg_steps(const float *products, const float *rates, float rate, float *steps, long count) {
    const vf x = vload_n(products, count), r = vload_n(rates, count);
    const vi positive = r > splat(0);
    const vf bound = splat(20), z = vselect(x > bound, bound, vselect(x < -bound, -bound, x));
    const vf e = vexp(-z), probability = splat(1) / (splat(1) + e);
    const vf label = vselect(positive, splat(1), splat(0));
    // The rate of a negative one has a sign of its own.
    vstore_n(steps, splat(rate) * vselect(positive, r, -r) * (label - probability), count);
    vf losses[1] = {vlog(vselect(positive, splat(1) + e, splat(1) + splat(1) / e))};
    return hsum(vload_n((const float *)losses, count));
}

static void skipgram_predict(const struct nk_skipgram_tables *tables, const struct nk_skipgram_round *round, long first,
                             long last) {
    const long dim = tables->dim;
    const uint32_t *ends = round->outputEnds;
    for (long c = first; c < last; c++) {
        const uint32_t word = round->words[c];
        const uint32_t *rows = tables->wordRows + tables->wordStarts[word];
        const long rowCount = (long)(tables->wordStarts[word + 1] - tables->wordStarts[word]);
        const long start = c == 0 ? 0 : ends[c - 1], end = ends[c];
        if (c + 1 < last) {
            const uint32_t next = round->words[c + 1];
            for (uint32_t k = tables->wordStarts[next]; k < tables->wordStarts[next + 1]; k++)
                prefetch_row(sg_row(tables->inputs, tables->wordRows[k], dim), dim * 2);
            for (long k = end; k < ends[c + 1]; k++)
                prefetch_row(sg_row(tables->outputs, round->outputs[k], dim), dim * 2);
        }
        float *hidden = round->hidden + c * dim, *gradient = round->gradients + c * dim;
        const vf share = splat(1.0f / (float)rowCount);
#define BODY(n, count) sg_mean(n, count, dim, tables->inputs, rows, rowCount, share, hidden)
        SG_COLUMNS(dim, BODY);
#undef BODY
        for (long n = 0; n < dim; n += VW) vstore(gradient + n, splat(0));
        float loss = 0;
        for (long k = start; k < end; k += VW) {
            const long group = end - k < VW ? end - k : VW;
            const uint32_t *outputs = round->outputs + k;
            float products[VW];
            for (long j = 0; j < group; j++) products[j] = sg_dot(dim, hidden, sg_row(tables->outputs, outputs[j], dim));
            loss += sg_steps(products, round->rates + k, round->rate, round->steps + k, group);
#define BODY(n, count) sg_combine(n, count, dim, tables->outputs, outputs, round->steps + k, group, gradient)
            SG_COLUMNS(dim, BODY);
#undef BODY
        }
        round->losses[c] = loss;
    }
}

// Rounds to a 16-bit float at random, so that the mean is x: what is less than half a unit of the last place is not lost.
AI void sg_store(uint16_t *p, vf x, vu noise) {
    vto_half(p, vbits(NK_AS((NK_AS(vint(x), vu) + (noise >> 19)) & ~0x1fffu, vi)));
}

AI void sg_move(long n, const int count, long dim, uint16_t *row, const uint32_t *uses, const uint16_t *centers,
                const float *steps, const float *vectors, long useCount, vu *noise) {
    vf sum[8];
    for (int v = 0; v < count; v++) sum[v] = vfrom_half(row + n + v * VW);
    for (long u = 0; u < useCount; u++) {
        const float *vector = vectors + (size_t)centers[u] * (size_t)dim + n;
        const vf step = splat(steps ? steps[uses[u]] : 1);
        for (int v = 0; v < count; v++) sum[v] = vfma(step, vload(vector + v * VW), sum[v]);
    }
    for (int v = 0; v < count; v++) {
        *noise += 0x9e3779b9u;
        sg_store(row + n + v * VW, sum[v], *noise);
    }
}

static void skipgram_move(long dim, uint16_t *table, const struct nk_skipgram_moves *moves, const float *steps,
                          const float *vectors, uint64_t key, long first, long last) {
    const nk_keys keys = keys_of(key);
    for (long r = first; r < last; r++) {
        if (r + 12 < last) prefetch_row(sg_row(table, moves->rows[r + 12], dim), dim * 2);
        uint16_t *row = table + (size_t)moves->rows[r] * (size_t)dim;
        const uint32_t start = r == 0 ? 0 : moves->useEnds[r - 1];
        const uint32_t *uses = moves->uses + start;
        const uint16_t *centers = moves->centers + start;
        const long useCount = moves->useEnds[r] - start;
        vu noise = hash_lanes(NK_AS(lanes(), vu) + moves->rows[r] * 16u, keys);
#define BODY(n, count) sg_move(n, count, dim, row, uses, centers, steps, vectors, useCount, &noise)
        SG_COLUMNS(dim, BODY);
#undef BODY
    }
}
