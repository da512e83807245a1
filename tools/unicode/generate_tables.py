#!/usr/bin/env python3
"""Writes Sources/CUnicodeTables/unicode_tables.c from the files of the Unicode Character Database.

usage: generate_tables.py [UCD_FOLDER] [OUTPUT_FILE]

UCD_FOLDER is a copy of https://www.unicode.org/Public/<version>/ucd/ laid out as the Debian package `unicode-data` does
(/usr/share/unicode, the default). The numbers of the enumerations below are repeated in CUnicodeTables.h and
checked by the tests; a change of any of them, or of the Unicode version, changes tokens: see WordTokenizer.identity.
"""
import sys

from ucd import LIMIT, array, code_points, lines, property_map, two_stage, unicode_version

OUT = sys.argv[2] if len(sys.argv) > 2 else "Sources/CUnicodeTables/unicode_tables.c"

WORD = {name: number for number, name in enumerate([
    "ALetter", "Numeric", "ExtendNumLet", "Hebrew_Letter", "Katakana", "Extend", "Format", "ZWJ", "MidLetter", "MidNum",
    "MidNumLet", "Single_Quote", "Double_Quote", "Regional_Indicator", "WSegSpace", "CR", "LF", "Newline", "Other",
    "Pictographic", "PictographicLetter"])}
CLASS = {name: number for number, name in enumerate([
    "upper", "lower", "otherLetter", "digit", "otherNumber", "mark", "space", "punctuation", "symbol", "other"])}
SENTENCE = {name: number for number, name in enumerate([
    "none", "asciiTerminator", "terminator", "period", "widePeriod", "ellipsis", "continuation", "closeBracket",
    "finalQuote", "initialQuote", "neutralQuote", "openBracket"])}
INVISIBLE, NORMALIZATION, MAPPED = 1 << 13, 1 << 14, 1 << 15
# Apostrophes of Sources/UnicodeText/WordFolding.swift, and the dot that an i loses.
FOLDED = {0xB4, 0x2BB, 0x2BC, 0x5F3, 0x2018, 0x2019, 0x201B, 0xFF07, 0x307}
MAYBE, NO = 1 << 8, 1 << 9
LAST = 1 << 31


category, combining, canonical, lower = {}, {}, {}, {}
range_start = None
for fields in lines("UnicodeData.txt"):
    scalar = int(fields[0], 16)
    if fields[1].endswith(", First>"):
        range_start = scalar
        continue
    for member in range(range_start if fields[1].endswith(", Last>") else scalar, scalar + 1):
        category[member] = fields[2]
        if fields[3] != "0":
            combining[member] = int(fields[3])
        if fields[5] and not fields[5].startswith("<"):
            canonical[member] = [int(part, 16) for part in fields[5].split()]
        if fields[13]:
            lower[member] = [int(fields[13], 16)]
for fields in lines("SpecialCasing.txt"):
    if len(fields) == 5 or not fields[4]:       # unconditional mappings only
        mapping = [int(part, 16) for part in fields[1].split()]
        if mapping != [int(fields[0], 16)]:
            lower[int(fields[0], 16)] = mapping
        else:
            lower.pop(int(fields[0], 16), None)
# The C accessor knows this one exception; everything else maps to one scalar.
assert [s for s in lower if len(lower[s]) > 1] == [0x130] and lower[0x130] == [0x69, 0x307]

quick_check = property_map("DerivedNormalizationProps.txt", {"NFC_QC"})
for fields in lines("DerivedNormalizationProps.txt"):
    if fields[1] == "NFC_QC":
        for scalar in code_points(fields[0]):
            quick_check[scalar] = fields[2]
excluded = property_map("DerivedNormalizationProps.txt", {"Full_Composition_Exclusion"})
word_break = property_map("auxiliary/WordBreakProperty.txt")
sentence_break = property_map("auxiliary/SentenceBreakProperty.txt")
pictographic = property_map("emoji/emoji-data.txt", {"Extended_Pictographic"})
white_space = property_map("PropList.txt", {"White_Space"})
prepended = property_map("PropList.txt", {"Prepended_Concatenation_Mark"})
ignorable = property_map("DerivedCoreProperties.txt", {"Default_Ignorable_Code_Point"})


# Scripts that Unicode gives case for the sake of a style or a revival, and that running text writes without it: Georgian
# Mkhedruli (its Mtavruli capitals are for words in all capitals, and never begin one) and Cherokee (most text has the
# syllables of the capitals only). See The Unicode Standard 15.0, sections 7.7 and 20.1.
UNCASED = [*range(0x10D0, 0x1100), *range(0x13A0, 0x1400), *range(0xAB70, 0xABC0)]


def character_class(scalar):
    if scalar in UNCASED and category.get(scalar, "Cn")[0] == "L":
        return CLASS["otherLetter"]
    if scalar in white_space:
        return CLASS["space"]
    general = category.get(scalar, "Cn")
    exact = {"Lu": "upper", "Lt": "upper", "Ll": "lower", "Nd": "digit"}.get(general)
    family = {"L": "otherLetter", "N": "otherNumber", "M": "mark", "Z": "space", "P": "punctuation", "S": "symbol",
              "C": "other"}[general[0]]
    return CLASS[exact or family]


def word_class(scalar):
    name = word_break.get(scalar, "Other")
    if scalar in pictographic:
        # No other overlap exists, and WB3c asks only about these two.
        assert name in ("Other", "ALetter"), hex(scalar)
        return WORD["PictographicLetter" if name == "ALetter" else "Pictographic"]
    return WORD[name]


def sentence_class(scalar):
    name, general = sentence_break.get(scalar), category.get(scalar)
    if scalar in (0x21, 0x3F):
        return SENTENCE["asciiTerminator"]
    if name == "STerm" or scalar in (0x0F0D, 0x0F0E):     # Tibetan shad is not STerm in Unicode 15
        return SENTENCE["terminator"]
    if scalar == 0x2026:
        return SENTENCE["ellipsis"]
    if name == "ATerm":
        return SENTENCE["widePeriod" if scalar in (0xFE52, 0xFF0E) else "period"]
    if name == "SContinue":
        return SENTENCE["continuation"]
    by_category = {"Pe": "closeBracket", "Pf": "finalQuote", "Pi": "initialQuote", "Ps": "openBracket"}.get(general)
    if by_category:
        return SENTENCE[by_category]
    return SENTENCE["neutralQuote" if name == "Close" else "none"]


def invisible(scalar):
    general = category.get(scalar, "Cn")
    if scalar in white_space or general == "Cc" or (general == "Cf" and scalar not in prepended):
        return True
    return scalar in ignorable and general[0] != "L"      # Hangul fillers stay with their syllable


def left_out(scalar):
    """Whether a word is looked up without it."""
    return invisible(scalar) and scalar not in white_space and category.get(scalar) != "Cc"


def properties(scalar):
    value = word_class(scalar) | character_class(scalar) << 5 | sentence_class(scalar) << 9
    if invisible(scalar):
        value |= INVISIBLE
    if scalar in combining or scalar in quick_check:
        value |= NORMALIZATION
    if scalar in lower or scalar in FOLDED or left_out(scalar):
        value |= MAPPED
    return value


def decompose(scalar):
    if scalar not in canonical:
        return [scalar]
    return [part for piece in canonical[scalar] for part in decompose(piece)]


pool, decomposition = [0], {}
for scalar in sorted(canonical):
    parts = [combining.get(part, 0) << 21 | part for part in decompose(scalar)]
    parts[-1] |= LAST
    decomposition[scalar] = len(pool)
    pool += parts
assert len(pool) < 0x10000
compositions = sorted(pair[0] << 42 | pair[1] << 21 | scalar for scalar, pair in canonical.items()
                      if scalar not in excluded)
assert all(len(canonical[entry & 0x1FFFFF]) == 2 for entry in compositions)


def dense(mapping, default=0):
    return [mapping.get(scalar, default) for scalar in range(max(mapping) + 1)]


normalization = {scalar: combining.get(scalar, 0) | {"M": MAYBE, "N": NO}.get(quick_check.get(scalar), 0)
                 for scalar in set(combining) | set(quick_check)}
deltas = {scalar: mapping[0] - scalar for scalar, mapping in lower.items()}
version = unicode_version()
with open(OUT, "w", encoding="ascii") as file:
    file.write(f"""// Generated by tools/unicode/generate_tables.py, do not edit. UCD {'.'.join(version)}.
// Data: Copyright 1991-2022 Unicode, Inc., used under the Unicode License (https://www.unicode.org/license.txt).
#include "CUnicodeTables.h"

const uint8_t nu_unicode_version[3] = {{{', '.join(version)}}};
""")
    file.write(two_stage("uint16_t", "nu_properties", [properties(scalar) for scalar in range(LIMIT)], 7, 2))
    file.write(two_stage("uint16_t", "nu_normalization", dense(normalization), 6, 2))
    file.write(two_stage("int32_t", "nu_lower", dense(deltas), 6, 4))
    file.write(two_stage("uint16_t", "nu_decomposition", dense(decomposition), 6, 2))
    file.write(array("uint32_t", "nu_decomposition_pool", pool))
    file.write(array("uint64_t", "nu_compositions", compositions, lambda value: f"{value:#x}"))
    for name, shift in (("normalization", 6), ("lower", 6), ("decomposition", 6)):
        file.write(f"_Static_assert((sizeof(nu_{name}_index) << {shift}) == NU_{name.upper()}_LIMIT, "
                   "\"see the header\");\n")
    file.write("_Static_assert(sizeof(nu_compositions) == 8 * NU_COMPOSITION_COUNT, \"see the header\");\n")
print("compositions", len(compositions), "pool", len(pool))
