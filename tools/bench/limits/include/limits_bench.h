// What the machine must do at the least for some of nerpipe's work, written as plainly as it can be, for comparison.
#ifndef NERPIPE_BENCH_LIMITS_H
#define NERPIPE_BENCH_LIMITS_H
#include <stddef.h>
#include <stdint.h>

// Cuts bytes[start ..< end] at spaces and around ASCII marks by a class table of 128 entries and, for other scalars, a
// two-stage one; writes start and end of every token, returns how many there are.
long bench_byte_loop(const uint8_t *bytes, long start, long end, uint32_t *offsets);

// out[i] = table[rows[i]] widened from binary16, `ahead` rows prefetched. row 0xffffffff gives zeros.
void bench_gather(long count, const uint32_t *rows, const uint16_t *table, long dim, long ahead, float *out);
#endif
