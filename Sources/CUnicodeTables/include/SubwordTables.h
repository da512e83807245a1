// Look-ups for sub-word tokenizers in tables of their own (subword_tables.c): other versions of Unicode than that of
// CUnicodeTables.h, because the pieces that a model was trained on come from them. See
// tools/unicode/generate_subword_tables.py. Included by CUnicodeTables.h.
#pragma once

extern const uint16_t nu_subword_index[], nu_subword_blocks[], nu_compatibility_blocks[];
extern const uint8_t nu_compatibility_index[];
extern const uint32_t nu_compatibility_pool[];
#define NU_COMPATIBILITY_LIMIT 0x1F280u

// Property word of a scalar: bits 0-3 its class in grapheme clusters; then one bit each.
enum {
    NU_GRAPHEME_OTHER, NU_GRAPHEME_CR, NU_GRAPHEME_LF, NU_GRAPHEME_CONTROL, NU_GRAPHEME_EXTEND, NU_GRAPHEME_ZWJ,
    NU_GRAPHEME_REGIONAL, NU_GRAPHEME_PREPEND, NU_GRAPHEME_SPACING, NU_GRAPHEME_L, NU_GRAPHEME_V, NU_GRAPHEME_T,
    NU_GRAPHEME_LV, NU_GRAPHEME_LVT, NU_GRAPHEME_PICTOGRAPHIC
};
enum {
    NU_SUBWORD_PUNCTUATION = 1 << 4,   // BertPreTokenizer and Punctuation split at it
    NU_SUBWORD_REMOVED = 1 << 5,       // BertNormalizer's clean_text leaves it out
    NU_SUBWORD_NONSPACING = 1 << 6,    // BertNormalizer's strip_accents leaves it out
    NU_SUBWORD_MARK = 1 << 7,          // StripAccents leaves it out
    NU_SUBWORD_SPACE = 1 << 8,
    NU_SUBWORD_WORD = 1 << 9,          // \w of regular expressions
    NU_SUBWORD_RECENT = 1 << 10        // unknown to normalization forms: no decomposition, combining class 0
};

static inline uint16_t nu_subword(uint32_t scalar) {
    if (scalar > 0x10FFFF) scalar = 0x10FFFF;
    return nu_subword_blocks[((uint32_t)nu_subword_index[scalar >> 7] << 7) | (scalar & 127)];
}

// Full compatibility decomposition where it is not the canonical one; in the form of nu_decomposition.
static inline const uint32_t *_Nullable nu_compatibility(uint32_t scalar) {
    if (scalar >= NU_COMPATIBILITY_LIMIT) return NULL;
    uint16_t at = nu_compatibility_blocks[((uint32_t)nu_compatibility_index[scalar >> 6] << 6) | (scalar & 63)];
    return at ? nu_compatibility_pool + at : NULL;
}
