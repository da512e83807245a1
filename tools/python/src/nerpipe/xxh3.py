"""XXH3 hashes (github.com/Cyan4973/xxHash, specification 0.8): those that look-ups and digests need.

xxhash is used where it is installed. Without it, short inputs are hashed with Python's integers, long ones with NumPy, some
100 MB/s.
"""
import struct
from typing import List, Optional, Protocol, Tuple, Union

import numpy as np
import numpy.typing as npt

Buffer = Union[bytes, memoryview]

_M = 0xFFFFFFFFFFFFFFFF
_P32_1, _P32_2, _P32_3 = 0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D
_P1, _P2, _P3, _P4, _P5 = (
    0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5)
_SECRET = bytes.fromhex(
    "b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221b8084674f743248ee03590e6813a264c"
    "3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364"
    "eac5ac8334d3ebc3c581a0fffa1363eb170ddd51b7f0da49d316552629d4689e2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e"
)


def _u32(data: Buffer, at: int) -> int:
    return int.from_bytes(data[at:at + 4], "little")


def _u64(data: Buffer, at: int) -> int:
    return int.from_bytes(data[at:at + 8], "little")


def _fold(a: int, b: int) -> int:
    product = a * b
    return (product & _M) ^ (product >> 64)


def _swap32(value: int) -> int:
    return int.from_bytes(value.to_bytes(4, "little"), "big")


def _swap64(value: int) -> int:
    return int.from_bytes(value.to_bytes(8, "little"), "big")


def _avalanche(h: int) -> int:
    h ^= h >> 37
    h = h * 0x165667919E3779F9 & _M
    return h ^ h >> 32


def _avalanche64(h: int) -> int:
    h ^= h >> 33
    h = h * _P2 & _M
    h ^= h >> 29
    h = h * _P3 & _M
    return h ^ h >> 32


def _mix16(data: Buffer, at: int, secret: int, seed: int) -> int:
    return _fold(
        _u64(data, at) ^ (_u64(_SECRET, secret) + seed & _M), _u64(data, at + 8) ^ (_u64(_SECRET, secret + 8) - seed & _M))


def _short(data: Buffer, seed: int) -> int:
    """At most 240 bytes."""
    n = len(data)
    if n == 0:
        return _avalanche64(seed ^ _u64(_SECRET, 56) ^ _u64(_SECRET, 64))
    if n <= 3:
        combined = data[0] << 16 | data[n >> 1] << 24 | data[n - 1] | n << 8
        return _avalanche64(combined ^ ((_u32(_SECRET, 0) ^ _u32(_SECRET, 4)) + seed & _M))
    if n <= 8:
        seed ^= _swap32(seed & 0xFFFFFFFF) << 32
        value = _u32(data, n - 4) + (_u32(data, 0) << 32)
        h = value ^ ((_u64(_SECRET, 8) ^ _u64(_SECRET, 16)) - seed & _M)
        h ^= (h << 49 & _M | h >> 15) ^ (h << 24 & _M | h >> 40)
        h = h * 0x9FB21C651E98DF25 & _M
        h ^= (h >> 35) + n
        h = h * 0x9FB21C651E98DF25 & _M
        return h ^ h >> 28
    if n <= 16:
        low = _u64(data, 0) ^ ((_u64(_SECRET, 24) ^ _u64(_SECRET, 32)) + seed & _M)
        high = _u64(data, n - 8) ^ ((_u64(_SECRET, 40) ^ _u64(_SECRET, 48)) - seed & _M)
        return _avalanche(n + _swap64(low) + high + _fold(low, high) & _M)
    acc = n * _P1
    if n <= 128:
        for pair in range((n - 1) // 32, -1, -1):
            acc += _mix16(data, 16 * pair, 32 * pair, seed) + _mix16(data, n - 16 * (pair + 1), 32 * pair + 16, seed)
        return _avalanche(acc & _M)
    for block in range(8):
        acc += _mix16(data, 16 * block, 16 * block, seed)
    acc = _avalanche(acc & _M)
    for block in range(8, n // 16):
        acc += _mix16(data, 16 * block, 16 * (block - 8) + 3, seed)
    return _avalanche(acc + _mix16(data, n - 16, 136 - 17, seed) & _M)


_Lanes = npt.NDArray[np.uint64]
_INITIAL = np.array([_P32_3, _P1, _P2, _P3, _P4, _P32_2, _P5, _P32_1], np.uint64)
_LOW = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)


def _seeded_secret(seed: int) -> bytes:
    if seed == 0:
        return _SECRET
    parts = struct.unpack("<24Q", _SECRET)
    return struct.pack("<24Q", *((part + (-seed if index % 2 else seed)) & _M for index, part in enumerate(parts)))


def _lanes(secret: bytes, at: int) -> _Lanes:
    return np.frombuffer(secret, "<u8", 8, at)


def _added(stripes: _Lanes, keys: _Lanes) -> _Lanes:
    """What stripes `[..., s, 8]` add to the accumulators: `[..., 8]`."""
    mixed = stripes ^ keys
    products = (mixed & _LOW) * (mixed >> _SHIFT)
    swapped = stripes[..., [1, 0, 3, 2, 5, 4, 7, 6]]
    sums: _Lanes = (products + swapped).sum(-2, dtype=np.uint64)
    return sums


def _accumulators(data: Buffer, secret: bytes) -> _Lanes:
    """More than 240 bytes."""
    acc = _INITIAL.copy()
    n, per_block = len(data), (len(secret) - 64) // 8
    block_bytes = 64 * per_block
    keys = np.stack([_lanes(secret, 8 * stripe) for stripe in range(per_block)])
    scramble = _lanes(secret, len(secret) - 64)
    blocks = (n - 1) // block_bytes
    prime, shift = np.uint64(_P32_1), np.uint64(47)
    for first in range(0, blocks, 1024):
        count = min(1024, blocks - first)
        part = np.frombuffer(data, "<u8", count * block_bytes // 8, first * block_bytes).reshape(count, per_block, 8)
        for added in _added(part, keys):
            acc += added
            acc = ((acc ^ acc >> shift) ^ scramble) * prime
    done = blocks * block_bytes
    stripes = (n - 1 - done) // 64
    rest = np.frombuffer(data, "<u8", stripes * 8, done).reshape(stripes, 8)
    acc += _added(rest, keys[:stripes])
    last = np.frombuffer(data[n - 64:], "<u8")
    acc += _added(last.reshape(1, 8), _lanes(secret, len(secret) - 64 - 7).reshape(1, 8))
    return acc


def _merged(acc: _Lanes, secret: bytes, at: int, start: int) -> int:
    values = [int(value) for value in acc]
    result = start
    for pair in range(4):
        result += _fold(
            values[2 * pair] ^ _u64(secret, at + 16 * pair), values[2 * pair + 1] ^ _u64(secret, at + 16 * pair + 8))
    return _avalanche(result & _M)


def _own_64(data: Buffer, seed: int) -> int:
    if len(data) <= 240:
        return _short(data, seed)
    secret = _seeded_secret(seed)
    return _merged(_accumulators(data, secret), secret, 11, len(data) * _P1 & _M)


def _own_128(data: Buffer) -> Tuple[int, int]:
    if len(data) <= 240:
        raise NotImplementedError("digests of at most 240 bytes need the package xxhash: pip install 'nerpipe[streams]'")
    acc = _accumulators(data, _SECRET)
    low = _merged(acc, _SECRET, 11, len(data) * _P1 & _M)
    return _merged(acc, _SECRET, len(_SECRET) - 64 - 11, ~(len(data) * _P2) & _M), low


try:
    import xxhash as _xxhash
except ImportError:
    _xxhash = None  # type: ignore[assignment]


def xxh3_64(data: Buffer, seed: int = 0) -> int:
    """XXH3-64."""
    if _xxhash is not None:
        return int(_xxhash.xxh3_64_intdigest(data, seed))
    return _own_64(data, seed)


class _Digest(Protocol):
    def update(self, data: Buffer) -> object: ...
    def hexdigest(self) -> str: ...


class _OwnDigest:
    """Keeps what it is given; without xxhash, long digests need the bytes in one piece."""

    def __init__(self) -> None:
        self.parts: List[Buffer] = []

    def update(self, data: Buffer) -> None:
        self.parts.append(data)

    def hexdigest(self) -> str:
        high, low = _own_128(self.parts[0] if len(self.parts) == 1 else b"".join(self.parts))
        return f"{high:016x}{low:016x}"


def running_digest() -> _Digest:
    """XXH3-128 of bytes that come in pieces, as 32 hexadecimal digits."""
    return _xxhash.xxh3_128() if _xxhash is not None else _OwnDigest()


def uses_library() -> Optional[str]:
    """The version of xxhash in use; None when it is not installed."""
    return None if _xxhash is None else str(_xxhash.VERSION)
