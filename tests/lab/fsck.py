#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""fsck.py ANYDMA IMAGE: after `anydma lab --write`, what the device holds is a sound file system and
the same bytes, on every platform."""
import hashlib
import os
import subprocess
import sys
import tempfile

anydma, image = sys.argv[1:3]
os.environ["PATH"] += ":/usr/sbin:/sbin"
here = os.path.dirname(os.path.abspath(__file__))
names = [os.path.basename(row) for row in open(os.path.join(here, "../../platforms/list")).read().split()]
want = hashlib.sha256(open(image, "rb").read()).hexdigest()
bad = 0
with tempfile.TemporaryDirectory() as keep:
    run = subprocess.run([anydma, "lab", "--platform", "all", "--image", image, "--write", "--keep", keep, "--no-bypass",
                          "--no-html"], capture_output=True, text=True)
    if run.returncode:
        print(run.stdout + run.stderr)
        sys.exit(1)
    for name in names:
        path = os.path.join(keep, name + ".img")
        fsck = subprocess.run(["e2fsck", "-fn", path], capture_output=True, text=True)
        got = hashlib.sha256(open(path, "rb").read()).hexdigest()
        if fsck.returncode or got != want:
            print(f"{name}: e2fsck {fsck.returncode}, {got}: {fsck.stdout[-200:]}")
            bad += 1
print(f"{len(names) - bad} of {len(names)} images sound and equal")
sys.exit(bad != 0)
