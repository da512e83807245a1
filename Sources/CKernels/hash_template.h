// Random numbers as a hash of key and index, and dropout by them, of one path. Needs vector_ops.h.

// SplitMix64's output function (Steele, Lea and Flood 2014).
AI uint64_t mix64(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

// Two 32-bit subkeys from mix64(key, high half of the index).
typedef struct {
    uint32_t first, second;
} nk_keys;
AI nk_keys subkeys(uint64_t key, uint64_t high) {
    uint64_t sub = mix64(mix64(key + 0x9e3779b97f4a7c15u) + (high + 1) * 0x9e3779b97f4a7c15u);
    return (nk_keys){(uint32_t)sub, (uint32_t)(sub >> 32)};
}
// For indices below 2^32.
AI nk_keys keys_of(uint64_t key) { return subkeys(key, 0); }

// Hash of the low half of the index: the 32-bit mixer "triple32" family's two-multiply form (C. Wellons,
// hash-prospector: 16 21f0aaad 15 d35a2d97 15) with the second subkey added between its multiplications, so that two
// keys give different permutations and not one permutation shifted.
AI vu hash_lanes(vu low, nk_keys keys) {
    vu h = low ^ keys.first;
    h ^= h >> 16;
    h *= 0x21f0aaadu;
    h ^= h >> 15;
    h += keys.second;
    h *= 0xd35a2d97u;
    h ^= h >> 15;
    return h;
}

// x where the mask keeps the element, 0 where it drops it.
AI vf keep(vu index, nk_keys keys, uint32_t threshold, vf x) {
    return vbits(NK_AS(hash_lanes(index, keys) >= threshold, vi) & vint(x));
}

// Each row: y = x * scale or 0. Element (r, n) has index mask->index + r * N + n.
static void dropout(long rows, long N, const float *x, long ldx, float *y, long ldy, const struct nk_mask *mask) {
    const nk_keys keys = keys_of(mask->key);
    const uint32_t threshold = mask->threshold;
    const vf scale = splat(mask->scale);
    for (long r = 0; r < rows; r++, x += ldx, y += ldy) {
        vu index = NK_AS(lanes(), vu) + (uint32_t)(mask->index + (uint64_t)r * (uint64_t)N);
        long n = 0;
        for (; n + VW <= N; n += VW, index += VW) vstore(y + n, keep(index, keys, threshold, vload(x + n) * scale));
        if (n < N) vstore_n(y + n, keep(index, keys, threshold, vload_n(x + n, N - n) * scale), N - n);
    }
}

// Elements up to the next index whose low half is 0, where the subkeys change.
AI long same_high(uint64_t index, long n) {
    uint64_t left = 0x100000000u - (index & 0xffffffffu);
    return (uint64_t)n < left ? n : (long)left;
}

static void random_bits(long n, uint32_t *out, uint64_t key, uint64_t counter) {
    while (n > 0) {
        long m = same_high(counter, n), i = 0;
        const nk_keys keys = subkeys(key, counter >> 32);
        vu index = NK_AS(lanes(), vu) + (uint32_t)counter;
        for (; i < m; i += VW, index += VW) {
            vu h = hash_lanes(index, keys);
            __builtin_memcpy(out + i, &h, (size_t)(m - i < VW ? m - i : VW) * sizeof *out);
        }
        n -= m, out += m, counter += (uint64_t)m;
    }
}
