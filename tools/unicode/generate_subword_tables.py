#!/usr/bin/env python3
"""Writes Sources/CUnicodeTables/subword_tables.c: what the normalizers of the Python package `tokenizers` ask of Unicode.

usage: generate_subword_tables.py [UCD_FOLDER] [OUTPUT_FILE]

Its parts were built from different versions of Unicode, and the pieces of a word depend on them. Each was asked about every code
point (tokenizers 0.23.3); what it said is the data of 15.0.0 cut at an age, with these exceptions:

    categories (BertNormalizer, BertPreTokenizer, Punctuation)  8.0
    marks, combining classes, decompositions (NFC..., StripAccents)  9.0
    \\w of Whitespace and of added tokens  16.0
    lower case, grapheme clusters  17.0 (lower case: see Sources/Subwords/LowerCase.swift)
"""
import sys

from ucd import LIMIT, array, code_points, lines, property_map, two_stage, unicode_version

OUT = sys.argv[2] if len(sys.argv) > 2 else "Sources/CUnicodeTables/subword_tables.c"
GRAPHEME = {name: number for number, name in enumerate([
    "Other", "CR", "LF", "Control", "Extend", "ZWJ", "Regional_Indicator", "Prepend", "SpacingMark", "L", "V", "T", "LV",
    "LVT", "Pictographic"])}
PUNCTUATION, REMOVED, NONSPACING, MARK, SPACE, WORD, RECENT = (1 << bit for bit in range(4, 11))
LAST = 1 << 31


def ranges(text):
    return {scalar for part in text.split() for scalar in code_points(part.replace("-", ".."))}


# What other versions of Unicode say of code points that 15.0.0 has otherwise.
PUNCTUATION_IN_8, NO_MARK_IN_8 = ranges("166D 111C9"), ranges("1885-1886 A9BD 111C9")
NONSPACING_IN_8, MARK_IN_9, NO_MARK_IN_9 = ranges("1734"), ranges("1CF2-1CF3"), ranges("111C9")
WORD_IN_16 = ranges("""
    897 1C89-1C8A A7CB-A7CD A7DA-A7DC 105C0-105F3 10D40-10D65 10D69-10D6D 10D6F-10D85 10EC2-10EC4 10EFC 11380-11389 1138B
    1138E 11390-113B5 113B7-113C0 113C2 113C5 113C7-113CA 113CC-113D3 113E1-113E2 116D0-116E3 11BC0-11BE0 11BF0-11BF9 11F5A
    13460-143FA 16100-16139 16D40-16D6C 16D70-16D79 18CFF 1CCF0-1CCF9 1E5D0-1E5FA 2EBF0-2EE5D""")
EXTEND_IN_17 = ranges("""
    897 1ACF-1ADD 1AE0-1AEB 10D69-10D6D 10EFA-10EFC 113B8-113C0 113C2 113C5 113C7-113CA 113CC-113D0 113D2 113E1-113E2
    11B60-11B67 11F5A 1611E-1612F 1E5EE-1E5EF 1E6E3 1E6E6 1E6EE-1E6EF 1E6F5""")
PREPEND_IN_17, NO_PREPEND_IN_17 = ranges("113D1"), ranges("11A3A")

category, decomposed = {}, {}
range_start = None
for fields in lines("UnicodeData.txt"):
    scalar = int(fields[0], 16)
    if fields[1].endswith(", First>"):
        range_start = scalar
        continue
    for member in range(range_start if fields[1].endswith(", Last>") else scalar, scalar + 1):
        category[member] = fields[2]
        if fields[5]:
            parts = fields[5].split()
            compatible = parts[0].startswith("<")
            decomposed[member] = compatible, [int(part, 16) for part in parts[compatible:]]
age = {scalar: tuple(map(int, text.split("."))) for scalar, text in property_map("DerivedAge.txt").items()}
combining = {scalar: int(value) for scalar, value in property_map("extracted/DerivedCombiningClass.txt").items()}
grapheme = property_map("auxiliary/GraphemeBreakProperty.txt")
pictographic = property_map("emoji/emoji-data.txt", {"Extended_Pictographic"})
white_space = property_map("PropList.txt", {"White_Space"})
joining = property_map("PropList.txt", {"Join_Control"})
alphabetic = property_map("DerivedCoreProperties.txt", {"Alphabetic"})


def is_in(version, scalar):
    return age.get(scalar, (99,)) <= (version, 0)


def grapheme_class(scalar):
    if scalar in EXTEND_IN_17:
        return GRAPHEME["Extend"]
    if scalar in PREPEND_IN_17 or scalar in NO_PREPEND_IN_17:
        return GRAPHEME["Prepend" if scalar in PREPEND_IN_17 else "Other"]
    if scalar in pictographic:
        assert scalar not in grapheme
        return GRAPHEME["Pictographic"]
    return GRAPHEME[grapheme.get(scalar, "Other")]


def properties(scalar):
    general, value = category.get(scalar, "Cn"), grapheme_class(scalar)
    in8, in9 = is_in(8, scalar), is_in(9, scalar)
    is_ascii_symbol = scalar < 0x80 and chr(scalar) in "$+<=>^`|~"
    if general[0] == "P" and in8 or scalar in PUNCTUATION_IN_8 or is_ascii_symbol:
        value |= PUNCTUATION
    # Kept from the rule of BertNormalizer's clean_text: tab, line feed, carriage return.
    if general in ("Cc", "Cf", "Co") and in8 and scalar not in (9, 10, 13) or scalar == 0xFFFD:
        value |= REMOVED
    if general == "Mn" and in8 and scalar not in NO_MARK_IN_8 or scalar in NONSPACING_IN_8:
        value |= NONSPACING
    if general[0] == "M" and in9 and scalar not in NO_MARK_IN_9 or scalar in MARK_IN_9:
        value |= MARK
    if scalar in white_space:
        value |= SPACE
    if scalar in alphabetic or general[0] == "M" or general in ("Nd", "Pc") or scalar in joining or scalar in WORD_IN_16:
        value |= WORD
    return value if in9 else value | RECENT


def decompose(scalar, canonical_only):
    compatible, parts = decomposed.get(scalar, (False, [scalar]))
    if parts == [scalar] or not is_in(9, scalar) or compatible and canonical_only:
        return [scalar]
    return [part for piece in parts for part in decompose(piece, canonical_only)]


pool, places, index = [0], {}, {}
for scalar in sorted(decomposed):
    parts = decompose(scalar, False)
    # Where both forms are alike, the canonical table has it (CUnicodeTables.h).
    if parts == decompose(scalar, True):
        continue
    key = tuple(combining.get(part, 0) << 21 | part for part in parts)
    if key not in places:
        places[key] = len(pool)
        pool += [*key[:-1], key[-1] | LAST]
    index[scalar] = places[key]
assert len(pool) < 0x10000
with open(OUT, "w", encoding="ascii") as file:
    file.write(f"""// Generated by tools/unicode/generate_subword_tables.py, do not edit. UCD {'.'.join(unicode_version())}.
// Data: Copyright 1991-2022 Unicode, Inc., used under the Unicode License (https://www.unicode.org/license.txt).
#include "CUnicodeTables.h"

""")
    file.write(two_stage("uint16_t", "nu_subword", [properties(scalar) for scalar in range(LIMIT)], 7, 2))
    dense = [index.get(scalar, 0) for scalar in range(max(index) + 1)]
    file.write(two_stage("uint16_t", "nu_compatibility", dense, 6, 2))
    file.write(array("uint32_t", "nu_compatibility_pool", pool))
    file.write("_Static_assert((sizeof(nu_compatibility_index) << 6) == NU_COMPATIBILITY_LIMIT, \"see the header\");\n")
print("compatibility pool", len(pool))
