#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""docs/cases.md: table.py CASES ROOT [--write]. Without --write it says whether the page is today's,
the numbers apart: times are of the machine it was made on, events of the compiler."""

import os
import re
import subprocess
import sys
from pathlib import Path

HEAD = """<!-- SPDX-License-Identifier: BSD-2-Clause -->
<!-- Made by tests/cases/table.py CASES . --write; do not edit. -->
# Bugs other projects had

Each is a small driver in that project's style, on the shim for its API, in two forms
(`tests/cases/NAME.c`). The buggy form is run on the platform named with one seed after another: it
must be found by its rule, at a line that is marked, within 200. The fixed form must pass on every
platform of the catalogue; `cases --seeds 2000` is the long run. Events are the loads, stores,
barriers, register and bus accesses of all runs until it was found; the time is theirs, on one core
of the machine this page was made on.

| case | issue | bug | found as | on | seeds | events | time | the fixed form passes |
|---|---|---|---|---|---|---|---|---|
"""


def numberless(text):
    return re.sub(r"\| \d+ \| \d+ \| [0-9.]+ ms \|", "| | | |", text)


def main():
    cases, root = sys.argv[1], Path(sys.argv[2])
    env = dict(os.environ, SCENE_ROOT=str(root))
    out = subprocess.run([cases, "--markdown", "--seeds", "0"], env=env, text=True,
                         stdout=subprocess.PIPE)
    if out.returncode:
        sys.exit("table.py: some case is not found as it should be")
    rows = sorted(out.stdout.splitlines())
    text = HEAD + "\n".join(rows) + f"\n\n{len(rows)} cases.\n"
    page = root / "docs" / "cases.md"
    if "--write" in sys.argv:
        page.write_text(text)
    elif not page.exists() or numberless(page.read_text()) != numberless(text):
        sys.exit("docs/cases.md is not today's: tests/cases/table.py CASES . --write")
    else:
        print(f"docs/cases.md: {len(rows)} cases, as found today")


main()
