#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Every barrier, cache operation, drain, direction, copy and release in src/, taken away or weakened
one at a time (sites.py finds them); each is caught, or its survival explained in `survivors`.

sweep.py BUILD SOURCE IMAGE all             all of them; writes docs/mutation.md, what catches each.
                                            About ten minutes on two cores
sweep.py BUILD SOURCE IMAGE new             the same; only what is not in the table yet, and what
                                            survives in it without a reason, is tried
sweep.py BUILD SOURCE IMAGE try WORD ...    those with a WORD in their name, and no table
sweep.py BUILD SOURCE IMAGE sample          some of each kind and floor, by what the table says
sweep.py BUILD SOURCE IMAGE names           only: does the table speak of what is found today?

A mutant is tried on a few platforms in the lab and on every unit test and the conformance bodies, if
they have its code in them, then on every platform, reading and writing; the first that fails has
caught it.
"""
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import plant
import sites

HERE = os.path.dirname(os.path.abspath(__file__))
CELL, SEED, SEEDS = "tests/lab/labcell", "1", "2"
FIRST = ("arm64-nc", "x86-vtd", "arm-mvebu", "arm-mstarv7", "x86-sev-guest",
         "parisc-pcx-nouncached", "mips-ath25", "x86-pc")
WORDS = ("", "write", "packed event")  # what labcell is asked for
UNITS = re.compile(r"(spec|dma|iova|ring|virtio|blk|net|console|watch|space|transport|iommu|conform|rng)-|rng$")
MACHINE = ("barrier", "cache", "drain")
PER_STRATUM = 1  # of each kind on each floor, in the sample

HEAD = """# What is lost without each step

Every barrier, cache operation, drain, direction, copy and release in `src/`, and in the inline code
of its headers, taken away or weakened one at a time: {total} mutants, of which {uncompiled} do not
compile. Of the other {valid}, **{caught} are caught ({score:.1f} %)** and {survive} survive, each for
the reason given. The first that fails is named: a rule of the lab and a platform (seeds {first} to
{last}; `write`: the run that writes the disk first, `packed event`: over a packed ring with EVENT_IDX), or a unit test. `make check` tries a sample, and
that table and source speak of the same places. Made by

```
tests/mutant/sweep.py build . build/tests/lab/lab-test.img all
```

| kind | mutants | caught by the lab | by a unit test | by the compiler | survive |
| --- | ---: | ---: | ---: | ---: | ---: |
{kinds}

`name->other`: called instead. `TO->FROM`: a direction swapped; `TO->BOTH`: more than was meant;
`TO-without-BOTH`: a test that forgets it. `for-another-CPU`: the barrier of another class. The number
tells apart what happens more than once in a function.

| place | change | caught by |
| --- | --- | --- |"""


class Bench:
    """What can fail: the lab's cells and the unit tests."""

    def __init__(self, build, source, image):
        self.build, self.image = plant.Build(build, source), os.path.abspath(image)
        self.source = self.build.source
        tests = json.load(open(os.path.join(self.build.build, "meson-info/intro-tests.json")))
        self.units = {t["name"]: os.path.relpath(t["cmd"][0], self.build.build) for t in tests
                      if UNITS.match(t["name"]) and not t["cmd"][0].endswith(".py")}
        names = open(os.path.join(self.source, "platforms/list")).read().split() + \
            open(os.path.join(self.source, "tests/lab/platforms/list")).read().split()
        self.platforms = [os.path.basename(n) for n in names]

    def cell(self, planted, platform, words):
        command = [planted.exe_once(CELL), self.image, platform, SEED, SEEDS]
        where = platform + (f", {words}" if words else "")
        try:
            run = subprocess.run(command + words.split(), capture_output=True, text=True,
                                 timeout=120, errors="replace")
        except subprocess.TimeoutExpired:
            return f"runs for ever on {where}"
        if run.returncode < 0:
            return f"signal {-run.returncode} on {where}"
        rule = re.search(r" (L\d\d-[a-z-]+|BAD-RUN) ", run.stdout)
        return f"{rule.group(1) if rule else run.returncode} on {where}" if run.returncode else None

    def unit(self, planted, name):
        exe = planted.exe_once(self.units[name])
        try:
            run = subprocess.run([exe], capture_output=True, text=True, timeout=120,
                                 errors="replace", cwd=self.build.build)
        except subprocess.TimeoutExpired:
            return f"`{name}`: runs for ever"
        if run.returncode < 0:
            return f"`{name}`: signal {-run.returncode}"
        failed = re.search(r"\[  FAILED  \] (?:V[GDB]-[A-Z]{2}-\d\d )*(\w+)", run.stdout + run.stderr)
        return f"`{name}`: {failed.group(1) if failed else 'fails'}" if run.returncode else None

    def plan(self, mutant):
        """What is tried, in order: (function, its arguments)"""
        few = [(self.cell, (p, words)) for p in FIRST for words in WORDS]
        many = [(self.cell, (p, words)) for p in self.platforms for words in WORDS
                if p not in FIRST]
        floor = mutant.file.split("/")[1]
        names = sorted(n for n in self.units if self.build.uses(self.units[n], mutant.file))
        names.sort(key=lambda n: (n.startswith("conform"), not n.startswith(floor)))
        units = [(self.unit, (n,)) for n in names]
        # What only a machine shows, the lab first; what a caller sees, the unit tests. A public
        # header makes nearly everything anew for the lab, so there too.
        lab_first = mutant.kind in MACHINE and not mutant.file.startswith("include/")
        return few + units + many if lab_first else units + few + many

    def named(self, by):
        """The one thing that the table names."""
        unit = re.match(r"`([\w-]+)`: ", by)
        cell = re.search(r" on ([\w-]+)(?:, ([\w ]+))?$", by)
        if unit and unit.group(1) in self.units:
            return [(self.unit, (unit.group(1),))]
        return [(self.cell, (cell.group(1), cell.group(2) or ""))] if cell else []

    def judge(self, mutant, plan=None):
        """What catches it, or None."""
        text = open(os.path.join(self.source, mutant.file)).read()
        where = os.path.join(self.build.build, "sweep",
                             hashlib.sha256(mutant.name.encode()).hexdigest()[:16])
        try:
            planted = plant.Planted(self.build, where, {mutant.file: sites.plant(text, mutant)})
            if mutant.file.endswith(".c"):
                planted.exe_once(CELL)
            for ask, arguments in plan or self.plan(mutant):
                caught = ask(planted, *arguments)
                if caught:
                    return caught
            return None
        except subprocess.CalledProcessError as error:
            return f"does not compile: {plant.compiler_said(error)}"
        finally:
            shutil.rmtree(where, ignore_errors=True)


# ---- the table -----------------------------------------------------------------------------------

def read_survivors():
    """name -> reason; a reason goes on in lines that are indented."""
    reasons, name = {}, None
    for line in open(os.path.join(HERE, "survivors")).read().split("\n"):
        if line.startswith((" ", "\t")) and name:
            reasons[name] += (" " if reasons[name] else "") + line.strip()
        elif line.strip() and not line.startswith("#"):
            name = line.strip()
            reasons[name] = ""
    return reasons


def read_table(source):
    table = {}
    path = os.path.join(source, "docs/mutation.md")
    for line in open(path) if os.path.exists(path) else ():
        row = re.match(r"\| `([^`]+)` \| `([^`]+)` \| (.*) \|$", line)
        if row:
            table[f"{row.group(1)}:{row.group(2)}"] = row.group(3)
    return table


def kind_of(by):
    return ("survive" if by.startswith("survives") else
            "compiler" if by.startswith("does not compile") else
            "unit" if by.startswith("`") else "lab")


def write_table(path, mutants, verdicts):
    kinds = {}
    for mutant, by in zip(mutants, verdicts):
        kinds.setdefault(mutant.kind, Counter())[kind_of(by)] += 1
    total = sum(kinds.values(), Counter())
    valid = len(mutants) - total["compiler"]
    rows = [f"| {k} | {sum(c.values())} | {c['lab']} | {c['unit']} | {c['compiler']} "
            f"| {c['survive']} |" for k, c in sorted(kinds.items()) + [("all", total)]]
    text = [HEAD.format(total=len(mutants), uncompiled=total["compiler"], valid=valid,
                        caught=valid - total["survive"], survive=total["survive"],
                        score=100 * (valid - total["survive"]) / valid, kinds="\n".join(rows),
                        first=SEED, last=int(SEED) + int(SEEDS) - 1)]
    for mutant, by in zip(mutants, verdicts):
        place, change, nth = mutant.name.rsplit(":", 2)
        text.append(f"| `{place}` | `{change}:{nth}` | {by} |")
    with open(path, "w") as file:
        file.write("\n".join(text) + "\n")


def names_agree(mutants, table, reasons):
    """What the table, the list of survivors and the source say differently."""
    now = {m.name for m in mutants}
    survive = {n for n, by in table.items() if kind_of(by) == "survive"}
    wrong = [f"{n}: no verdict in docs/mutation.md" for n in sorted(now - set(table))]
    wrong += [f"{n}: in docs/mutation.md, but not in the source" for n in sorted(set(table) - now)]
    wrong += [f"{n}: survives without a reason" for n in sorted(survive - set(reasons))]
    wrong += [f"{n}: has a reason and does not survive" for n in sorted(set(reasons) - survive)]
    wrong += [f"{n}: the table gives another reason" for n in sorted(survive & set(reasons))
              if table[n] != f"survives: {reasons[n]}" or not reasons[n]]
    return wrong


# ---- what may be asked ---------------------------------------------------------------------------

def all_of(bench, mutants, reasons, known, write):
    def verdict(mutant):
        by = known.get(mutant.name) or bench.judge(mutant)
        print(f"{mutant.name}: {by or 'survives'}", flush=True)
        return by or f"survives: {reasons.get(mutant.name, 'UNEXPLAINED')}"
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        verdicts = list(pool.map(verdict, mutants))
    if write:
        write_table(os.path.join(bench.source, "docs/mutation.md"), mutants, verdicts)
    return [f"{m.name}: {by}" for m, by in zip(mutants, verdicts) if by.endswith("UNEXPLAINED")] + \
        [f"{m.name}: has a reason, but is caught: {by}" for m, by in zip(mutants, verdicts)
         if m.name in reasons and not by.startswith("survives")]


def draw(mutants, table, source):
    """Some of each kind and floor; which, changes with the text of the file they are in."""
    strata = {}
    for m in mutants:
        by = table.get(m.name, "survives")
        if kind_of(by) in ("lab", "unit") and "runs for ever" not in by:
            text = open(os.path.join(source, m.file)).read()
            strata.setdefault((m.kind, m.file.split("/")[1]), []).append(
                (hashlib.sha256((text + m.name).encode()).hexdigest(), m))
    return [m for drawn in strata.values() for _, m in sorted(drawn)[:PER_STRATUM]]


def sample_of(bench, mutants, table):
    def verdict(mutant):
        return bench.judge(mutant, bench.named(table[mutant.name]))
    drawn = draw(mutants, table, bench.source)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        verdicts = list(pool.map(verdict, drawn))
    print(f"{len(drawn)} of {len(mutants)} mutants tried")
    return [f"{m.name}: not caught by what the table says ({table[m.name]}): {by}"
            for m, by in zip(drawn, verdicts) if not by or kind_of(by) == "compiler"]


def main():
    build, source, image, what = sys.argv[1:5]
    mutants, reasons, table = sites.find(source), read_survivors(), read_table(source)
    if what in ("all", "new", "try"):
        words = sys.argv[5:]
        mutants = [m for m in mutants if what != "try" or any(w in m.name for w in words)]
        known = {n: by for n, by in table.items() if kind_of(by) != "survive"}
        known.update({n: f"survives: {reasons[n]}" for n in table if n in reasons})
        known = known if what == "new" else {}
        wrong = all_of(Bench(build, source, image), mutants, reasons, known, what != "try")
        print("\n".join(wrong))
        return bool(wrong)
    wrong = names_agree(mutants, table, reasons)
    if what == "sample" and not wrong:
        wrong = sample_of(Bench(build, source, image), mutants, table)
    print("\n".join(wrong) or f"{len(table)} mutants, as in the table")
    return bool(wrong) or not mutants


if __name__ == "__main__":
    sys.exit(main())
