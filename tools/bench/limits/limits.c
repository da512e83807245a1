#include "limits_bench.h"

#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { letter, space, mark };

// Classes of scalars: 128 for ASCII, then blocks of 256 by a first stage. Only general punctuation and the spaces there are
// told from letters: enough for what is measured.
static uint8_t ascii[128], first_stage[0x1100], blocks[2][256];

static void make_tables(void) {
    for (int c = 0; c < 128; c++)
        ascii[c] = c <= ' ' ? space
                   : (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ? letter
                                                                                                 : mark;
    first_stage[0x20] = 1;
    for (int c = 0; c < 0x70; c++) blocks[1][c] = c <= 0x0b ? space : mark;
}

long bench_byte_loop(const uint8_t *bytes, long start, long end, uint32_t *offsets) {
    static int isMade;
    if (!isMade) make_tables(), isMade = 1;
    uint32_t *out = offsets;
    long token = -1;
    for (long i = start; i < end;) {
        const uint8_t b = bytes[i];
        int class, length = 1;
        if (b < 0x80) {
            class = ascii[b];
        } else {
            uint32_t scalar;
            if (b < 0xe0 && i + 1 < end) {
                scalar = (b & 31u) << 6 | (bytes[i + 1] & 63u), length = 2;
            } else if (b < 0xf0 && i + 2 < end) {
                scalar = (b & 15u) << 12 | (bytes[i + 1] & 63u) << 6 | (bytes[i + 2] & 63u), length = 3;
            } else if (i + 3 < end) {
                scalar = (b & 7u) << 18 | (bytes[i + 1] & 63u) << 12 | (bytes[i + 2] & 63u) << 6 | (bytes[i + 3] & 63u);
                length = 4;
            } else {
                scalar = 0xfffd;
            }
            class = blocks[first_stage[scalar >> 8 & 0x10ff]][scalar & 255];
        }
        if (class == letter) {
            if (token < 0) token = i;
        } else {
            if (token >= 0) *out++ = (uint32_t)(token - start), *out++ = (uint32_t)(i - start), token = -1;
            if (class == mark) *out++ = (uint32_t)(i - start), *out++ = (uint32_t)(i + length - start);
        }
        i += length;
    }
    if (token >= 0) *out++ = (uint32_t)(token - start), *out++ = (uint32_t)(end - start);
    return (out - offsets) / 2;
}

#if defined(__x86_64__)
__attribute__((target("avx512f"))) static void widen_512(const uint16_t *x, float *y, long n) {
    long i = 0;
    for (; i + 16 <= n; i += 16)
        _mm512_storeu_ps(y + i, _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(x + i))));
    if (i < n) {
        uint16_t rest[16] = {0};
        memcpy(rest, x + i, (size_t)(n - i) * 2);
        _mm512_mask_storeu_ps(
            y + i, (__mmask16)((1u << (n - i)) - 1), _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)rest)));
    }
}
__attribute__((target("avx2,f16c"))) static void widen_256(const uint16_t *x, float *y, long n) {
    long i = 0;
    for (; i + 8 <= n; i += 8) _mm256_storeu_ps(y + i, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(x + i))));
    for (; i < n; i++) y[i] = _cvtsh_ss(x[i]);
}
#else
static void widen_plain(const uint16_t *x, float *y, long n) {
    for (long i = 0; i < n; i++) {
        __fp16 h;
        memcpy(&h, x + i, 2);
        y[i] = h;
    }
}
#endif

void bench_gather(long count, const uint32_t *rows, const uint16_t *table, long dim, long ahead, float *out) {
#if defined(__x86_64__)
    void (*widen)(const uint16_t *, float *, long) = __builtin_cpu_supports("avx512f") ? widen_512 : widen_256;
#else
    void (*widen)(const uint16_t *, float *, long) = widen_plain;
#endif
    for (long i = 0; i < count; i++) {
        if (ahead > 0 && i + ahead < count && rows[i + ahead] != UINT32_MAX) {
            const char *next = (const char *)(table + (size_t)rows[i + ahead] * (size_t)dim);
            for (long b = 0; b < 2 * dim; b += 64) __builtin_prefetch(next + b, 0, 3);
        }
        if (rows[i] == UINT32_MAX) memset(out + i * dim, 0, (size_t)dim * sizeof *out);
        else widen(table + (size_t)rows[i] * (size_t)dim, out + i * dim, dim);
    }
}
