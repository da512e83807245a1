// Dense float32 kernels with run-time choice of instruction set.
//
// Every matrix is row-major, `ld...` is the distance between rows in floats, sizes are `long` and may be 0.
// Pointers need no alignment (64 bytes is fastest). No function allocates, keeps state or starts threads; all may be
// called from several threads at once. Nothing is checked here: the Swift wrappers do that.
//
// Each path (`plain`, `avx2`, `avx512`) has one summation order of its own. Within a path a row of the output depends
// on that row of the input alone, never on how many rows the call has or on the thread that makes it.
#ifndef NERPIPE_CKERNELS_H
#define NERPIPE_CKERNELS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// ---- choice of path -------------------------------------------------------------------------------------------

// Makes the choice now rather than at the first call. The best path of this CPU, unless the environment variable
// NERPIPE_KERNELS names an available one (plain, avx2, avx2wide, avx512); any other value is ignored.
void nk_init(void);
// Name of the path in force on this thread.
const char *nk_path_name(void);
// Number of paths compiled in, and the name of one of them (NULL outside the range).
int nk_path_count(void);
const char *nk_path_name_at(int index);
// 1 if `name` is compiled in and this CPU can run it.
int nk_path_available(const char *name);
// Process-wide choice. NULL: choose again as nk_init does. Returns 0, or -1 (nothing changed) if not available.
int nk_select_path(const char *name);
// The same for the calling thread alone; takes precedence over the process-wide choice. NULL removes it.
int nk_select_thread_path(const char *name);
// Whether the calling thread uses the instructions that some CPUs of a path have and others have not (AVX-VNNI, AVX512_VNNI,
// AVX512_BF16), as it does at first unless the environment variable NERPIPE_EXTENSIONS is "none". Other layouts, the same bits.
void nk_allow_thread_extensions(int allowed);

// ---- matrix product -------------------------------------------------------------------------------------------

// Floats that nk_pack writes for a K x N matrix: columns rounded up to 16. The layout is the same on every path.
size_t nk_packed_size(long K, long N);
// Packs B[k,n] = B[k * rowStride + n * colStride]: panels of 16 columns, each [K][16], short columns filled with 0.
void nk_pack(const float *B, long rowStride, long colStride, long K, long N, float *packed);
// C[M,N] = A B, or C += A B. A[m,k] = A[m * aRowStride + k * aColStride], read in place, rows may overlap.
// B[k,n] = B[n / 16 * bPanelStride + k * bRowStride + n % 16]: a packed matrix has strides 16 and 16 K, plain rows have
// the panel stride 16, and are read up to a multiple of 16 columns.
// C must not overlap A or B. Each element is one chain over k in ascending order, starting from C or 0.
void nk_gemm(long M, long N, long K, const float *A, long aRowStride, long aColStride, const float *B, long bRowStride,
             long bPanelStride, float *C, long ldc, int accumulate);

// ---- dropout --------------------------------------------------------------------------------------------------

// Element i has the 32-bit hash of (key, i), the same on every path; it is dropped where hash < threshold, otherwise
// multiplied by scale. Drop probability p: threshold = p * 2^32, scale = 1 / (1 - p).
// Element (r, n) of a matrix [rows, N] is element index + r * N + n, whatever its stride; all are below 2^32.
struct nk_mask {
    uint64_t key;
    uint64_t index;
    uint32_t threshold;
    float scale;
};
// y = x where kept, times the scale, and 0 where dropped. y may be x; the backward pass is the same call.
void nk_dropout(long rows, long N, const float *x, long ldx, float *y, long ldy, const struct nk_mask *mask);
// The hash itself of counter, counter + 1 ..., for tests and sampling.
void nk_random_bits(long n, uint32_t *out, uint64_t key, uint64_t counter);

// ---- rows -----------------------------------------------------------------------------------------------------

// db[n] += sum over rows of dy[row, n], rows in ascending order, added to db at the end.
void nk_bias_gradient(long rows, long N, const float *dy, long ldd, float *db);
// C = max(C + bias, 0), NaN stays NaN; y = residual + norm(C), where norm(x) = (x - mean) * rstd * gamma + beta with the
// biased variance of the row. residual may be NULL, or y. mean and rstd (one per row) may be NULL.
// With a mask also dropped = y where kept, times the scale, and 0 elsewhere.
void nk_relu_norm(long rows, long N, float *C, long ldc, const float *bias, const float *gamma, const float *beta,
                  float eps, const float *residual, long ldr, float *y, long ldy, float *mean, float *rstd,
                  const struct nk_mask *mask, float *dropped, long ldd);
// dx = gradient with respect to C + bias; x is C after the forward pass. dgamma, dbeta and dbias are added to, rows in
// ascending order. dx may be dy.
void nk_relu_norm_backward(long rows, long N, const float *dy, long lddy, const float *x, long ldx, const float *gamma,
                           const float *mean, const float *rstd, float *dx, long lddx, float *dgamma, float *dbeta,
                           float *dbias);
// logits += bias; then each row of out: exp(logits - max) / sum. -inf gives 0; a row of only -inf, or with NaN or +inf,
// gives NaN.
void nk_softmax(long rows, long N, float *logits, long ld, const float *bias, float *out, long ldo);

// dots[r] = sum of x[r, n] * q[n] and squares[r] = sum of x[r, n]^2; lane i of two sums takes n = i, i + lanes, ...
void nk_dot_rows(long rows, long N, const float *x, long ldx, const float *q, float *dots, float *squares);
// The same of rows of binary16 that lie one behind the other; bit for bit what the widened rows give.
void nk_dot_rows_f16(long rows, long N, const uint16_t *x, const float *q, float *dots, float *squares);

// ---- window convolution ---------------------------------------------------------------------------------------

// y[r] = x[r - 1] g0 + x[r] g1 + x[r + 1] g2 by minimal filtering, see window_template.h: inputs, products of components
// with the transformed taps U0...U5, outputs. N up to a multiple of 16 is read and written: rows are padded.

// The output rows row + 1 ... row + rows; rows: 2 or 4.
struct nk_tile {
    int32_t row, rows;
};
// They ascend without overlap. Their components lie one after the other: 0 to 3 have a row of each tile, 4 and 5 one of each
// tile of four rows.
struct nk_tiles {
    const struct nk_tile *first;
    long count;
    // Of them have four rows.
    long fours;
};

// v0...v5; of each tile the rows row ... row + rows + 1 of x are read.
void nk_window_inputs(const struct nk_tiles *tiles, long N, const float *x, long ldx, float *v, long ldv);
// The rows of y from m0...m5. A row between two tiles of the call becomes 0.
void nk_window_outputs(const struct nk_tiles *tiles, long N, const float *m, long ldm, float *y, long ldy);
// The gradient of m0...m5 from that of y.
void nk_window_output_gradients(const struct nk_tiles *tiles, long N, const float *dy, long ldy, float *dm, long ldm);
// dx += gradient of the tiles' output rows as inputs, less what is dropped; mask->index is that of dx[0, 0]. Rows of no
// tile get nothing.
void nk_window_input_gradients(const struct nk_tiles *tiles, long N, const float *dv, long ldv, float *dx, long ldx,
                               const struct nk_mask *mask);
// U1 and U2 (p = 1, scale 1/6) or U4 and U5 (2, 1/24) of the taps g0, g1, g2, which lie one after the other, n numbers each.
// U0 is g0, U3 is g2.
void nk_window_weights(long n, const float *g, float p, float scale, float *plus, float *minus);
// dg0...dg2, `tap` apart, from dU0...dU5, which lie one after the other.
void nk_window_weight_gradients(long n, const float *du, float *dg, long tap);
// For entries [hidden; left; self; right] of four parts of `part` numbers each: z[r] = left of entry slots[r] + self of
// entry slots[r + 1] + right of entry slots[r + 2], and hidden[r] = the hidden state of entry slots[r + 1].
void nk_window_lookup(long rows, long N, const float *entries, long part, const uint32_t *slots, float *z, long ldz,
                      float *hidden, long ldh);
// The same for entries of 16-bit floats (IEEE binary16).
void nk_window_lookup_f16(long rows, long N, const uint16_t *entries, long part, const uint32_t *slots, float *z,
                          long ldz, float *hidden, long ldh);

// ---- products of reduced precision ------------------------------------------------------------------------------

// 16-bit floats with 8 bits of exponent (bfloat16), products summed in 32 bits: see bf16_template.h. The same bits on
// every path with fused multiply-adds.

// 16-bit numbers that nk_pack_bf16 writes for a K x N matrix.
size_t nk_packed_bf16_size(long K, long N);
// Packs as nk_pack does, rounded to nearest even, in pairs of rows: panels of 16 columns, each [(K + 1) / 2][16][2].
void nk_pack_bf16(const float *B, long rowStride, long colStride, long K, long N, uint16_t *packed);
// The same of what nk_pack wrote.
void nk_round_packed(const float *panels, long K, long N, uint16_t *packed);
// Rounds rows; columns beyond N are written as 0, at least one when N is odd, at most up to a multiple of 16.
void nk_to_bf16(long rows, long N, const float *x, long ldx, uint16_t *y, long ldy);
// nk_window_inputs, rounded.
void nk_window_inputs_bf16(const struct nk_tiles *tiles, long N, const float *x, long ldx, uint16_t *v, long ldv);
// C[M,N] = A B. lda is even; where K is odd, column K of A is 0.
void nk_gemm_bf16(long M, long N, long K, const uint16_t *A, long lda, const uint16_t *packed, float *C, long ldc);
// Rounds rows and lays two of them side by side, [(rows + 1) / 2][N][2]: a missing row is 0, ldy numbers from pair to pair, of
// whole groups of 16 columns, which begin `panel` numbers after each other: 32 for the left-hand matrix below, 32 times the
// pairs (and ldy 32) for what nk_pack_bf16 makes of row-major rows.
void nk_pair_rows(long rows, long N, const float *x, long ldx, uint16_t *y, long ldy, long panel);
// C[M,N] = A^T B, where A[K,M] was laid out by nk_pair_rows.
void nk_gemm_bf16_pairs(long M, long N, long K, const uint16_t *A, long lda, const uint16_t *packed, float *C,
                        long ldc);

// ---- elements -------------------------------------------------------------------------------------------------

// Own polynomials, no libm, errors below 1 unit in the last place (exp 0.99, log 0.75 seen). y may be x.
// exp: subnormal results, 0, inf and NaN as expected. log: log(0) = -inf, x < 0 gives NaN.
void nk_exp(long n, const float *x, float *y);
void nk_log(long n, const float *x, float *y);
// y += a * x; y += x; y *= a.
void nk_axpy(long n, float a, const float *x, float *y);
void nk_add(long n, const float *x, float *y);
void nk_scale(long n, float a, float *y);
// Sum of x * x in double, the same on every path: lane i of 32 sums elements i, i + 32, ...; lanes added pairwise.
double nk_sum_squares(long n, const float *x);
// AdamW: g' = gscale * g; m = beta1 * m + (1 - beta1) * g'; v = beta2 * v + (1 - beta2) * g'^2; w -= step * m / (sqrt(v) + eps);
// then w -= learningRate * weightDecay * w. step = learningRate * sqrt(1 - b2^k) / (1 - b1^k) for update k = 1, 2, ...
void nk_adamw(long n, float *w, const float *g, float *m, float *v, double gscale, double learningRate, double beta1,
              double beta2, double eps, double weightDecay, double biasCorrectedStep);

// The first i with factor * x[i] - penalty[i] > bound, n if there is none; NaN is above nothing. The same on every path
// when the factor is a power of two.
long nk_first_above(long n, const float *x, float factor, const float *penalty, float bound);
// The first i with x[i] > bound or x[i] > bounds[i], n if there is none; the same on every path.
long nk_first_above_either(long n, const float *x, float bound, const float *bounds);

// ---- 16-bit floats --------------------------------------------------------------------------------------------

// IEEE binary16. To f16: round to nearest even, overflow to inf. NaN becomes quiet and keeps its leading payload bits.
void nk_f16_to_f32(long n, const uint16_t *x, float *y);
void nk_f32_to_f16(long n, const float *x, uint16_t *y);
// out[i] = scale * table[rows[i]], `dim` values each; row number NK_NO_ROW gives zeros.
#define NK_NO_ROW 0xFFFFFFFFu
void nk_gather_f16(long count, const uint32_t *rows, const uint16_t *table, long dim, float scale, float *out,
                   long ldo);
// out[i] = (scale * rowScales[rows[i]]) * table[rows[i]] for rows of 8-bit whole numbers; the same on every path.
void nk_gather_i8(long count, const uint32_t *rows, const int8_t *table, const float *rowScales, long dim,
                  float scale, float *out, long ldo);

// ---- skip-gram --------------------------------------------------------------------------------------------------

// Skip-gram with negative sampling (Mikolov et al. 2013) in rounds: every center of a round is looked at with the tables
// as they were before it (nk_skipgram_predict), and then every row that was met moves once (nk_skipgram_move).
struct nk_skipgram_tables {
    // Floats of a row, a multiple of 16; rows are IEEE binary16.
    long dim;
    const uint16_t *inputs;
    const uint16_t *outputs;
    // Input rows of word w: wordRows[wordStarts[w]] ... wordRows[wordStarts[w + 1] - 1], at least one.
    const uint32_t *wordRows;
    const uint32_t *wordStarts;
};
struct nk_skipgram_round {
    // Of each center: its word, and the end of its outputs.
    const uint32_t *words;
    const uint32_t *outputEnds;
    // Of each output: its row, and its rate; below zero, its size is the rate of a negative one.
    const uint32_t *outputs;
    const float *rates;
    // By which all rates are multiplied.
    float rate;
    // Made of each output: rate * (label - sigmoid(hidden . row)).
    float *steps;
    // Made of each center: hidden = mean of the input rows, gradient = sum of the steps times the rows, both [centers, dim];
    // and the loss, the sum of -log of the probability of each label.
    float *hidden;
    float *gradients;
    float *losses;
};
// Centers first ... last - 1 of a round.
void nk_skipgram_predict(const struct nk_skipgram_tables *tables, const struct nk_skipgram_round *round, long first,
                         long last);
// What the uses of a round ask of the rows of a table, uses of the same row together.
struct nk_skipgram_moves {
    // Of each row: its number, and the end of its uses.
    const uint32_t *rows;
    const uint32_t *useEnds;
    // Of each use: its number, and its center, of at most 65536 in a round.
    const uint32_t *uses;
    const uint16_t *centers;
};
// row += sum over its uses of steps[use] * vectors[center], for rows first ... last - 1 of the moves; without steps they are
// 1. What a 16-bit float cannot hold is rounded up or down at random, as often as makes the mean right: a hash of
// (key, row, column) decides.
void nk_skipgram_move(long dim, uint16_t *table, const struct nk_skipgram_moves *moves, const float *steps,
                      const float *vectors, uint64_t key, long first, long last);

// ---- transformer ------------------------------------------------------------------------------------------------

// C = C + bias, and with gelu x (1 + erf(x / sqrt 2)) / 2 of that (Hendrycks and Gimpel 2016), erf to 4e-7.
void nk_bias_gelu(long rows, long N, float *C, long ldc, const float *bias, int gelu);
// nk_bias_gelu of C = A B, B packed by nk_pack, K > 0: the chains of nk_gemm.
void nk_gemm_biased(long M, long N, long K, const float *A, long lda, const float *packed, const float *bias, int gelu,
                    float *C, long ldc);
// y = norm(x + bias + residual), norm as in nk_relu_norm. y is neither x nor residual, or all of its rows are x's or
// all are residual's.
void nk_residual_norm(long rows, long N, const float *x, long ldx, const float *bias, const float *residual, long ldr,
                      const float *gamma, const float *beta, float eps, float *y, long ldy);

// Products of 8-bit whole numbers, see int8_template.h; the same bits on every path but for the outliers' share, which
// is nk_gemm's.

// Neighbours along K that lie beside each other; names the layout of levels and panels, which is the path's own.
int nk_int8_group(void);
// Bytes that nk_pack_int8 writes for a K x N matrix, and the packing of its transpose [N, K].
size_t nk_packed_int8_size(long K, long N);
void nk_pack_int8(long K, long N, const int8_t *columns, void *packed);
struct nk_int8_matrix {
    const void *panels;
    // Of each column: its scale, and the sum of its numbers; N rounded up to 16 are read.
    const float *scales;
    const int32_t *sums;
    // Rows that are multiplied in 32 bits, packed by nk_pack: [outlierCount, N].
    const float *outliers;
    long outlierCount;
};
// Rows of levels 0 ... 255, ldq bytes apart, with the scale and the level of 0 of each; columns where keep is 0 rather than 1
// count as 0. A row takes K levels, rounded up to whole groups of four bytes.
void nk_quantize(long rows, long K, const float *x, long ldx, const float *keep, void *levels, long ldq, float *scales,
                 int32_t *zeros);
// The components of nk_window_inputs as such rows.
void nk_window_quantize(const struct nk_tiles *tiles, long K, const float *x, long ldx, void *levels, long ldq,
                        float *scales, int32_t *zeros);
// nk_bias_gelu (nothing, where bias is NULL) of C = A B + outliers[M, outlierCount] B.outliers; 0 < K <= 65536.
void nk_gemm_int8(long M, long N, long K, const void *levels, long lda, const float *scales, const int32_t *zeros,
                  const struct nk_int8_matrix *B, const float *outliers, long ldo, const float *bias, int gelu, float *C,
                  long ldc);

// ---- measuring ------------------------------------------------------------------------------------------------

// Runs independent multiply-add chains in registers `iterations` times, returns the floating point operations done.
long nk_fma_chain(long iterations, float *sink);

#ifdef __cplusplus
}
#endif
#endif
