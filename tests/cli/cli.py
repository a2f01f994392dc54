# SPDX-License-Identifier: BSD-2-Clause
"""What the command-line tests share: a scratch directory, an image, and anydma run in it."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

EXE = None
ENV = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS")}


class Case(unittest.TestCase):
    """Each test has its own directory; names are relative to it."""

    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory(prefix="anydma-cli-")
        self.addCleanup(self.scratch.cleanup)
        self.dir = self.scratch.name

    def path(self, name):
        return os.path.join(self.dir, name)

    def write(self, name, data):
        with open(self.path(name), "wb") as out:
            out.write(data)
        return name

    def image(self, name="disk.img", sectors=16):
        return self.write(name, bytes((i * 7 + i // 512) % 256 for i in range(sectors * 512)))

    def tree(self, source, name="board.dtb"):
        """A devicetree compiled from its source; dtc's own warnings are not our subject."""
        done = subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", self.path(name), "-"],
                              input=source.encode(), stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return name

    def document(self, *args, status=0):
        """The JSON that anydma prints, which must end with `status` and say nothing else."""
        done = self.anydma(*args)
        self.assertEqual((done.returncode, done.stderr), (status, b""), args)
        return json.loads(done.stdout)

    def anydma(self, *args, **more):
        more.setdefault("env", ENV)
        more.setdefault("stdout", subprocess.PIPE)
        return subprocess.run([EXE, *args], cwd=self.dir, stdin=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, timeout=240, check=False, **more)

    def start(self, *args, **more):
        child = subprocess.Popen([EXE, *args], cwd=self.dir, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENV, **more)
        self.addCleanup(child.stdout.close)
        self.addCleanup(child.stderr.close)
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        return child

    def refuses(self, *args, says, **more):
        """Exit status 2 and one clear line, nothing else."""
        done = self.anydma(*args, **more)
        said = done.stderr.decode()
        self.assertEqual(done.returncode, 2, said)
        self.assertEqual(said.count("\n"), 1, said)
        self.assertTrue(said.startswith("anydma"), said)
        self.assertIn(says, said)
        return said

    def catalogue(self):
        done = self.anydma("lab", "--list", "--json")
        self.assertEqual(done.returncode, 0)
        return json.loads(done.stdout)["platforms"]

    def identity(self):
        return next(p["name"] for p in self.catalogue() if p["identity"])

    def warty(self):
        return next(p["name"] for p in self.catalogue() if not p["identity"])


def main():
    global EXE
    EXE = os.path.abspath(sys.argv.pop(1))
    unittest.main(module="__main__", verbosity=2)
