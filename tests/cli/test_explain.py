# SPDX-License-Identifier: BSD-2-Clause
"""What `anydma explain` says about devices whose answers can be worked out on paper."""
import cli
from boards import BOARD, DMA, ETH, MMC, SATA, USB, WIFI
from cli import Case


class Explain(Case):
    def setUp(self):
        super().setUp()
        self.tree(BOARD)

    def device(self, path, *args):
        found = self.document("explain", "--json", *args, "board.dtb", path)["devices"]
        self.assertEqual(len(found), 1)
        self.assertEqual(found[0]["path"], path)
        return found[0]

    def text(self, *args, status=0):
        done = self.anydma("explain", *args)
        self.assertEqual((done.returncode, done.stderr), (status, b""))
        return done.stdout.decode()


class Facts(Explain):
    def test_every_master_is_there_once(self):
        devices = self.document("explain", "--json", "board.dtb")["devices"]
        paths = [d["path"] for d in devices]
        self.assertEqual(len(paths), len(set(paths)))
        for path in (MMC, "/soc/mmc@2000", ETH, USB, DMA, WIFI, SATA):
            self.assertIn(path, paths)
        self.assertEqual([d["error"] for d in devices], [None] * len(devices))

    def test_the_board(self):
        board = self.document("explain", "--json", "board.dtb")
        self.assertEqual(board["model"], 'Test <Board> & "more"')
        self.assertEqual(board["memory"], [{"base": "0x0", "size": "0x80000000"},
                                           {"base": "0x100000000", "size": "0x80000000"}])
        self.assertIn({"base": "0x1000000", "size": "0x100000"}, board["reserved"])

    def test_offset_and_bounces(self):
        mmc = self.device(MMC)
        self.assertEqual(mmc["windows"],
                         [{"cpu": "0x0", "dma": "0xc0000000", "size": "0x40000000"}])
        self.assertEqual(mmc["bounces"], [{"base": "0x40000000", "size": "0x40000000"},
                                          {"base": "0x100000000", "size": "0x80000000"}])
        self.assertEqual((mmc["dma_last"], mmc["mask_bits"]), ("0xffffffff", 32))
        self.assertFalse(mmc["coherent"])
        self.assertIn("sees RAM at 0xc0000000", mmc["words"])
        self.assertIn("only its first 1 GiB of 4 GiB", mmc["words"])
        self.assertIn("does not snoop", mmc["words"])

    def test_coherent_and_by_what(self):
        eth = self.device(ETH)
        self.assertTrue(eth["coherent"])
        self.assertEqual(eth["coherent_from"], {"node": ETH, "property": "dma-coherent"})
        self.assertIn("it snoops", eth["words"])
        self.assertIsNone(self.device(MMC)["coherent_from"])

    def test_iommu(self):
        usb = self.device(USB)
        self.assertEqual(usb["iommu"]["stream_id"], "0x42")
        self.assertEqual(usb["iommu"]["from"]["property"], "iommus")
        self.assertEqual(usb["bounces"], [])
        self.assertIsNone(self.device(MMC)["iommu"])

    def test_restricted_pool(self):
        wifi = self.device(WIFI)
        self.assertTrue(wifi["bounces_always"])
        self.assertEqual(wifi["restricted_pool"]["base"], "0x8000000")
        self.assertIn("only its own pool", wifi["words"])
        self.assertEqual(wifi["regions"], [{"node": "/reserved-memory/pool@8000000",
                                            "compatible": "restricted-dma-pool",
                                            "range": {"base": "0x8000000", "size": "0x400000"}}])
        self.assertIn("/reserved-memory/pool@8000000: restricted-dma-pool 0x8000000-0x83fffff",
                      self.text("board.dtb", WIFI))
        self.assertEqual(self.device(MMC)["regions"], [])

    def test_two_levels(self):
        self.assertEqual(self.device(SATA)["windows"],
                         [{"cpu": "0x24000000", "dma": "0x0", "size": "0x1000000"},
                          {"cpu": "0x24800000", "dma": "0x4000000", "size": "0x1000000"}])

    def test_identity(self):
        dma = self.device(DMA)
        self.assertEqual((dma["windows"], dma["mask_bits"], dma["bounces"]), ([], 64, []))
        self.assertTrue(dma["identity_outside_windows"])

    def limited(self, properties):
        """The identity device on a machine with limits of its bus."""
        self.tree(BOARD.replace("\tsoc {", "\tanydma { %s };\n\tsoc {" % properties, 1))
        return self.device(DMA)

    def test_limits_of_the_bus_cut_windows(self):
        dma = self.limited("anydma,bus-max = <0x0 0xffffffff>;")
        self.assertEqual((dma["dma_last"], dma["mask_bits"]), ("0xffffffff", 32))
        self.assertEqual(dma["bounces"], [{"base": "0x100000000", "size": "0x80000000"}])
        dma = self.limited("anydma,bus-min = <0x0 0x10000000>; anydma,bus-max = <0x1 0x3fffffff>;")
        self.assertEqual(dma["dma_first"], "0x10000000")
        self.assertEqual(dma["bounces"], [{"base": "0x0", "size": "0x10000000"},
                                          {"base": "0x140000000", "size": "0x40000000"}])
        self.assertIn("and only", dma["words"])

    def test_why_names_nodes(self):
        self.assertNotIn("why", self.device(MMC))
        why = {(w["fact"], w["node"], w["property"]) for w in self.device(MMC, "--why")["why"]}
        self.assertIn(("windows", "/soc", "dma-ranges"), why)
        self.assertIn("windows: /soc dma-ranges", self.text("--why", "board.dtb", MMC))


class Text(Explain):
    def test_equal_answers_are_told_once(self):
        said = self.text("board.dtb")
        self.assertEqual(said.count("CPU 0x0-0x3fffffff -> DMA 0xc0000000-0xffffffff (1 GiB)"), 2)
        self.assertIn(MMC + "  test,mmc\n/soc/mmc@2000  test,mmc\n"
                      "    (the same answer for these 2)\n", said)

    def test_stream_ids_stand_with_the_device(self):
        self.assertIn(USB + "  test,usb  stream id 0x42 by iommus of " + USB, self.text("board.dtb"))

    def test_coherence_has_its_reason(self):
        self.assertIn("yes: dma-coherent of " + ETH, self.text("board.dtb", ETH))

    def test_the_catalogue_is_boards(self):
        for name in (self.warty(), self.identity()):
            self.assertIn("    =         this", self.text(name))

    def test_u_boot_differs_and_says_so(self):
        said = self.text("--as", "u-boot", "board.dtb", SATA)
        self.assertIn("as U-Boot reads it", said)
        self.assertIn("any other CPU address = DMA address", said)
        self.assertIn("Linux:", said)
        self.assertIn("CPU 0x24800000-0x257fffff", said.partition("Linux:")[2])
        self.assertNotIn("CPU 0x24800000-0x257fffff", said.partition("Linux:")[0])
        device = self.device(SATA, "--as", "u-boot")
        self.assertEqual(len(device["windows"]), 1)
        self.assertFalse(device["as_linux"])


class Names(Explain):
    def test_alias_last_part_and_path_are_one(self):
        for name in (MMC, "mmc0", "mmc@1000"):
            document = self.document("explain", "--json", "board.dtb", name)
            self.assertEqual([d["path"] for d in document["devices"]], [MMC])
        self.assertEqual(self.document("explain", "--json", "board.dtb", "sata")["devices"][0]["path"],
                         SATA)

    def test_candidates(self):
        said = self.refuses("explain", "board.dtb", "mmc", says="may be any of 2")
        self.assertIn(MMC + " /soc/mmc@2000", said)

    def test_bad_input(self):
        with open(self.path("board.dtb"), "rb") as file:
            whole = file.read()
        self.write("cut.dtb", whole[:len(whole) // 2])
        self.write("text.dtb", b"this is the text of something else, 50 bytes of it")
        self.refuses("explain", says="a board is missing")
        self.refuses("explain", "none.dtb", says="none.dtb: No such file")
        self.refuses("explain", "nonesuch", says="neither a file nor a platform")
        self.refuses("explain", "cut.dtb", says="cut.dtb: not a whole")
        self.refuses("explain", "text.dtb", says="is not a devicetree blob")
        self.refuses("explain", ".", says="is a directory")
        self.refuses("explain", "board.dtb", "nosuch", says="has no device 'nosuch'")
        self.refuses("explain", "board.dtb", "/no/such", says="has no device '/no/such'")
        self.refuses("explain", "--as", "bsd", "board.dtb", says="none of linux, u-boot")
        self.refuses("explain", "--diff", "board.dtb", says="compares two boards")
        self.refuses("explain", "--html", "/nonexistent/x.html", "board.dtb", says="cannot write")

    def test_a_refused_device_is_one_line_and_status_1(self):
        self.tree(BOARD.replace("0xc0000000 0 0x0 0x40000000", "0xc0000000 0 0x0"), "bad.dtb")
        document = self.document("explain", "--json", "bad.dtb", MMC, status=1)
        self.assertIn("/soc: dma-ranges", document["devices"][0]["error"])
        self.assertIn("refused", self.text("bad.dtb", MMC, status=1))


class Diff(Explain):
    def test_nothing(self):
        self.tree(BOARD, "b.dtb")
        self.assertIn("\n0 devices changed", self.text("--diff", "board.dtb", "b.dtb"))

    def test_what_changes(self):
        self.tree(BOARD.replace("0xc0000000 0 0x0 0x40000000", "0x80000000 0 0x0 0x40000000")
                  .replace("mmc@2000", "mmc@2800"), "b.dtb")
        document = self.document("explain", "--json", "--diff", "board.dtb", "b.dtb", status=1)
        pairs = {(d["from"], d["to"]): d["changes"] for d in document["devices"]}
        self.assertEqual(set(pairs), {(MMC, MMC), (ETH, ETH), ("/soc/mmc@2000", "/soc/mmc@2800")})
        self.assertIn("windows", [c["fact"] for c in pairs[MMC, MMC]])
        said = self.text("--diff", "board.dtb", "b.dtb", status=1)
        self.assertIn("  - windows   CPU 0x0-0x3fffffff -> DMA 0xc0000000-0xffffffff", said)
        self.assertIn("  + windows   CPU 0x0-0x3fffffff -> DMA 0x80000000-0xbfffffff", said)

    def test_paths_count_before_looks(self):
        """Both cards look alike; the one that stays is the one whose path stays."""
        gone = 'mmc@1000 { compatible = "test,mmc"; reg = <0x1000 0x100>; };'
        self.assertIn(gone, BOARD)
        self.tree(BOARD.replace(gone, ""), "b.dtb")
        document = self.document("explain", "--json", "--diff", "board.dtb", "b.dtb", status=1)
        self.assertEqual([(d["from"], d["to"]) for d in document["devices"]], [(MMC, None)])

    def test_devices_on_one_board_only(self):
        self.tree(BOARD.replace('sata@5000 { compatible = "test,sata"; reg = <0x5000 0x100>; };', ""),
                  "b.dtb")
        self.assertIn("- %s is only in board.dtb" % SATA,
                      self.text("--diff", "board.dtb", "b.dtb", status=1))


if __name__ == "__main__":
    cli.main()
