#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""docs/mechanisms.md says what fails without each mechanism and hazard: every name in it exists, every
row has a proof, and no row is missing. Usage: mechanisms.py ROOT"""

import re
import sys
from pathlib import Path

root = Path(sys.argv[1])
planted = set(re.findall(r"^name: (\S+)$", (root / "tests/mutant/mutants.list").read_text(), re.M))
tests = set()
for source in (root / "tests/unit").rglob("*.c"):
    text = source.read_text()
    tests |= {name for name in re.findall(r"^static void (test_\w+)\(", text, re.M)
              if len(re.findall(rf"\b{name}\b", text)) > 1}  # defined and in the list that runs
platforms = {Path(line).name for line in (root / "platforms/list").read_text().split()}

wrong, rows = [], []
for line in (root / "docs/mechanisms.md").read_text().splitlines():
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    if len(cells) != 5 or not re.match(r"(M|hazard )\d+$", cells[0]):
        continue
    row, _, examples, bugs, units = cells
    rows.append(row)
    bugs, units = re.findall(r"`(\S+?)`", bugs), re.findall(r"`(\S+?)`", units)
    wrong += [f"{row}: no platform {p}" for p in examples.split(", ") if p not in platforms]
    wrong += [f"{row}: no planted bug {b}" for b in bugs if b not in planted]
    wrong += [f"{row}: no unit test {u} that runs" for u in units if u not in tests]
    if not bugs and not units:
        wrong.append(f"{row}: nothing fails without it")
want = [f"M{i}" for i in range(1, 17)] + [f"hazard {i}" for i in range(1, 15)]
if rows != want:
    wrong.append(f"rows are {rows}")
print("\n".join(wrong) or f"mechanisms: {len(rows)} rows, every name exists")
sys.exit(bool(wrong))
