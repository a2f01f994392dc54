#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""where.py PROGRAM...: a report names a catalogue platform where its rule is broken. For each rule
that a scene of these programs breaks, one of the scenes is found there."""
import subprocess
import sys

seen = {}
for program in sys.argv[1:]:
    out = subprocess.run([program, "--where"], capture_output=True, text=True, check=True).stdout
    for rule, platform, found in map(str.split, out.splitlines()):
        seen[rule, platform] = seen.get((rule, platform), False) or found == "yes"
for (rule, platform), found in sorted(seen.items()):
    print("PASS" if found else "FAIL", rule, platform)
sys.exit(len(seen) < 20 or not all(seen.values()))
