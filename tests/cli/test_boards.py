# SPDX-License-Identifier: BSD-2-Clause
"""Boards from outside: one device of a tree, a folder of trees, and each thing that can be wrong."""
import json
import os
import subprocess

import cli

BOARD = """/dts-v1/;
/ {
	#address-cells = <1>; #size-cells = <1>;
	compatible = "test,board";
	aliases { net0 = "/soc/ethernet@3000"; };
	memory@80000000 { device_type = "memory"; reg = <0x80000000 0>; };
	soc {
		#address-cells = <1>; #size-cells = <1>; ranges;
		dma-ranges = <0x0 0x80000000 0x20000000>;
		mmc@1000 { compatible = "test,mmc"; reg = <0x1000 0x1000>; status = "disabled"; };
		mmc@2000 { compatible = "test,mmc"; reg = <0x2000 0x1000>; };
		ethernet@3000 { compatible = "test,net"; reg = <0x3000 0x1000>; dma-coherent; };
	};
};
"""
BLIND = BOARD.replace("0x80000000 0x20000000", "0x10000000 0x1000").replace(
    "reg = <0x80000000 0>", "reg = <0x80000000 0x1000000>")


class Boards(cli.Case):
    def board(self, name="board.dtb", source=BOARD):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        subprocess.run(["dtc", "-q", "-O", "dtb", "-o", self.path(name), "-"],
                       input=source.encode(), check=True)
        return name

    def lab(self, *platforms, status=0):
        words = [w for p in platforms for w in ("--platform", p)]
        done = self.anydma("lab", "--json", "--no-html", "--image", self.image(), *words)
        self.assertEqual(done.returncode, status, done.stderr.decode())
        return json.loads(done.stdout)["platforms"], done.stderr.decode()

    def test_own_choice_is_said(self):
        self.board()
        done = self.anydma("lab", "--no-html", "-q", "--image", self.image(), "-p", "board.dtb")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("board: /soc/mmc@2000: ram 0x80000000-0x80000000 / 0xa0000000 none; "
                      "not coherent line=64", done.stdout.decode())

    def test_device_by_any_name(self):
        self.board()
        for name in ("/soc/ethernet@3000", "ethernet@3000", "ethernet", "net0"):
            (only,), _ = self.lab(f"board.dtb:{name}")
            self.assertEqual(only["device"], "/soc/ethernet@3000")
            self.assertTrue(only["situation"].endswith("; coherent"), only)
            self.assertEqual([c["verdict"] for c in only["cells"]], ["pass", "fail"])

    def test_devices_of_one_board(self):
        self.board()
        both, _ = self.lab("board.dtb:mmc@2000", "board.dtb:ethernet", "board.dtb:net0")
        self.assertEqual([p["device"] for p in both], ["/soc/mmc@2000", "/soc/ethernet@3000"])
        self.assertEqual(len({p["name"] for p in both}), 2)

    def test_replay_line_names_board_and_device(self):
        self.board()
        done = self.anydma("lab", "--no-html", "-v", "-q", "--image", self.image(),
                           "-p", "board.dtb:ethernet")
        line = next(l for l in done.stdout.decode().splitlines() if "--seed" in l).strip()
        self.assertIn("--platform board.dtb:/soc/ethernet@3000 --seed 1", line)
        again = self.anydma(*line.split()[1:], "--no-html", "-q")
        self.assertIn("L21-wrong-window", again.stdout.decode())

    def test_folder(self):
        self.board("boards/a/board.dtb")
        self.board("boards/b/other.dtb")
        self.board("boards/blind.dtb", BLIND)
        self.write("boards/c.txt", b"not a board")
        boards, said = self.lab("boards")
        self.assertEqual([p["name"] for p in boards], ["board", "other"])
        self.assertIn("blind.dtb", said)  # what cannot run is said, and the others run

    def test_several_files_of_a_shell_pattern(self):
        self.board("a.dtb")
        self.board("b.dtb")
        done = self.anydma("lab", "--json", "--no-html", "--image", self.image(), "--platform",
                           "a.dtb", "b.dtb")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(json.loads(done.stdout)["platforms"]), 2)

    def no(self, platform, says, *more):
        self.refuses("lab", "--no-html", "--platform", platform, *more, says=says)

    def test_no_such_device(self):
        self.board()
        self.no("board.dtb:mmc@9", "no device 'mmc@9'; the nearest: mmc@2000")
        self.no("board.dtb:/soc/etherned@3000", "the nearest: ethernet@3000")
        self.no("board.dtb:", "names no device")
        self.no("board.dtb:net0", "second device", "--device", "mmc")

    def test_ambiguous(self):
        self.board(source=BOARD.replace('status = "disabled";', ""))
        self.no("board.dtb:mmc", "may be any of 2: /soc/mmc@1000, /soc/mmc@2000")

    def test_disabled(self):
        self.board()
        self.no("board.dtb:mmc@1000", "/soc/mmc@1000: status: the device is not enabled")

    def test_nothing_in_reach(self):
        self.board(source=BLIND)
        self.no("board.dtb:mmc@2000", "/soc/mmc@2000: no free memory lies within its reach")
        self.no("board.dtb", "bus masters can run")

    def test_missing_and_empty(self):
        self.no("none.dtb:mmc", "none.dtb: No such file")
        os.mkdir(self.path("empty"))
        self.no("empty", "empty: is a directory without a .dtb file")


cli.main()
