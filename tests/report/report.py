# SPDX-License-Identifier: BSD-2-Clause
"""A program of scenes, run in a scratch directory; names are relative to it."""
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

EXE = None
ANYDMA = None  # the command, whose own driver has the same page; or None
# Bytes that no report may hand on: markup, controls, broken UTF-8, what XML cannot hold.
HOSTILE = b"<i>&\"' ]]> \x01\x1b[31m \xff\xc0\x80 \xed\xa0\x80 \xef\xbf\xbe reason"


class Case(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="anydma-report-")
        self.addCleanup(scratch.cleanup)
        self.dir = scratch.name

    def path(self, name):
        return os.path.join(self.dir, name)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def run_lab(self, *args, status=1, command=None):
        done = subprocess.run([*(command or [EXE]), "--quiet", *args], cwd=self.dir, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=240,
                              check=False)
        # What a sanitized build says of stacks that change hands is not the lab's word.
        words = re.sub(rb"==\d+==WARNING: ASan doesn't fully support makecontext.*\n", b"",
                       done.stderr)
        self.assertEqual((done.returncode, words), (status, b""), args)
        return done.stdout

    def document(self, *args, status=1):
        return json.loads(self.run_lab("--json", *args, status=status))

    def suppress(self, *lines):
        with open(self.path("list"), "wb") as file:
            file.write(b"".join(line + b"\n" for line in lines))
        return ["--suppress", "list"]


def scenes(*names):
    return [word for name in names for word in ("--scenario", name)]


def main():
    global EXE, ANYDMA
    EXE = os.path.abspath(sys.argv.pop(1))
    if len(sys.argv) > 1 and os.path.exists(sys.argv[1]):
        ANYDMA = os.path.abspath(sys.argv.pop(1))
    unittest.main(module="__main__", verbosity=2)
