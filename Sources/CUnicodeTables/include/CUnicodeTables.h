// Look-ups in the generated Unicode tables (unicode_tables.c), and the UTF-8 decoder that goes with them.
//
// Static inline C is what Swift inlines into every module that imports it; `@inlinable package` functions were seen
// to be called instead (Swift 6.3).
// The look-ups are total: any 32-bit value may be asked for.
#pragma once
#include <stddef.h>
#include <stdint.h>

extern const uint8_t nu_unicode_version[3];
extern const uint16_t nu_properties_index[8704], nu_properties_blocks[];
extern const uint8_t nu_normalization_index[], nu_lower_index[], nu_decomposition_index[];
extern const uint16_t nu_normalization_blocks[], nu_decomposition_blocks[];
extern const int32_t nu_lower_blocks[];
extern const uint32_t nu_decomposition_pool[];
extern const uint64_t nu_compositions[];

// First scalar past each table, and the number of pairs; they change with the Unicode version.
// unicode_tables.c asserts that they agree with the arrays.
#define NU_NORMALIZATION_LIMIT 0x2FA40u
#define NU_LOWER_LIMIT 0x1E940u
#define NU_DECOMPOSITION_LIMIT 0x2FA40u
#define NU_COMPOSITION_COUNT 941

// Property word of a scalar:
//   bits 0-4    word-break class (NU_WORD_...), Extended_Pictographic folded in
//   bits 5-8    character class, see CharacterClass.swift
//   bits 9-12   sentence class (NU_SENTENCE_...), our reduction of Sentence_Break and the general category
//   bit  13     invisible: white space, control, format (except prepended marks), default ignorable other than letters
//   bit  14     combining class is not 0 or NFC_Quick_Check is not Yes
//   bit  15     has a lower-case mapping, or is folded where words are looked up: apostrophes, U+0307, and what is invisible
//               and no white space or control (WordFolding.swift)
enum {
    NU_WORD_ALETTER, NU_WORD_NUMERIC, NU_WORD_EXTENDNUMLET, NU_WORD_HEBREW, NU_WORD_KATAKANA, NU_WORD_EXTEND,
    NU_WORD_FORMAT, NU_WORD_ZWJ, NU_WORD_MIDLETTER, NU_WORD_MIDNUM, NU_WORD_MIDNUMLET, NU_WORD_SINGLE_QUOTE,
    NU_WORD_DOUBLE_QUOTE, NU_WORD_REGIONAL, NU_WORD_WSEGSPACE, NU_WORD_CR, NU_WORD_LF, NU_WORD_NEWLINE, NU_WORD_OTHER,
    NU_WORD_PICTOGRAPHIC, NU_WORD_PICTOGRAPHIC_LETTER, NU_WORD_COUNT
};
enum {
    NU_SENTENCE_NONE, NU_SENTENCE_ASCII_TERMINATOR, NU_SENTENCE_TERMINATOR, NU_SENTENCE_PERIOD, NU_SENTENCE_WIDE_PERIOD,
    NU_SENTENCE_ELLIPSIS, NU_SENTENCE_CONTINUATION, NU_SENTENCE_CLOSE_BRACKET, NU_SENTENCE_FINAL_QUOTE,
    NU_SENTENCE_INITIAL_QUOTE, NU_SENTENCE_NEUTRAL_QUOTE, NU_SENTENCE_OPEN_BRACKET
};

// U+10FFFF has the properties of an unassigned scalar, which is what an impossible value gets.
static inline uint16_t nu_properties(uint32_t scalar) {
    if (scalar > 0x10FFFF) scalar = 0x10FFFF;
    return nu_properties_blocks[((uint32_t)nu_properties_index[scalar >> 7] << 7) | (scalar & 127)];
}

// The block of U+0000 is stored first, so ASCII needs no index.
static inline uint16_t nu_ascii_properties(uint8_t byte) { return nu_properties_blocks[byte & 127]; }

// The first index, from `index` on, whose byte is no ASCII letter, digit or underscore; at most `end`. Sixteen bytes at a
// time where the instruction set of every such machine can: most words then end without a loop.
static inline ptrdiff_t nu_ascii_word_end(const uint8_t *_Nonnull bytes, ptrdiff_t index, ptrdiff_t end) {
#if defined(__SSE2__)
    typedef char nu_bytes __attribute__((vector_size(16)));
    while (end - index >= 16) {
        nu_bytes v;
        __builtin_memcpy(&v, bytes + index, 16);
        // Unsigned ranges by a signed comparison: the first of the range is moved to -128.
        nu_bytes word = ((v | 0x20) - (char)('a' - 128) < (char)(-128 + 26)) | (v - (char)('0' - 128) < (char)(-128 + 10))
                        | (v == '_');
        uint32_t mask = (uint32_t)__builtin_ia32_pmovmskb128(word);
        if (mask != 0xFFFF) return index + __builtin_ctz(~mask);
        index += 16;
    }
#endif
    while (index < end && (nu_ascii_properties(bytes[index]) & 31) <= NU_WORD_EXTENDNUMLET && bytes[index] < 0x80) index++;
    return index;
}

// Canonical combining class in bits 0-7; bit 8: NFC_Quick_Check=Maybe; bit 9: NFC_Quick_Check=No.
static inline uint16_t nu_normalization(uint32_t scalar) {
    if (scalar >= NU_NORMALIZATION_LIMIT) return 0;
    return nu_normalization_blocks[((uint32_t)nu_normalization_index[scalar >> 6] << 6) | (scalar & 63)];
}

// First scalar of the full lower-case mapping. Only U+0130 has a second one, U+0307.
static inline uint32_t nu_lower(uint32_t scalar) {
    if (scalar >= NU_LOWER_LIMIT) return scalar;
    return scalar + (uint32_t)nu_lower_blocks[((uint32_t)nu_lower_index[scalar >> 6] << 6) | (scalar & 63)];
}

// Full canonical decomposition without Hangul: entries `combining class << 21 | scalar`, the last one with bit 31 set;
// NULL where the scalar is its own decomposition.
static inline const uint32_t *_Nullable nu_decomposition(uint32_t scalar) {
    if (scalar >= NU_DECOMPOSITION_LIMIT) return NULL;
    uint16_t at = nu_decomposition_blocks[((uint32_t)nu_decomposition_index[scalar >> 6] << 6) | (scalar & 63)];
    return at ? nu_decomposition_pool + at : NULL;
}

// Primary composite of two scalars below 2^21 without Hangul, or 0. Binary search.
static inline uint32_t nu_compose(uint32_t first, uint32_t second) {
    uint64_t key = (uint64_t)first << 21 | second;
    size_t low = 0, high = NU_COMPOSITION_COUNT;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (nu_compositions[middle] >> 21 < key) low = middle + 1; else high = middle;
    }
    if (low < NU_COMPOSITION_COUNT && nu_compositions[low] >> 21 == key) return nu_compositions[low] & 0x1FFFFF;
    return 0;
}

typedef struct { uint32_t scalar; uint32_t length; } nu_decoded;

// Decodes the scalar at `index` of `end` readable bytes; index < end. A byte that begins no well-formed sequence is
// U+FFFD of length 1, so the result is a scalar always, of at least one byte, and nothing at or past `end` is read.
static inline nu_decoded nu_decode(const uint8_t *_Nonnull bytes, ptrdiff_t index, ptrdiff_t end) {
    const uint8_t *at = bytes + index;
    uint32_t lead = at[0], scalar, second, third, fourth;
    ptrdiff_t available = end - index;
    if (lead < 0x80) return (nu_decoded){lead, 1};
    if (lead < 0xC2 || available < 2 || (second = at[1] ^ 0x80u) >= 0x40) return (nu_decoded){0xFFFD, 1};
    if (lead < 0xE0) return (nu_decoded){(lead & 0x1F) << 6 | second, 2};
    if (available < 3 || (third = at[2] ^ 0x80u) >= 0x40) return (nu_decoded){0xFFFD, 1};
    if (lead < 0xF0) {
        scalar = (lead & 0x0F) << 12 | second << 6 | third;
        // Overlong forms and surrogates.
        if (scalar < 0x800 || scalar - 0xD800 < 0x800) return (nu_decoded){0xFFFD, 1};
        return (nu_decoded){scalar, 3};
    }
    if (available < 4 || lead >= 0xF5 || (fourth = at[3] ^ 0x80u) >= 0x40) return (nu_decoded){0xFFFD, 1};
    scalar = (lead & 0x07) << 18 | second << 12 | third << 6 | fourth;
    if (scalar < 0x10000 || scalar > 0x10FFFF) return (nu_decoded){0xFFFD, 1};
    return (nu_decoded){scalar, 4};
}

#include "SubwordTables.h"
