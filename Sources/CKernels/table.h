// The functions of one path. Each kernels_*.c file defines one table; dispatch.c chooses among them.
#ifndef NK_TABLE_H
#define NK_TABLE_H

#include "CKernels.h"

struct nk_bf16_table {
    void (*to_bf16)(long, long, const float *, long, uint16_t *, long);
    void (*window_inputs)(const struct nk_tiles *, long, const float *, long, uint16_t *, long);
    void (*pair_rows)(long, long, const float *, long, uint16_t *, long, long);
    void (*gemm)(long, long, long, const uint16_t *, long, const uint16_t *, float *, long);
    void (*gemm_pairs)(long, long, long, const uint16_t *, long, const uint16_t *, float *, long);
};
// Of the file that has included bf16_template.h.
#define NK_BF16_FUNCTIONS \
    {.to_bf16 = to_bf16, .window_inputs = window_inputs_bf16, .pair_rows = pair_rows_bf16, .gemm = gemm_bf16, \
     .gemm_pairs = gemm_bf16_pairs}

struct nk_int8_table {
    int group;
    size_t (*packed_size)(long, long);
    void (*pack)(long, long, const int8_t *, void *);
    void (*quantize)(long, long, const float *, long, const float *, void *, long, float *, int32_t *);
    void (*window_quantize)(const struct nk_tiles *, long, const float *, long, void *, long, float *, int32_t *);
    void (*gemm)(long, long, long, const void *, long, const float *, const int32_t *, const struct nk_int8_matrix *,
                 const float *, long, const float *, int, float *, long);
};
// Of the file that has included int8_template.h.
#define NK_INT8_FUNCTIONS \
    {.group = GROUP, .packed_size = packed_int8_size, .pack = pack_int8, \
     .quantize = quantize, .window_quantize = window_quantize, .gemm = gemm_int8}

struct nk_table {
    const char *name;
    void (*gemm)(long, long, long, const float *, long, long, const float *, long, long, float *, long, int);
    void (*pack_transposed)(long, long, const float *, long, float *);
    void (*bias_gradient)(long, long, const float *, long, float *);
    void (*relu_norm)(long, long, float *, long, const float *, const float *, const float *, float, const float *,
                      long, float *, long, float *, float *, const struct nk_mask *, float *, long);
    void (*relu_norm_backward)(long, long, const float *, long, const float *, long, const float *, const float *,
                               const float *, float *, long, float *, float *, float *);
    void (*softmax)(long, long, float *, long, const float *, float *, long);
    void (*dot_rows)(long, long, const float *, long, const float *, float *, float *);
    void (*dot_rows_f16)(long, long, const uint16_t *, const float *, float *, float *);
    void (*window_inputs)(const struct nk_tiles *, long, const float *, long, float *, long);
    void (*window_outputs)(const struct nk_tiles *, long, const float *, long, float *, long);
    void (*window_output_gradients)(const struct nk_tiles *, long, const float *, long, float *, long);
    void (*window_input_gradients)(const struct nk_tiles *, long, const float *, long, float *, long, const struct nk_mask *);
    void (*window_weights)(long, const float *, float, float, float *, float *);
    void (*window_weight_gradients)(long, const float *, float *, long);
    void (*window_lookup)(long, long, const float *, long, const uint32_t *, float *, long, float *, long);
    void (*window_lookup_f16)(long, long, const uint16_t *, long, const uint32_t *, float *, long, float *, long);
    void (*exp)(long, const float *, float *);
    void (*log)(long, const float *, float *);
    void (*dropout)(long, long, const float *, long, float *, long, const struct nk_mask *);
    void (*random_bits)(long, uint32_t *, uint64_t, uint64_t);
    void (*axpy)(long, float, const float *, float *);
    void (*add)(long, const float *, float *);
    void (*scale)(long, float, float *);
    double (*sum_squares)(long, const float *);
    void (*adamw)(long, float *, const float *, float *, float *, double, double, double, double, double, double,
                  double);
    void (*f16_to_f32)(long, const uint16_t *, float *);
    void (*f32_to_f16)(long, const float *, uint16_t *);
    void (*gather_f16)(long, const uint32_t *, const uint16_t *, long, float, float *, long);
    void (*skipgram_predict)(const struct nk_skipgram_tables *, const struct nk_skipgram_round *, long, long);
    void (*skipgram_move)(long, uint16_t *, const struct nk_skipgram_moves *, const float *, const float *, uint64_t,
                          long, long);
    long (*first_above)(long, const float *, float, const float *, float);
    long (*first_above_either)(long, const float *, float, const float *);
    void (*gather_i8)(long, const uint32_t *, const int8_t *, const float *, long, float, float *, long);
    void (*bias_gelu)(long, long, float *, long, const float *, int);
    void (*gemm_biased)(long, long, long, const float *, long, const float *, const float *, int, float *, long);
    void (*residual_norm)(long, long, const float *, long, const float *, const float *, long, const float *,
                          const float *, float, float *, long);
    struct nk_bf16_table bf16;
    struct nk_int8_table int8;
    long (*fma_chain)(long, float *);
};

extern const struct nk_table nk_table_plain;
#if defined(__x86_64__)
extern const struct nk_table nk_table_avx2;
extern const struct nk_table nk_table_avx2wide;
extern const struct nk_table nk_table_avx512;
// In the place of nk_table_avx512.bf16 where the CPU has the instructions; the same bits.
extern const struct nk_bf16_table nk_bf16_native;
// The same for nk_table_avx512.int8 and nk_table_avx2.int8; another layout, the same bits.
extern const struct nk_int8_table nk_int8_avx512vnni;
extern const struct nk_int8_table nk_int8_avxvnni;
#endif

#endif
