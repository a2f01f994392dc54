#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""How many seeds a planted bug needs while there is little to do, by chance and by the adversary.

seeds.py BUILD SOURCE IMAGE [SEEDS [BYTES]]     table in Markdown on standard output

A bug that is not found within SEEDS counts as SEEDS. Mutants of the ordinary test move a whole
image; here a run moves BYTES, so that a run has few moments that matter and the seed must hit one.
"""
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import mutate

MODES = ("plain", "adversary", "by seed")


def needs(exe, mutant, image, mode, seeds, limit):
    args = [exe, image, mutant["on"], "1", str(seeds), f"limit={limit}"]
    args += [] if mode == "by seed" else [mode]
    out = subprocess.run(args + mutant.get("with", "").split(), capture_output=True, text=True,
                         timeout=600).stdout
    for n, line in enumerate(out.split("\n"), 1):
        rule = re.search(r" (L\d\d-[a-z-]+) ", line)
        if rule:
            return n
    return None


def measure(build, mutant, image, seeds, limit):
    try:
        exe = build.make(mutant)
        return [needs(exe, mutant, image, mode, seeds, limit) for mode in MODES]
    except (subprocess.SubprocessError, ValueError, StopIteration, OSError, KeyError) as error:
        print(f"{mutant['name']}: {error}", file=sys.stderr)
        return None


def main():
    build, image = mutate.Build(sys.argv[1], sys.argv[2]), sys.argv[3]
    seeds = int(sys.argv[4]) if len(sys.argv) > 4 else 50
    limit = int(sys.argv[5]) if len(sys.argv) > 5 else 4096
    mutants = mutate.read_list(
        os.path.join(os.path.dirname(os.path.abspath(__file__)), "mutants.list"))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        rows = list(pool.map(lambda m: measure(build, m, image, seeds, limit), mutants))
    print("| mutant | " + " | ".join(MODES) + " |\n| --- |" + " ---: |" * len(MODES))
    total, counted, found = [0] * len(MODES), 0, [0] * len(MODES)
    for mutant, row in zip(mutants, rows):
        if not row or not any(row):
            continue
        counted += 1
        for i, n in enumerate(row):
            total[i] += n or seeds
            found[i] += n is not None
        if max(n or seeds for n in row) > 1:
            print(f"| {mutant['name']} | "
                  + " | ".join(str(n) if n else f"> {seeds}" for n in row) + " |")
    print(f"| {counted} mutants found at all: mean | "
          + " | ".join(f"{t / max(counted, 1):.2f}" for t in total) + " |")
    print(f"| of them found within {seeds} seeds | " + " | ".join(map(str, found)) + " |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
