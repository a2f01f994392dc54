# SPDX-License-Identifier: BSD-2-Clause
"""The bytes both sides know (ports/shared/heap.c): splitmix64 of each 8-byte word's number."""
import struct

MASK = (1 << 64) - 1


def _word(seed, n):
    z = (seed + (n + 1) * 0x9e3779b97f4a7c15) & MASK
    z = ((z ^ z >> 30) * 0xbf58476d1ce4e5b9) & MASK
    z = ((z ^ z >> 27) * 0x94d049bb133111eb) & MASK
    return z ^ z >> 31


def pattern(seed, offset, length):
    """`length` bytes from byte `offset` on."""
    first, last = offset // 8, (offset + length + 7) // 8
    words = struct.pack(f"<{last - first}Q", *(_word(seed, n) for n in range(first, last)))
    return words[offset - 8 * first:][:length]
