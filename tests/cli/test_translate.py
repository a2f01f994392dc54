# SPDX-License-Identifier: BSD-2-Clause
"""Addresses worked out on paper, step by step, and every answer against explain's."""
import cli
from boards import BOARD, DMA, MMC, SATA, USB, WIFI
from cli import Case


class Translate(Case):
    def setUp(self):
        super().setUp()
        self.tree(BOARD)

    def go(self, device, address, *args, status=0):
        return self.document("translate", "--json", "board.dtb", device, address, *args,
                             status=status)

    def text(self, *args, status=0):
        done = self.anydma("translate", "board.dtb", *args)
        self.assertEqual((done.returncode, done.stderr), (status, b""))
        return done.stdout.decode()

    def test_both_ways(self):
        self.assertEqual(self.go(MMC, "0x1234")["result"], "0xc0001234")
        self.assertEqual(self.go(MMC, "0xc0001234", "--from", "dma")["result"], "0x1234")

    def test_steps_of_two_levels(self):
        down = self.go(SATA, "0x1000", "--from", "dma")
        self.assertEqual(down["result"], "0x24001000")
        steps = [(s["node"], s["by"], s["before"], s["after"]) for s in down["steps"]]
        self.assertEqual(steps, [("/outer/inner", "window", "0x1000", "0x14001000"),
                                 ("/outer", "window", "0x14001000", "0x24001000"),
                                 ("/", "absent", "0x24001000", "0x24001000")])
        up = self.go(SATA, "0x24001000")
        self.assertEqual(up["result"], "0x1000")
        self.assertEqual([s["node"] for s in up["steps"]], ["/", "/outer", "/outer/inner"])
        self.assertEqual(up["steps"][1]["before"], "0x24001000")

    def test_two_bus_addresses(self):
        both = self.go(SATA, "0x24900000")
        self.assertEqual((both["result"], both["also"]), ("0x900000", ["0x4100000"]))
        self.assertIn("also DMA 0x4100000 by window 1: the first one wins",
                      self.text(SATA, "0x24900000"))
        self.assertEqual(self.go(SATA, "0x4100000", "--from", "dma")["result"], "0x24900000")

    def test_out_of_reach_and_by_how_much(self):
        lost = self.go(MMC, "0x40001000", status=1)
        self.assertEqual((lost["reached"], lost["result"]), (False, None))
        said = self.text(MMC, "0x40001000", status=1)
        self.assertIn("in no window; the nearest, 0x0-0x3fffffff of window 0, ended at 0x3fffffff, "
                      "4097 bytes below", said)
        said = self.text(MMC, "0xbffff000", "--from", "dma", status=1)
        self.assertIn("starts at 0xc0000000, 4 KiB above", said)

    def test_the_last_byte(self):
        self.assertTrue(self.go(MMC, "0x3fffffff")["reached"])
        self.assertFalse(self.go(MMC, "0x40000000", status=1)["reached"])

    def test_u_boot(self):
        self.assertEqual(self.go(MMC, "0x40001000", "--as", "u-boot")["result"], "0x40001000")
        self.assertEqual(self.go(SATA, "0x25000000", "--as", "u-boot")["result"], "0x25000000")
        self.assertEqual(self.go(SATA, "0x25000000")["result"], "0x4800000")

    def test_identity(self):
        self.assertEqual(self.go(DMA, "0x123456789")["result"], "0x123456789")

    def test_iommu(self):
        answer = self.go(USB, "0x1000", "--from", "dma")
        self.assertEqual((answer["iommu"], answer["reached"], answer["result"]), (True, True, None))
        self.assertIn("where the IOMMU's tables say", self.text(USB, "0x1000", "--from", "dma"))
        self.assertIn("outside the IOMMU's aperture",
                      self.text(USB, "0xfffffffffffff000", "--from", "dma", status=1))

    def test_limits(self):
        self.tree(BOARD.replace("\tsoc {", "\tanydma { anydma,bus-max = <0x0 0xffffffff>; };\n"
                                "\tsoc {", 1))
        self.assertTrue(self.go(DMA, "0xffffffff")["reached"])
        self.assertIn("anydma,bus-max", self.go(DMA, "0x100000000", status=1)["why"])

    def test_restricted_pool(self):
        self.assertNotIn("confined", self.text(WIFI, "0x8001000"))
        self.assertIn("confined to its pool at 0x8000000", self.text(WIFI, "0x2000000"))

    def test_what_is_there(self):
        self.assertIn("CPU 0x1000000 is reserved memory", self.text(DMA, "0x1000000"))
        self.assertIn("the tree has no RAM at CPU 0x90000000", self.text(DMA, "0x90000000"))

    def test_agrees_with_explain(self):
        """Two ways to the same answer: the library's windows, and the walk through the tree."""
        for device in self.document("explain", "--json", "board.dtb")["devices"]:
            for window in device["windows"]:
                cpu, dma, size = (int(window[k], 0) for k in ("cpu", "dma", "size"))
                for at in (0, size - 1):
                    answer = self.go(device["path"], hex(dma + at), "--from", "dma")
                    self.assertEqual(answer["result"], hex(cpu + at))

    def test_bad_input(self):
        self.refuses("translate", "board.dtb", MMC, says="are needed")
        self.refuses("translate", "board.dtb", MMC, "here", says="'here' is not an address")
        self.refuses("translate", "board.dtb", "nosuch", "0", says="has no device")
        self.refuses("translate", "--from", "bus", "board.dtb", MMC, "0", says="none of cpu, dma")
        self.refuses("translate", "none.dtb", MMC, "0", says="No such file")


if __name__ == "__main__":
    cli.main()
