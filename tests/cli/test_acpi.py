#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""anydma acpi over tables that iasl built (tests/unit/acpi)."""

import json
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ANYDMA, TABLES = sys.argv[1], dict(zip(("IORT", "DMAR", "IVRS"), sys.argv[2:5]))


class Acpi(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_on(self, tables, *arguments):
        for name in tables:
            shutil.copy(TABLES[name], self.folder / name)
        return subprocess.run([ANYDMA, "acpi", "--tables", self.folder, *arguments], text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=60)

    def facts(self, tables, *arguments):
        done = self.run_on(tables, "--json", *arguments)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return json.loads(done.stdout)

    def test_a_function_below_a_bridge(self):
        facts = self.facts(["DMAR"], "00:1c.4/05:00.1")
        self.assertEqual(facts["device"], "0000:05:00.1")
        self.assertEqual((facts["iommu"], facts["registers"]), ("vt-d", 0xfed91000))
        self.assertEqual(facts["unity"], [{"base": 0x7c000000, "size": 0x800000}])
        self.assertTrue(facts["coherent"])

    def test_segments(self):
        self.assertEqual(self.facts(["IORT"], "0001:00:01.0")["iommu"], "none")
        self.assertEqual(self.facts(["IORT"], "0000:02:03.1")["stream_id"], 0x10119)

    def test_a_named_component(self):
        facts = self.facts(["IORT"], "--arm64", "\\_SB.ETH0")
        self.assertEqual((facts["iommu"], facts["stream_id"]), ("smmu", 0x42))
        self.assertEqual(facts["dma_max"], 0xffffffff)
        self.assertFalse(facts["coherent"] or facts["coherent_walk"])

    def test_an_alias(self):
        self.assertEqual(self.facts(["IVRS"], "03:01.0")["stream_id"], 0xa4)

    def test_text(self):
        done = self.run_on(["IORT"], "\\_SB.ETH0")
        self.assertEqual(done.returncode, 0)
        self.assertIn("smmu at 0x2b50000, id 0x42", done.stdout)
        self.assertIn("reaches      up to 0xffffffff", done.stdout)

    def test_external(self):
        self.assertTrue(self.facts(["DMAR"], "--external", "00:03.0")["untrusted"])

    def refused(self, status, words, tables, *arguments):
        done = self.run_on(tables, *arguments)
        self.assertEqual((done.returncode, done.stdout), (status, ""))
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertIn(words, done.stderr)

    def test_bad_input(self):
        self.refused(2, "no IORT, DMAR or IVRS", [], "00:02.0")
        self.refused(2, "neither a namespace path", ["DMAR"], "00:20.0")
        self.refused(2, "neither a namespace path", ["DMAR"], "00:02.0/zz")
        self.refused(2, "name one device", ["DMAR"])
        self.refused(1, "_CCA", ["IORT"], "--arm64", "\\_SB.ABSENT")
        (self.folder / "DMAR").unlink()  # one IOMMU is enough: IVRS would not be looked at
        (self.folder / "IVRS").write_bytes(b"IVRS")
        self.refused(1, "shorter than a table header", [], "00:02.0")
        (self.folder / "IVRS").unlink()
        (self.folder / "IVRS").mkdir()
        self.refused(2, "cannot read", [], "00:02.0")


unittest.main(argv=sys.argv[:1], verbosity=2)
