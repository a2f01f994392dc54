# SPDX-License-Identifier: BSD-2-Clause
"""A disk: its first half is written here and read there, its second half the other way round."""
from pattern import pattern

HALF = 256 * 1024


class Peer:
    name = "blk"
    type = "virtio-blk"
    says = "queues: 2,"  # what the image says of it, besides

    def __init__(self, folder, seed):
        self.image, self.seed = folder / "disk.img", seed
        self.image.write_bytes(pattern(seed, 0, HALF) + bytes(HALF))

    def options(self):
        """QEMU's options, and the properties of the device."""
        return (["-drive", f"if=none,id=blk,format=raw,file={self.image}"],
                {"drive": "blk", "serial": f"anydma-{self.seed:x}", "num-queues": "2"})

    def start(self):
        """Nothing runs beside the machine."""

    def verify(self):
        """What is wrong on this side when the machine is off; empty: nothing."""
        data = self.image.read_bytes()
        if data[:HALF] != pattern(self.seed, 0, HALF):
            return "the half that was only read has changed"
        if data[HALF:] != pattern(self.seed + 1, HALF, HALF):
            return "the half that was written is not what was written"
        return ""
