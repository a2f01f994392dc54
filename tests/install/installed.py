# SPDX-License-Identifier: BSD-2-Clause
"""An installed copy in a temporary prefix, and nothing else of this tree. Arguments: BUILD PREFIX."""
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

BUILD, PREFIX = sys.argv[1:3]
del sys.argv[1:3]
PC = 'export PKG_CONFIG_PATH=$(echo "$PREFIX"/lib/pkgconfig "$PREFIX"/lib/*/pkgconfig | tr " " :)\n'


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="anydma-install-")
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.root = Path(os.path.realpath(cls.scratch.name))
        subprocess.run(["meson", "install", "--no-rebuild", "-C", BUILD], check=True,
                       stdout=subprocess.DEVNULL,
                       env={**os.environ, "DESTDIR": str(cls.root / "dest")})
        # Another place than the one it was configured for.
        cls.prefix = cls.root / "moved"
        os.rename(f"{cls.root}/dest{PREFIX}", cls.prefix)

    def setUp(self):
        self.dir = self.root / self.id().split(".")[-1]
        self.dir.mkdir()

    def sh(self, script, status=0):
        done = subprocess.run(["bash", "-euc", script], cwd=self.dir, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=300, check=False,
                              env={**os.environ, "PREFIX": str(self.prefix)})
        self.assertEqual(done.returncode, status, f"{script}\n{done.stdout}")
        return done.stdout
