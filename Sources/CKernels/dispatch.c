// Chooses the path, once per process unless told otherwise, and forwards every call to it.
#include "table.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

static const struct nk_table *const paths[] = {
#if defined(__x86_64__)
    &nk_table_avx512, &nk_table_avx2, &nk_table_avx2wide,
#endif
    &nk_table_plain,
};
enum { pathCount = sizeof paths / sizeof *paths };

static _Atomic(const struct nk_table *) chosen;
static _Thread_local const struct nk_table *chosenOnThread;
static _Thread_local int unextendedThread;

static int runs_here(const struct nk_table *table) {
    if (table == &nk_table_plain) return 1;
#if defined(__x86_64__)
    __builtin_cpu_init();
    int v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
    if (table == &nk_table_avx2 || table == &nk_table_avx2wide) return v3;
    if (table == &nk_table_avx512)
        return v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
               && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#endif
    return 0;
}

static const struct nk_table *find(const char *name) {
    for (int i = 0; i < pathCount; i++)
        if (strcmp(paths[i]->name, name) == 0) return runs_here(paths[i]) ? paths[i] : NULL;
    return NULL;
}

// Always the same answer, so two threads that get here at once do no harm.
static const struct nk_table *choose(void) {
    const char *wanted = getenv("NERPIPE_KERNELS");
    const struct nk_table *table = wanted ? find(wanted) : NULL;
    for (int i = 0; table == NULL; i++)
        if (runs_here(paths[i])) table = paths[i];
    return table;
}

static inline const struct nk_table *active(void) {
    if (__builtin_expect(chosenOnThread != NULL, 0)) return chosenOnThread;
    const struct nk_table *table = atomic_load_explicit(&chosen, memory_order_acquire);
    if (__builtin_expect(table == NULL, 0)) {
        table = choose();
        const struct nk_table *none = NULL;
        // A choice made meanwhile by nk_select_path wins.
        if (!atomic_compare_exchange_strong(&chosen, &none, table)) table = none;
    }
    return table;
}

// The answer to a question that is asked once; 0: not yet.
static int remembered(_Atomic int *answer, int (*ask)(void)) {
    int value = atomic_load_explicit(answer, memory_order_relaxed);
    if (value == 0) {
        value = ask() ? 1 : -1;
        atomic_store_explicit(answer, value, memory_order_relaxed);
    }
    return value > 0;
}

// Whether instructions are used that some CPUs of a path have and others have not: the same bits, faster.
static int extensions_allowed(void) {
    const char *wanted = getenv("NERPIPE_EXTENSIONS");
    return !(wanted && strcmp(wanted, "none") == 0);
}
static int extended(void) {
    static _Atomic int answer;
    return !unextendedThread && remembered(&answer, extensions_allowed);
}

#if defined(__x86_64__)
// Not every library that answers __builtin_cpu_supports knows of it.
static int has_avxvnni(void) {
    unsigned a, b, c, d;
    return __get_cpuid_count(7, 1, &a, &b, &c, &d) && a >> 4 & 1;
}
#endif

static const struct nk_bf16_table *bf16(void) {
    const struct nk_table *table = active();
#if defined(__x86_64__)
    if (table == &nk_table_avx512 && extended() && __builtin_cpu_supports("avx512bf16")) return &nk_bf16_native;
#endif
    return &table->bf16;
}

static const struct nk_int8_table *int8(void) {
    const struct nk_table *table = active();
#if defined(__x86_64__)
    static _Atomic int avxvnni;
    if (table == &nk_table_avx512 && extended() && __builtin_cpu_supports("avx512vnni")) return &nk_int8_avx512vnni;
    if (table == &nk_table_avx2 && extended() && remembered(&avxvnni, has_avxvnni)) return &nk_int8_avxvnni;
#endif
    return &table->int8;
}

void nk_init(void) { (void)active(); }
const char *nk_path_name(void) { return active()->name; }
int nk_path_count(void) { return pathCount; }
const char *nk_path_name_at(int index) { return index >= 0 && index < pathCount ? paths[index]->name : NULL; }
int nk_path_available(const char *name) { return name != NULL && find(name) != NULL; }

int nk_select_path(const char *name) {
    const struct nk_table *table = name ? find(name) : choose();
    if (table == NULL) return -1;
    atomic_store_explicit(&chosen, table, memory_order_release);
    return 0;
}

int nk_select_thread_path(const char *name) {
    const struct nk_table *table = name ? find(name) : NULL;
    if (name != NULL && table == NULL) return -1;
    chosenOnThread = table;
    return 0;
}

void nk_allow_thread_extensions(int allowed) { unextendedThread = !allowed; }

size_t nk_packed_size(long K, long N) {
    return K <= 0 || N <= 0 ? 0 : (size_t)((N + 15) / 16 * 16) * (size_t)K;
}

void nk_pack(const float *B, long rowStride, long colStride, long K, long N, float *packed) {
    if (rowStride == 1) {
        active()->pack_transposed(K, N, B, colStride, packed);
        return;
    }
    for (long j = 0; j < N; j += 16) {
        const float *b = B + j * colStride;
        long width = N - j < 16 ? N - j : 16;
        if (width == 16 && colStride == 1) {
            for (long k = 0; k < K; k++, packed += 16) memcpy(packed, b + k * rowStride, 16 * sizeof(float));
        } else {
            for (long k = 0; k < K; k++, packed += 16) {
                for (long x = 0; x < width; x++) packed[x] = b[k * rowStride + x * colStride];
                for (long x = width; x < 16; x++) packed[x] = 0;
            }
        }
    }
}

size_t nk_packed_bf16_size(long K, long N) {
    return K <= 0 || N <= 0 ? 0 : (size_t)((N + 15) / 16 * 16) * (size_t)((K + 1) / 2 * 2);
}

void nk_pack_bf16(const float *B, long rowStride, long colStride, long K, long N, uint16_t *packed) {
    float pair[32];
    uint16_t rounded[32];
    for (long j = 0; j < N; j += 16)
        for (long k = 0; k < K; k += 2, packed += 32) {
            for (long x = 0; x < 16; x++)
                for (long i = 0; i < 2; i++)
                    pair[2 * x + i] =
                        j + x < N && k + i < K ? B[(k + i) * rowStride + (j + x) * colStride] : 0.0f;
            nk_to_bf16(1, 32, pair, 32, rounded, 32);
            memcpy(packed, rounded, sizeof rounded);
        }
}

void nk_round_packed(const float *panels, long K, long N, uint16_t *packed) {
    const long pairs = (K + 1) / 2;
    for (long j = 0; j < N; j += 16, panels += 16 * K, packed += 32 * pairs)
        bf16()->pair_rows(K, 16, panels, 16, packed, 32, 32 * pairs);
}

void nk_gemm(long M, long N, long K, const float *A, long aRowStride, long aColStride, const float *B, long bRowStride,
             long bPanelStride, float *C, long ldc, int accumulate) {
    active()->gemm(M, N, K, A, aRowStride, aColStride, B, bRowStride, bPanelStride, C, ldc, accumulate);
}
void nk_dropout(long rows, long N, const float *x, long ldx, float *y, long ldy, const struct nk_mask *mask) {
    active()->dropout(rows, N, x, ldx, y, ldy, mask);
}
void nk_random_bits(long n, uint32_t *out, uint64_t key, uint64_t counter) {
    active()->random_bits(n, out, key, counter);
}
void nk_bias_gradient(long rows, long N, const float *dy, long ldd, float *db) {
    active()->bias_gradient(rows, N, dy, ldd, db);
}
void nk_relu_norm(long rows, long N, float *C, long ldc, const float *bias, const float *gamma, const float *beta,
                  float eps, const float *residual, long ldr, float *y, long ldy, float *mean, float *rstd,
                  const struct nk_mask *mask, float *dropped, long ldd) {
    active()->relu_norm(rows, N, C, ldc, bias, gamma, beta, eps, residual, ldr, y, ldy, mean, rstd, mask, dropped, ldd);
}
void nk_relu_norm_backward(long rows, long N, const float *dy, long lddy, const float *x, long ldx, const float *gamma,
                           const float *mean, const float *rstd, float *dx, long lddx, float *dgamma, float *dbeta,
                           float *dbias) {
    active()->relu_norm_backward(rows, N, dy, lddy, x, ldx, gamma, mean, rstd, dx, lddx, dgamma, dbeta, dbias);
}
void nk_softmax(long rows, long N, float *logits, long ld, const float *bias, float *out, long ldo) {
    active()->softmax(rows, N, logits, ld, bias, out, ldo);
}
void nk_dot_rows(long rows, long N, const float *x, long ldx, const float *q, float *dots, float *squares) {
    active()->dot_rows(rows, N, x, ldx, q, dots, squares);
}
void nk_dot_rows_f16(long rows, long N, const uint16_t *x, const float *q, float *dots, float *squares) {
    active()->dot_rows_f16(rows, N, x, q, dots, squares);
}
void nk_window_inputs(const struct nk_tiles *tiles, long N, const float *x, long ldx, float *v, long ldv) {
    active()->window_inputs(tiles, N, x, ldx, v, ldv);
}
void nk_window_outputs(const struct nk_tiles *tiles, long N, const float *m, long ldm, float *y, long ldy) {
    active()->window_outputs(tiles, N, m, ldm, y, ldy);
}
void nk_window_output_gradients(const struct nk_tiles *tiles, long N, const float *dy, long ldy, float *dm, long ldm) {
    active()->window_output_gradients(tiles, N, dy, ldy, dm, ldm);
}
void nk_window_input_gradients(const struct nk_tiles *tiles, long N, const float *dv, long ldv, float *dx, long ldx,
                               const struct nk_mask *mask) {
    active()->window_input_gradients(tiles, N, dv, ldv, dx, ldx, mask);
}
void nk_window_weights(long n, const float *g, float p, float scale, float *plus, float *minus) {
    active()->window_weights(n, g, p, scale, plus, minus);
}
void nk_window_weight_gradients(long n, const float *du, float *dg, long tap) {
    active()->window_weight_gradients(n, du, dg, tap);
}
void nk_window_lookup(long rows, long N, const float *entries, long part, const uint32_t *slots, float *z, long ldz,
                      float *hidden, long ldh) {
    active()->window_lookup(rows, N, entries, part, slots, z, ldz, hidden, ldh);
}
void nk_window_lookup_f16(long rows, long N, const uint16_t *entries, long part, const uint32_t *slots, float *z,
                          long ldz, float *hidden, long ldh) {
    active()->window_lookup_f16(rows, N, entries, part, slots, z, ldz, hidden, ldh);
}
void nk_to_bf16(long rows, long N, const float *x, long ldx, uint16_t *y, long ldy) {
    bf16()->to_bf16(rows, N, x, ldx, y, ldy);
}
void nk_window_inputs_bf16(const struct nk_tiles *tiles, long N, const float *x, long ldx, uint16_t *v, long ldv) {
    bf16()->window_inputs(tiles, N, x, ldx, v, ldv);
}
void nk_gemm_bf16(long M, long N, long K, const uint16_t *A, long lda, const uint16_t *packed, float *C, long ldc) {
    bf16()->gemm(M, N, K, A, lda, packed, C, ldc);
}
void nk_pair_rows(long rows, long N, const float *x, long ldx, uint16_t *y, long ldy, long panel) {
    bf16()->pair_rows(rows, N, x, ldx, y, ldy, panel);
}
void nk_gemm_bf16_pairs(long M, long N, long K, const uint16_t *A, long lda, const uint16_t *packed, float *C,
                        long ldc) {
    bf16()->gemm_pairs(M, N, K, A, lda, packed, C, ldc);
}
void nk_exp(long n, const float *x, float *y) { active()->exp(n, x, y); }
void nk_log(long n, const float *x, float *y) { active()->log(n, x, y); }
void nk_axpy(long n, float a, const float *x, float *y) { active()->axpy(n, a, x, y); }
void nk_add(long n, const float *x, float *y) { active()->add(n, x, y); }
void nk_scale(long n, float a, float *y) { active()->scale(n, a, y); }
double nk_sum_squares(long n, const float *x) { return active()->sum_squares(n, x); }
void nk_adamw(long n, float *w, const float *g, float *m, float *v, double gscale, double learningRate, double beta1,
              double beta2, double eps, double weightDecay, double biasCorrectedStep) {
    active()->adamw(n, w, g, m, v, gscale, learningRate, beta1, beta2, eps, weightDecay, biasCorrectedStep);
}
long nk_first_above(long n, const float *x, float factor, const float *penalty, float bound) {
    return active()->first_above(n, x, factor, penalty, bound);
}
long nk_first_above_either(long n, const float *x, float bound, const float *bounds) {
    return active()->first_above_either(n, x, bound, bounds);
}
void nk_f16_to_f32(long n, const uint16_t *x, float *y) { active()->f16_to_f32(n, x, y); }
void nk_f32_to_f16(long n, const float *x, uint16_t *y) { active()->f32_to_f16(n, x, y); }
void nk_gather_f16(long count, const uint32_t *rows, const uint16_t *table, long dim, float scale, float *out,
                   long ldo) {
    active()->gather_f16(count, rows, table, dim, scale, out, ldo);
}
void nk_skipgram_predict(const struct nk_skipgram_tables *tables, const struct nk_skipgram_round *round, long first,
                         long last) {
    active()->skipgram_predict(tables, round, first, last);
}
void nk_skipgram_move(long dim, uint16_t *table, const struct nk_skipgram_moves *moves, const float *steps,
                      const float *vectors, uint64_t key, long first, long last) {
    active()->skipgram_move(dim, table, moves, steps, vectors, key, first, last);
}
void nk_gather_i8(long count, const uint32_t *rows, const int8_t *table, const float *rowScales, long dim,
                  float scale, float *out, long ldo) {
    active()->gather_i8(count, rows, table, rowScales, dim, scale, out, ldo);
}
void nk_bias_gelu(long rows, long N, float *C, long ldc, const float *bias, int gelu) {
    active()->bias_gelu(rows, N, C, ldc, bias, gelu);
}
void nk_gemm_biased(long M, long N, long K, const float *A, long lda, const float *packed, const float *bias, int gelu,
                    float *C, long ldc) {
    active()->gemm_biased(M, N, K, A, lda, packed, bias, gelu, C, ldc);
}
void nk_residual_norm(long rows, long N, const float *x, long ldx, const float *bias, const float *residual, long ldr,
                      const float *gamma, const float *beta, float eps, float *y, long ldy) {
    active()->residual_norm(rows, N, x, ldx, bias, residual, ldr, gamma, beta, eps, y, ldy);
}
int nk_int8_group(void) { return int8()->group; }
size_t nk_packed_int8_size(long K, long N) { return int8()->packed_size(K, N); }
void nk_pack_int8(long K, long N, const int8_t *columns, void *packed) { int8()->pack(K, N, columns, packed); }
void nk_quantize(long rows, long K, const float *x, long ldx, const float *keep, void *levels, long ldq, float *scales,
                 int32_t *zeros) {
    int8()->quantize(rows, K, x, ldx, keep, levels, ldq, scales, zeros);
}
void nk_window_quantize(const struct nk_tiles *tiles, long K, const float *x, long ldx, void *levels, long ldq,
                        float *scales, int32_t *zeros) {
    int8()->window_quantize(tiles, K, x, ldx, levels, ldq, scales, zeros);
}
void nk_gemm_int8(long M, long N, long K, const void *levels, long lda, const float *scales, const int32_t *zeros,
                  const struct nk_int8_matrix *B, const float *outliers, long ldo, const float *bias, int gelu, float *C,
                  long ldc) {
    int8()->gemm(M, N, K, levels, lda, scales, zeros, B, outliers, ldo, bias, gelu, C, ldc);
}
long nk_fma_chain(long iterations, float *sink) { return active()->fma_chain(iterations, sink); }
