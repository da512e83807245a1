"""Reads files of the Unicode Character Database, and writes tables as C; for the generators beside it."""
import os
import re
import sys

# A copy of https://www.unicode.org/Public/<version>/ucd/ laid out as the Debian package `unicode-data` does.
UCD = sys.argv[1] if len(sys.argv) > 1 else "/usr/share/unicode"
LIMIT = 0x110000


def lines(name):
    with open(os.path.join(UCD, name), encoding="utf-8") as file:
        for line in file:
            line = line.split("#")[0].strip()
            if line:
                yield [field.strip() for field in line.split(";")]


def code_points(field):
    first, _, last = field.partition("..")
    return range(int(first, 16), int(last or first, 16) + 1)


def property_map(name, wanted=None, column=1):
    result = {}
    for fields in lines(name):
        if wanted is None or fields[column] in wanted:
            for scalar in code_points(fields[0]):
                result[scalar] = fields[column]
    return result


def unicode_version():
    with open(os.path.join(UCD, "PropList.txt"), encoding="utf-8") as file:
        return re.search(r"PropList-(\d+)\.(\d+)\.(\d+)\.txt", file.readline()).groups()


def array(kind, name, values, formatter=str):
    text, line = [], ""
    for value in values:
        item = formatter(value) + ","
        if len(line) + len(item) > 120:
            text.append(line)
            line = ""
        line += item
    text.append(line)
    return f"const {kind} {name}[{len(values)}] = {{\n" + "\n".join(text) + "\n};\n"


def two_stage(kind, name, values, shift, size_of_value):
    """Emits NAME_index and NAME_blocks; equal blocks are stored once. The first block is that of U+0000."""
    step, seen, index, blocks = 1 << shift, {}, [], []
    for start in range(0, len(values), step):
        block = tuple(values[start:start + step])
        block += (0,) * (step - len(block))
        if block not in seen:
            seen[block] = len(seen)
            blocks += block
        index.append(seen[block])
    kind_of_index = "uint8_t" if len(seen) <= 256 else "uint16_t"
    size = len(index) * (1 if len(seen) <= 256 else 2) + len(blocks) * size_of_value
    print(f"{name}: {len(seen)} blocks of {step}, index {kind_of_index} {len(index)}, {size} bytes, "
          f"limit {len(index) << shift:#x}")
    return array(kind_of_index, name + "_index", index) + array(kind, name + "_blocks", blocks)
