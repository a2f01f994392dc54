# SPDX-License-Identifier: BSD-2-Clause
"""The second reading reads small trees as the specification says, and agree.py notices every fact
that a dump has wrong: a comparison that cannot fail proves nothing. Needs dtc, no download."""

import copy
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import agree  # noqa: E402
import fdt  # noqa: E402
import reading  # noqa: E402


def tree(body):
    source = "/dts-v1/; / { #address-cells = <1>; #size-cells = <1>; %s };" % body
    done = subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb"], input=source.encode(), check=True,
                          stdout=subprocess.PIPE)
    return fdt.Tree(done.stdout)


def bus(name, more, inside=""):
    return f"{name} {{ #address-cells = <1>; #size-cells = <1>; {more} {inside} }};"


DEVICE = "mmc@0 { reg = <0 1>; };"
UNIT = "mmu: mmu { #iommu-cells = <1>; };"


@unittest.skipUnless(shutil.which("dtc"), "no dtc")
class Windows(unittest.TestCase):
    def read(self, body, path):
        t = tree(body)
        return reading.windows(t, t.find(path))

    def test_nearest_bus_with_entries(self):
        t = bus("a", "dma-ranges = <0 0x40000000 0x1000>;", bus("b", "dma-ranges;", DEVICE))
        self.assertEqual(self.read(t, "/a/b/mmc@0"), [(0x40000000, 0, 0x1000)])

    def test_one_level_without_the_property_is_passed(self):
        t = bus("a", "dma-ranges = <0 0x40000000 0x1000>;", bus("b", "", DEVICE))
        self.assertEqual(self.read(t, "/a/b/mmc@0"), [(0x40000000, 0, 0x1000)])

    def test_two_levels_without_it_end_the_search(self):
        inner = bus("b", "", bus("c", "", DEVICE))
        self.assertEqual(self.read(bus("a", "dma-ranges = <0 0x40000000 0x1000>;", inner),
                                   "/a/b/c/mmc@0"), [])

    def test_translated_through_every_bus_above(self):
        inner = bus("b", "dma-ranges = <0x100 0x2000 0x100>;", DEVICE)
        t = bus("a", "dma-ranges = <0x2000 0x80000000 0x1000>;", inner)
        self.assertEqual(self.read(t, "/a/b/mmc@0"), [(0x80000000, 0x100, 0x100)])

    def test_untranslatable_entries_are_skipped(self):
        inner = bus("b", "dma-ranges = <0 0x9000 0x100>, <0x100 0x2000 0x100>;", DEVICE)
        t = bus("a", "dma-ranges = <0x2000 0x80000000 0x1000>;", inner)
        self.assertEqual(self.read(t, "/a/b/mmc@0"), [(0x80000000, 0x100, 0x100)])

    def test_windows_in_a_row_are_one(self):
        t = bus("a", "dma-ranges = <0 0x1000 0x100>, <0x100 0x1100 0x100>;", DEVICE)
        self.assertEqual(self.read(t, "/a/mmc@0"), [(0x1000, 0, 0x200)])

    def test_dma_mem_names_the_bus(self):
        device = ('mmc@0 { reg = <0 1>; interconnects = <&mbus 7>; '
                  'interconnect-names = "dma-mem"; };')
        mbus = bus("mbus: mbus", "#interconnect-cells = <1>; dma-ranges = <0 0x40000000 0x1000>;")
        self.assertEqual(self.read(device + mbus, "/mmc@0"), [(0x40000000, 0, 0x1000)])

    def test_behind_a_pci_host_its_own_windows_count(self):
        host = ('pcie@0 { device_type = "pci"; #address-cells = <3>; #size-cells = <2>; '
                'dma-ranges = <0x2000000 0 0 0 0 0xc0000000>; '
                'nic@0,0 { reg = <0 0 0 0 0>; }; };')
        for path in ("/pcie@0", "/pcie@0/nic@0,0"):
            self.assertEqual(self.read(host, path), [(0, 0, 0xc0000000)])


@unittest.skipUnless(shutil.which("dtc"), "no dtc")
class Others(unittest.TestCase):
    def test_nearest_word_on_coherence_counts(self):
        t = tree(bus("a", "dma-coherent;", bus("b", "dma-noncoherent;", DEVICE) + DEVICE))
        self.assertFalse(reading.coherent(t, t.find("/a/b/mmc@0")))
        self.assertTrue(reading.coherent(t, t.find("/a/mmc@0")))

    def test_iommu_map_masks_first(self):
        self.assertEqual(reading.mapped_id([0, 1, 0x10, 1, 8, 2, 0x20, 8], 0xff, 0x109), (2, 0x21))
        self.assertIsNone(reading.mapped_id([0, 1, 0x10, 1], 0xff, 2))

    def test_disabled_iommu_is_none(self):
        t = tree(UNIT.replace("{", '{ status = "disabled";') + "mmc { iommus = <&mmu 5>; };")
        self.assertIsNone(reading.iommu(t, t.find("/mmc")))

    def test_memory_is_a_union(self):
        t = tree('memory@0 { device_type = "memory"; reg = <0 0x1000 0x1000 0x1000 0x9000 1>; };')
        self.assertEqual(reading.memory(t), [(0, 0x2000), (0x9000, 1)])


LINUX = {"windows": [[0x40000000, 0, 0x1000]], "miss_identity": 0, "coherent": 1, "line": 1,
         "untrusted": 0, "dma_min": 0, "dma_max": 0, "restricted": []}
BEHIND = {**LINUX, "windows": [], "coherent": 0, "line": 64, "iommu": {
    "stream": 5, "granule": 4096, "base": 0, "size": 0x1000, "holes": [], "out": []}}


@unittest.skipUnless(shutil.which("dtc"), "no dtc")
class Comparison(unittest.TestCase):
    def setUp(self):
        self.tree = tree('memory@0 { device_type = "memory"; reg = <0 0x1000>; };' + UNIT +
                         bus("a", "dma-coherent; compatible = \"simple-bus\"; dma-ranges = <0 0x40000000 0x1000>;",
                             "mmc@0 { compatible = \"x\"; reg = <0 1>; }; "
                             "mmc@1 { reg = <1 1>; dma-noncoherent; "
                             "iommus = <&mmu 5>; };"))
        u_boot = {"windows": LINUX["windows"], "miss_identity": 1}
        self.lines = [{"board": "b", "ram": [[0, 0x1000]], "reserved": []}] + [
            {"device": f"/a/mmc@{n}", "by": by, "linux": linux, "u_boot": u_boot}
            for n, by, linux in ((0, "name", LINUX), (1, "property", BEHIND))]

    def wrong(self, change):
        lines = copy.deepcopy(self.lines)
        change(lines)
        return agree.compare_board("b", self.tree, lines)[1]

    def test_agreement(self):
        self.assertEqual(self.wrong(lambda lines: None), [])

    def test_every_fact_is_compared(self):
        def put(n, key, value):
            return lambda lines: lines[n]["linux"].__setitem__(key, value)

        def unit(key, value):
            return lambda lines: lines[2]["linux"]["iommu"].__setitem__(key, value)
        for fact, change in {
                "windows": put(1, "windows", [[0x40000000, 4, 0xffc]]),
                "limit": put(1, "dma_max", 0xff), "coherent": put(1, "coherent", 0),
                "line": put(1, "line", 64), "untrusted": put(1, "untrusted", 1),
                "restricted": put(1, "restricted", [[0, 1]]),
                "iommu": put(2, "iommu", None), "iommu.stream": unit("stream", 6),
                "iommu.base": unit("base", 0x1000), "iommu.size": unit("size", 0x2000),
                "iommu.holes": unit("holes", [[0, 0x800]]),
                "iommu.out": unit("out", [[0, 0, 1]]),
                "ram": lambda lines: lines[0].__setitem__("ram", []),
                "reserved": lambda lines: lines[0].__setitem__("reserved", [[0, 1]]),
                "miss": lambda lines: lines[1]["u_boot"].__setitem__("miss_identity", 0),
                "error": lambda lines: lines[1].__setitem__("linux", {"error": 22}),
                "master": lambda lines: lines.pop(),
        }.items():
            with self.subTest(fact):
                self.assertIn(f": {fact}: C says", "\n".join(self.wrong(change)))


if __name__ == "__main__":
    unittest.main(verbosity=2)
