#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""docs/detection.md says what finds each mistake: every rule has a row, every test named exists, runs
and is of that rule, and no row of conformance C5 is missing. Usage: detection.py ROOT SCENES..."""

import re
import subprocess
import sys
from pathlib import Path

LEVELS = {"NOTHING": "every", "CACHE": "all, board", "MOVES": "coherent too"}
NOT_SHOWN = {f"C5.{row}" for row in (23, 24, 27)}  # about the checker, or not to be expressed


class Names:
    """What tests there are: kind -> name -> the rules it is found by, None where it does not say."""

    def __init__(self, root, programs):
        self.rules, self.levels = {}, {}
        text = (root / "lab/core/rules.c").read_text()
        for needs, rule in re.findall(r'(?:NEEDS\((\w+)|RULE\(\w+), (?:ANY_LAB_\w+, )?"(L\d\d)', text):
            self.levels[rule] = LEVELS[needs or "NOTHING"]
        del self.levels["L00"]
        self.kinds = {"scene": {}, "case": {}, "planted": {}, "unit": {}, "cli": {}}
        for program in programs:
            said = subprocess.run([program, "--list"], check=True, stdout=subprocess.PIPE, text=True)
            for line in said.stdout.splitlines():
                name, rule, _ = line.split()
                self.kinds["scene"][name] = {rule[:3]}
        for line in (root / "docs/cases.md").read_text().splitlines():
            cells = [cell.strip() for cell in line.split("|")]
            if len(cells) > 5 and cells[1].startswith("`"):
                self.kinds["case"][cells[1].strip("`")] = {cells[4][:3]}
        blocks = (root / "tests/mutant/mutants.list").read_text().split("\n\n")
        for block in blocks:
            name = re.search(r"^name: (\S+)$", block, re.M)
            rule = re.search(r"^rule: (.*)$", block, re.M)
            if name and rule:
                self.kinds["planted"][name[1]] = {r[:3] for r in rule[1].split()}
        self.functions(root, "unit", "tests/unit", "*.c", r"^static void (test_\w+)\(", 2)
        self.functions(root, "cli", "tests/cli", "test_*.py", r"^    def (test_\w+)\(", 1)
        self.platforms = {Path(p).name for p in (root / "platforms/list").read_text().split()}

    def functions(self, root, kind, folder, files, pattern, times):
        for source in (root / folder).rglob(files):
            text = source.read_text()
            for name in re.findall(pattern, text, re.M):
                if len(re.findall(rf"\b{name}\b", text)) >= times:  # defined, and run
                    self.kinds[kind][name] = None


def shown(names, row, rule, cell):
    found = re.findall(r"(?:(case|planted|unit|cli) )?`(\S+?)`", cell)
    for kind, name in found:
        kind = kind or "scene"
        if name not in names.kinds[kind]:
            yield f"{row}: there is no {kind} {name}"
        elif names.kinds[kind][name] and rule not in names.kinds[kind][name]:
            yield f"{row}: {kind} {name} is of {names.kinds[kind][name]}, not of {rule}"
    if not found and row not in NOT_SHOWN:
        yield f"{row}: nothing shows it"


def judge(text, names):
    met, c5 = set(), []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|") or cells[0] in ("mistake", "row", "---"):
            continue
        if cells[0].startswith("C5."):
            row, _, rule, tests = cells
            c5.append(row)
            if (rule == "-") != (row in NOT_SHOWN):
                yield f"{row}: rule {rule}"
        else:
            row, rule, tests, platform, level = cells
            met.add(rule)
            if level != names.levels.get(rule):
                yield f"{row}: {rule} is of levels '{names.levels.get(rule)}'"
            if platform not in names.platforms:
                yield f"{row}: no platform {platform}"
        if rule != "-" and rule not in names.levels:
            yield f"{row}: there is no rule {rule}"
        yield from shown(names, row, rule, tests)
    if c5 != [f"C5.{row}" for row in [*range(1, 28), *"abcd"]]:
        yield f"rows of C5 are {c5}"
    for rule in sorted(set(names.levels) - met):
        yield f"rule {rule} has no row"


def notices(text, names):
    """The test is one: each kind of error is seen when it is made."""
    for old, new in (("`detect-leak`", "`detect-leek`"), ("| L15 |", "| L14 |"),
                     ("| L20 |", "| L99 |"), ("| C5.7 |", "| C5.6 |"), ("| x86-sev-guest |", "| x87 |"),
                     ("planted `map-short`", "planted `map-shirt`"), ("L42 |", "L41 |"),
                     ("| all, board |", "| every |"), ("`linux-sync-other`", "")):
        assert old in text, old
        if not list(judge(text.replace(old, new, 1), names)):
            yield f"nobody notices {new} for {old}"


def main():
    root = Path(sys.argv[1])
    names = Names(root, sys.argv[2:])
    text = (root / "docs/detection.md").read_text()
    wrong = list(judge(text, names)) + list(notices(text, names))
    print("\n".join(wrong) or "docs/detection.md is as the tests are")
    sys.exit(bool(wrong))


main()
