# SPDX-License-Identifier: BSD-2-Clause
"""Trees that are whole and lie: properties of other nodes, lengths, phandles, numbers. Whatever they
say, each command answers or refuses with one line, and what it prints is well formed."""
import json
import random
import struct

import cli
from boards import BOARD, MMC, SATA
from cli import Case
from test_lint import CLEAN

COMMANDS = [
    ["explain", "--json", "--why", "bad.dtb"],
    ["explain", "--as", "u-boot", "bad.dtb"],
    ["explain", "--html", "page.html", "bad.dtb"],
    ["explain", "--diff", "board.dtb", "bad.dtb"],
    ["lint", "--json", "bad.dtb"],
    ["translate", "--json", "bad.dtb", MMC, "0x1000"],
    ["translate", "--from", "dma", "bad.dtb", SATA, "0x4100000"],
]


def properties(blob):
    """Where the values of all properties lie: (offset, length)."""
    found, at = [], struct.unpack_from(">I", blob, 8)[0]
    while True:
        token, at = struct.unpack_from(">I", blob, at)[0], at + 4
        if token == 1:  # FDT_BEGIN_NODE
            at = (blob.index(b"\0", at) + 4) & ~3
        elif token == 3:  # FDT_PROP
            size = struct.unpack_from(">I", blob, at)[0]
            found.append((at + 8, size))
            at = (at + 8 + size + 3) & ~3
        elif token == 9:  # FDT_END
            return found


def lie(blob, rng):
    blob, places = bytearray(blob), [p for p in properties(blob) if p[1]]
    for _ in range(rng.randint(1, 8)):
        at, size = rng.choice(places)
        other, more = rng.choice(places)
        cell = at + (rng.randrange(size) & ~3)
        how = rng.randrange(5)
        if how == 0:
            blob[at + rng.randrange(size)] = rng.randrange(256)
        elif how == 1 and size >= 4:
            blob[cell:cell + 4] = rng.choice([b"\0\0\0\0", b"\xff\xff\xff\xff", b"\0\0\0\1",
                                              b"\0\0\0\2", b"\0\0\0\3", b"\x80\0\0\0"])[:4]
        elif how == 2:
            size = min(size, more)
            blob[at:at + size] = blob[other:other + size]
        elif how == 3:  # another name for it
            blob[at - 4:at] = blob[other - 4:other]
        else:  # shorter or longer by less than its padding
            struct.pack_into(">I", blob, at - 8, max(0, ((size + 3) & ~3) - rng.randrange(4)))
    return bytes(blob)


class Hostile(Case):
    def blob(self, source):
        with open(self.path(self.tree(source)), "rb") as file:
            return file.read()

    def test_lies(self):
        whole, rng, answered = [self.blob(CLEAN), self.blob(BOARD)], random.Random(20181), 0
        for number in range(60):
            self.write("bad.dtb", lie(whole[number % 2], rng))
            for command in COMMANDS:
                done = self.anydma(*command)
                with self.subTest(number=number, command=command):
                    self.assertIn(done.returncode, (0, 1, 2))
                    self.assertEqual(done.stderr.count(b"\n"), int(done.returncode == 2))
                    if "--json" in command and done.returncode != 2:
                        json.loads(done.stdout)
                    answered += done.returncode != 2
        self.assertGreater(answered, 200, "most lies leave a tree that has an answer")

    def test_words_of_the_tree_stay_words(self):
        evil = '\\x1b[31m<script>alert(1)</script>\\x01\\"'
        self.tree(BOARD.replace("test,mmc", evil).replace('model = "', 'model = "' + evil))
        for command in (["explain"], ["lint"], ["explain", "--html", "-"]):
            said = self.anydma(*command, "board.dtb").stdout
            self.assertNotIn(b"\x1b", said)
            self.assertNotIn(b"\x01", said)
            if "--html" in command:
                self.assertNotIn(b"<script", said)


if __name__ == "__main__":
    cli.main()
