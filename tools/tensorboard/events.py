"""Event files of TensorBoard, written by hand: TFRecord framing around protocol buffers of a few fields.

Record: length (8 bytes, little endian), masked CRC-32C of it, bytes, masked CRC-32C of them. Message `Event`: wall_time = 1 (double), step = 2,
file_version = 3 (string), summary = 5, session_log = 7; `Summary`: repeated value = 1 with tag = 1 and simple_value = 2 (float);
`SessionLog`: status = 1 (START is 1).
"""
import os
import struct


def _table():
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return table


_TABLE = _table()


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ _TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def masked(data):
    """The form in which TFRecord stores it, so that checksums of checksums mean something."""
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def varint(value):
    out = bytearray()
    while True:
        out.append(value & 0x7F | (0x80 if value > 0x7F else 0))
        value >>= 7
        if not value:
            return bytes(out)


def _number(field, value):
    return varint(field << 3) + varint(value)


def _double(field, value):
    return varint(field << 3 | 1) + struct.pack("<d", value)


def _float(field, value):
    return varint(field << 3 | 5) + struct.pack("<f", value)


def _bytes(field, value):
    return varint(field << 3 | 2) + varint(len(value)) + value


def record(data):
    length = struct.pack("<Q", len(data))
    return length + struct.pack("<I", masked(length)) + data + struct.pack("<I", masked(data))


class EventFile:
    """Events of one run; the file appears when `write` is called."""

    def __init__(self, path):
        self.path = path
        self.count = 0
        self._records = bytearray()
        self._is_open = False

    def _add(self, time, rest):
        if not self._is_open:
            self._is_open = True
            # Version 2 is the one in which a record of a start means something.
            self._records += record(_double(1, time) + _bytes(3, b"brain.Event:2"))
        self._records += record(_double(1, time) + rest)
        self.count += 1

    def scalars(self, time, step, values):
        if values:
            summary = b"".join(_bytes(1, _bytes(1, tag.encode()) + _float(2, value)) for tag, value in sorted(values.items()))
            self._add(time, _number(2, step) + _bytes(5, summary))

    def start(self, time, step):
        """A process began with this step; what was written of it and later ones is not true any more."""
        self._add(time, _number(2, step) + _bytes(7, _number(1, 1)))

    def write(self):
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        with open(self.path + ".tmp", "wb") as file:
            file.write(self._records)
        os.replace(self.path + ".tmp", self.path)
