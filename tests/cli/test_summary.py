# SPDX-License-Identifier: BSD-2-Clause
"""Many boards at once: every one has a line, and no tree stops the others."""
import os
import re

import cli
from boards import BOARD
from cli import Case


class Summary(Case):
    def setUp(self):
        super().setUp()
        os.mkdir(self.path("dir"))
        os.mkdir(self.path("dir/sub"))
        self.tree(BOARD, "dir/one.dtb")
        self.tree(BOARD.replace("0xc0000000 0 0x0 0x40000000", "0x0 0 0x0 0x40000000"),
                  "dir/sub/two.dtb")
        self.write("dir/notes.txt", b"no tree, and not named as one")

    def run_summary(self, *args, status=0):
        done = self.anydma("explain", "--summary", *args)
        self.assertEqual((done.returncode, done.stderr), (status, b""))
        return done.stdout.decode()

    def counts(self, said, name):
        line = next(l for l in said.splitlines() if l.startswith(name))
        return dict(zip(("masters", "windows", "offsets", "limits", "iommu", "noncoherent", "pools",
                         "refused"), map(int, line.split()[1:])))

    def test_counts(self):
        said = self.run_summary("dir")
        one, two = self.counts(said, "one.dtb"), self.counts(said, "two.dtb")
        devices = self.document("explain", "--json", "dir/one.dtb")["devices"]
        self.assertEqual(one["masters"], len(devices))
        self.assertEqual(one["windows"], sum(bool(d["windows"]) for d in devices))
        self.assertEqual(one["noncoherent"], sum(not d["coherent"] for d in devices))
        self.assertEqual(one["iommu"], sum(bool(d["iommu"]) for d in devices))
        self.assertEqual((one["iommu"], one["pools"], one["refused"]), (1, 1, 0))
        self.assertEqual(one["offsets"] - two["offsets"], 3, "the three on /soc")
        self.assertIn("2 boards\n", said)
        self.assertRegex(said, r"\n +2 boards with DMA windows \(dma-ranges\) \(%d devices\)"
                         % (one["windows"] + two["windows"]))

    def test_jobs_do_not_change_the_answer(self):
        self.assertEqual(self.run_summary("dir", "-j1"), self.run_summary("dir", "-j8"))

    def test_a_bad_tree_is_one_line(self):
        self.write("dir/bad.dtb", b"\xd0\x0d\xfe\xed" + bytes(200))
        said = self.run_summary("dir", status=1)
        self.assertRegex(said, r"bad\.dtb +.*not a whole")
        self.assertIn("3 boards, 1 unreadable", said)
        self.counts(said, "two.dtb")

    def test_refusals_are_named(self):
        self.tree(BOARD.replace("0xc0000000 0 0x0 0x40000000", "0xc0000000 0 0x0"), "dir/bad.dtb")
        said = self.run_summary("dir")
        self.assertEqual(self.counts(said, "bad.dtb")["refused"], 3)
        self.assertIn("refused: bad.dtb: /soc: dma-ranges: ", said)

    def test_markdown(self):
        said = self.run_summary("--markdown", "dir")
        self.assertIn("| read | 2 of 2 | |", said)
        widths = {len(re.findall(r"\|", line)) for line in said.splitlines() if line}
        self.assertEqual(widths, {4, 11}, "two tables, all rows as wide as their heads")
        self.assertRegex(said, r"\| test \| 2 \|")

    def test_bad_input(self):
        os.mkdir(self.path("empty"))
        self.refuses("explain", "--summary", "empty", says="empty: has no *.dtb")
        self.refuses("explain", "--summary", "dir/none", says="dir/none: No such file")
        self.refuses("explain", "--summary", says="a board is missing")
        self.refuses("explain", "--markdown", "dir/one.dtb", says="--markdown is for --summary")


if __name__ == "__main__":
    cli.main()
