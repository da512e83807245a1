import random

import pytest

from nerpipe import xxh3

# From xxHash 0.8.1, of the bytes 0, 1, 2 ... modulo 251.
GOLDEN_64 = {
    (0, 0): 0x2D06800538D394C2,
    (0, 3): 0xD8D13F8B2DA6C9AD,
    (1, 0): 0xC44BDFF4074EECDB,
    (3, 7): 0x3868DCB498F6507C,
    (4, 0): 0x60DAB036A58211F2,
    (8, 1): 0xE7241AC1FDCD24BB,
    (9, 0): 0xE9612598145BB9DC,
    (16, 101): 0x6C156C416EF07D7E,
    (17, 0): 0x9EF341A99DE37328,
    (128, 2): 0x17A106E29FC200C0,
    (129, 0): 0xEC7642B431BA3E5A,
    (240, 5): 0x5CF0C78AA2A283FC,
    (241, 0): 0x02E8CD95421C6D02,
    (241, 9): 0x9EA363A76D35D82D,
    (1024, 0): 0xE5D78BAFA45B2AA5,
    (1025, 1): 0x62BBA1783AF9AF7C,
    (5000, 2): 0x9338B98502B1CB91,
}
GOLDEN_128 = {
    241: "1da1cb61bcb8a2a102e8cd95421c6d02",
    1024: "d0ac1f7b93bf57b9e5d78bafa45b2aa5",
    1025: "2882ebca04ec915ce95c42288f28186e",
    5000: "b92ec02c39d33ce7b418500fc42320ee",
}


def data(count: int) -> bytes:
    return bytes(index % 251 for index in range(count))


def test_golden_values() -> None:
    for (count, seed), expected in GOLDEN_64.items():
        assert xxh3._own_64(data(count), seed) == expected, (count, seed)


def test_golden_digests() -> None:
    for count, expected in GOLDEN_128.items():
        high, low = xxh3._own_128(data(count))
        assert f"{high:016x}{low:016x}" == expected, count


def test_own_code_agrees_with_the_library() -> None:
    xxhash = pytest.importorskip("xxhash", reason="xxhash is not installed: own code is checked with golden values alone")
    source = random.Random(1)
    for count in [*range(260), 511, 512, 1023, 1024, 1025, 2048, 4097, 1 << 20, (1 << 20) + 1]:
        content = source.randbytes(count)
        for seed in (0, 1, 7, 0xFFFF):
            assert xxh3._own_64(content, seed) == xxhash.xxh3_64_intdigest(content, seed)
        if count > 240:
            high, low = xxh3._own_128(content)
            assert f"{high:016x}{low:016x}" == xxhash.xxh3_128_hexdigest(content)


def test_a_digest_of_pieces_is_that_of_the_whole() -> None:
    pieces = xxh3._OwnDigest()
    pieces.update(data(300)[:100])
    pieces.update(data(300)[100:])
    high, low = xxh3._own_128(data(300))
    assert pieces.hexdigest() == f"{high:016x}{low:016x}"
