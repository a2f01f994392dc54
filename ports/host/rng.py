# SPDX-License-Identifier: BSD-2-Clause
"""Entropy that is none: words the image can follow (ports/body/rng.c)."""
import struct

WORDS = 65536
FACTOR = 2654435761


class Peer:
    name = "rng"
    type = "virtio-rng"

    def __init__(self, folder, seed):
        self.file = folder / "entropy"
        first = 1 + seed % 1000  # 0 would say: anywhere
        words = ((first + n) * FACTOR & 0xffffffff for n in range(WORDS))
        self.file.write_bytes(struct.pack(f"<{WORDS}I", *words))

    def options(self):
        """QEMU's options, and the properties of the device."""
        return ["-object", f"rng-random,id=rng,filename={self.file}"], {"rng": "rng"}

    def start(self):
        """Nothing runs beside the machine."""

    def verify(self):
        """The image has seen whether its bytes were these."""
        return ""
