# SPDX-License-Identifier: BSD-2-Clause
"""Files that are not what they should be: one clear line, exit status 2, never a crash."""
import os
import unittest

import cli
from cli import Case


class Image(Case):
    def bad(self, name, says):
        before = set(os.listdir(self.dir))
        self.refuses("lab", "--image", name, "--platform", self.identity(), says=says)
        self.assertEqual(set(os.listdir(self.dir)), before, "a refused run leaves nothing")

    def test_missing(self):
        self.bad("nothing.img", "nothing.img: No such file")

    def test_directory(self):
        os.mkdir(self.path("d"))
        self.bad("d", "is a directory")

    def test_empty(self):
        self.bad(self.write("empty.img", b""), "is empty")

    def test_short(self):
        self.bad(self.write("short.img", b"x" * 511), "511 bytes is not a multiple of 512")

    def test_odd(self):
        self.bad(self.write("odd.img", b"x" * 1000), "1000 bytes is not a multiple of 512")

    def test_pipe(self):
        os.mkfifo(self.path("fifo"))
        self.bad("fifo", "neither a file nor a block device")

    def test_device(self):
        self.bad("/dev/null", "neither a file nor a block device")

    @unittest.skipIf(os.geteuid() == 0, "root reads everything")
    def test_unreadable(self):
        os.chmod(self.path(self.image()), 0)
        self.bad("disk.img", "Permission denied")

    def test_never_written(self):
        name = self.image()
        os.chmod(self.path(name), 0o400)
        with open(self.path(name), "rb") as file:
            before = file.read()
        done = self.anydma("lab", "--image", name, "--write", "--no-bypass", "--platform",
                           self.identity())
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        with open(self.path(name), "rb") as file:
            self.assertEqual(file.read(), before)


class Tree(Case):
    def bad(self, data, says):
        self.refuses("lab", "--platform", self.write("board.dtb", data), says=says)

    def test_missing(self):
        self.refuses("lab", "--platform", "./none.dtb", says="No such file")

    def test_not_a_tree(self):
        self.bad(b"", "not a devicetree blob")
        self.bad(b"x" * 100, "not a devicetree blob")
        self.bad(b"/dts-v1/; / { compatible = \"x\"; }; // and so on", "dtc -O dtb")

    def test_truncated_tree(self):
        self.bad(b"\xd0\x0d\xfe\xed" + b"\0" * 60, "board.dtb: ")

    def test_directory(self):
        os.mkdir(self.path("d.dtb"))
        self.refuses("lab", "--platform", "d.dtb", says="is a directory without a .dtb file")


class Target(Case):
    def setUp(self):
        super().setUp()
        self.common = ["lab", "--image", self.image(), "--platform", self.identity(),
                       "--no-bypass"]

    def content(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def test_keep(self):
        done = self.anydma(*self.common, "--write", "--keep", "kept")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        kept = os.path.join("kept", self.identity() + ".img")
        self.assertEqual(self.content(kept), self.content("disk.img"))

    def test_keep_where_nothing_can_be_made(self):
        self.refuses(*self.common, "--write", "--keep", "/proc", says="cannot write /proc/")
        self.refuses(*self.common, "--write", "--keep", "disk.img", says="is not a directory")
        self.refuses(*self.common, "--write", "--keep", "a/b/c", says="cannot make directory")

    @unittest.skipIf(os.geteuid() == 0, "root writes everywhere")
    def test_read_only_target(self):
        os.mkdir(self.path("kept"))
        os.chmod(self.path("kept"), 0o555)
        self.refuses(*self.common, "--write", "--keep", "kept", says="Permission denied")

    def test_image_is_no_target(self):
        before = self.content("disk.img")
        self.refuses(*self.common, "--html", "disk.img", says="is the image itself")
        self.refuses(*self.common, "--log", "./disk.img", says="is the image itself")
        os.mkdir(self.path("kept"))
        os.link(self.path("disk.img"), self.path("kept/%s.img" % self.identity()))
        self.refuses(*self.common, "--write", "--keep", "kept", says="is the image itself")
        self.assertEqual(self.content("disk.img"), before)

    def test_full_disk_for_the_kept_image(self):
        def limit():
            import resource
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

        self.refuses(*self.common, "--write", "--keep", "kept", says="cannot make room",
                     preexec_fn=limit)
        self.assertEqual(os.listdir(self.path("kept")), [])

    def test_unwritable_report(self):
        self.refuses(*self.common, "--html", "no/such/dir.html", says="cannot write no/such")
        os.mkdir(self.path("d"))
        self.refuses(*self.common, "--html", "d", says="cannot write d: Is a directory")
        self.refuses(*self.common, "--out", "disk.img", says="is not a directory")
        self.refuses(*self.common, "--log", "no/such.log", says="cannot write no/such.log")

    def test_full_disk_for_the_report(self):
        self.refuses(*self.common, "--quiet", "--html", "/dev/full",
                     says="cannot write /dev/full: No space left")

    def test_full_disk_for_the_output(self):
        for more in ([], ["--json"]):
            with open("/dev/full", "wb") as full:
                done = self.anydma(*self.common, "--quiet", *more, stdout=full)
            self.assertEqual(done.returncode, 2)
            self.assertIn(b"cannot write", done.stderr)


cli.main()
