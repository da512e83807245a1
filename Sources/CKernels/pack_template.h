// Packing of a transposed matrix, of one path. Needs vector_ops.h.

// One stage of the transpose of VW vectors: blocks of s x s change places across the diagonal of blocks of 2 s x 2 s.
#define NK_LOW(s, k) ((k) & (s) ? VW + (k) - (s) : (k))
#define NK_HIGH(s, k) ((k) & (s) ? VW + (k) : (k) + (s))
#define NK_FOUR(part, s, k) part(s, k), part(s, (k) + 1), part(s, (k) + 2), part(s, (k) + 3)
#if VW == 16
#define NK_LANES(part, s) NK_FOUR(part, s, 0), NK_FOUR(part, s, 4), NK_FOUR(part, s, 8), NK_FOUR(part, s, 12)
#elif VW == 8
#define NK_LANES(part, s) NK_FOUR(part, s, 0), NK_FOUR(part, s, 4)
#else
#define NK_LANES(part, s) NK_FOUR(part, s, 0)
#endif
#define NK_STAGE(s) \
    for (int i = 0; i < VW; i++) \
        if (!(i & (s))) { \
            const vf a = r[i], b = r[i + (s)]; \
            r[i] = __builtin_shufflevector(a, b, NK_LANES(NK_LOW, s)); \
            r[i + (s)] = __builtin_shufflevector(a, b, NK_LANES(NK_HIGH, s)); \
        }

// out[k * 16 + n] = in[n * ld + k] for VW x VW elements.
AI void transpose_block(const float *in, long ld, float *out) {
    vf r[VW];
#pragma clang loop unroll(full)
    for (int i = 0; i < VW; i++) r[i] = vload(in + i * ld);
#if VW == 16
#pragma clang loop unroll(full)
    NK_STAGE(8)
#endif
#if VW >= 8
#pragma clang loop unroll(full)
    NK_STAGE(4)
#endif
#pragma clang loop unroll(full)
    NK_STAGE(2)
#pragma clang loop unroll(full)
    NK_STAGE(1)
#pragma clang loop unroll(full)
    for (int i = 0; i < VW; i++) vstore(out + i * 16, r[i]);
}

// Panels of B[k, n] = B[k + n * ld], as nk_pack writes them.
static void pack_transposed(long K, long N, const float *B, long ld, float *packed) {
    for (long j = 0; j < N; j += 16, packed += 16 * K) {
        const float *b = B + j * ld;
        const long width = N - j < 16 ? N - j : 16, full = width == 16 ? K - K % VW : 0;
        for (long k = 0; k < full; k += VW)
            for (long n = 0; n < 16; n += VW) transpose_block(b + n * ld + k, ld, packed + k * 16 + n);
        for (long k = full; k < K; k++) {
            for (long n = 0; n < width; n++) packed[k * 16 + n] = b[n * ld + k];
            for (long n = width; n < 16; n++) packed[k * 16 + n] = 0;
        }
    }
}
#undef NK_STAGE
