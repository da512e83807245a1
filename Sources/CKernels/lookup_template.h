// The first window convolution of a frozen network, from entries that hold what a token gives to itself and to its
// neighbours; of one path. Needs vector_ops.h and half_template.h.

// For entries [hidden; left; self; right] of four parts of `part` numbers: z[r] = left of entry slots[r] + self of entry
// slots[r + 1] + right of entry slots[r + 2], and hidden[r] = the hidden state of entry slots[r + 1]. Whole vectors are
// read and written up to a multiple of 16 columns.
#define NK_ENTRIES_AHEAD 6  // entries are longer than rows of a table
#define NK_LOOKUP(name, type, load) \
    static void name(long rows, long N, const type *entries, long part, const uint32_t *slots, float *z, long ldz, \
                     float *hidden, long ldh) { \
        const size_t stride = 4 * (size_t)part; \
        for (long r = 0; r < rows; r++, z += ldz, hidden += ldh) { \
            if (r + NK_ENTRIES_AHEAD < rows) \
                prefetch_row(entries + slots[r + NK_ENTRIES_AHEAD + 2] * stride, (long)(stride * sizeof(type))); \
            const type *left = entries + slots[r] * stride + part; \
            const type *self = entries + slots[r + 1] * stride; \
            const type *right = entries + slots[r + 2] * stride + 3 * part; \
            for (long n = 0; n < N; n += VW) { \
                vstore(z + n, (load(left + n) + load(self + 2 * part + n)) + load(right + n)); \
                vstore(hidden + n, load(self + n)); \
            } \
        } \
    }
NK_LOOKUP(window_lookup, float, vload)
NK_LOOKUP(window_lookup_f16, uint16_t, vfrom_half)
#undef NK_LOOKUP
