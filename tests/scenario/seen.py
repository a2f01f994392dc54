#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Each function in lab/wrap has a scene that touches a lent buffer by it and nothing else; and that
scene is found by the wrapper: without it, it is not. Arguments: WRAP SCENES-WITHOUT."""
import subprocess
import sys
from pathlib import Path

wrap, scenes = sys.argv[1:]
# What allocates touches nothing: tests/scenario/memory.c has scenes of it.
HEAP = {"malloc", "calloc", "realloc", "free", "aligned_alloc", "posix_memalign"}
listed = subprocess.run([scenes, "--list"], check=True, text=True, stdout=subprocess.PIPE).stdout
there = [line.split()[0] for line in listed.splitlines() if line.startswith("string-")]
bad = [f"{name}: there is no scene of it" for name in Path(wrap).read_text().split()
       if name not in HEAP and f"string-{name}" not in there]
for scene in there:
    done = subprocess.run([scenes, scene, "arm64-nc", "1", "3"], text=True, check=False,
                          stdout=subprocess.PIPE)
    if done.returncode == 0 or f"{scene}: not found" not in done.stdout:
        bad.append(f"{scene} is found without the wrapper: {done.stdout.splitlines()[-1:]}")
print("\n".join(bad) or f"{len(there)} scenes: each is found by its wrapper")
sys.exit(bool(bad))
