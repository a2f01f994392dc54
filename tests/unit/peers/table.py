#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""docs/peers.md: table.py ROOT [--write]. Every test that rows.list names is there and runs; without
--write it says whether the page is today's."""

import re
import sys
from pathlib import Path

HEAD = """<!-- SPDX-License-Identifier: BSD-2-Clause -->
<!-- Made by tests/unit/peers/table.py . --write; do not edit. -->
# What users of other projects suffered

And the test here that fails if we do the same. Cases are in [cases.md](cases.md): that project's
mistake in a small driver, found by the lab; the other tests are of our own code.
"""


def test_of(root, words):
    """The link to a test, or what is wrong with it."""
    kind, name = words.split()
    if kind == "case":
        path = root / "tests/cases" / f"{name}.c"
        listed = f", {name}," in (root / "tests/cases/list.h").read_text()
        return path.exists() and listed, f"[`{name}`](../tests/cases/{name}.c)"
    path = root / "tests" / kind
    text = path.read_text() if path.exists() else ""
    if path.name == "lost.c":  # its tests are lost.h's
        text += (root / "tests/unit/virtio/lost.h").read_text()
    runs = re.search(rf"(TEST|cmocka_unit_test)\w*\({name}\)", text) and f"void {name}(void" in text
    return bool(runs), f"[`{name}`](../tests/{kind})"


def main():
    root = Path(sys.argv[1])
    text, wrong, rows = HEAD, [], 0
    for line in (root / "tests/unit/peers/rows.list").read_text().splitlines():
        if line.startswith("== "):
            text += f"\n## {line[3:]}\n\n| report | what went wrong | here |\n|---|---|---|\n"
        elif line and not line.startswith("#"):
            report, what, tests = (w.strip() for w in line.split(" | "))
            rows += 1
            here = tests.removeprefix("none: ")
            if here == tests:
                found = [test_of(root, t.strip()) for t in tests.split(",")]
                wrong += [f"{report}: no such test: {t}" for ok, t in found if not ok]
                here = ", ".join(t for _, t in found)
            text += f"| {report} | {what} | {here} |\n"
    text += f"\n{rows} rows.\n"
    page = root / "docs/peers.md"
    if wrong or not rows:
        sys.exit("\n".join(wrong) or "rows.list has no rows")
    if "--write" in sys.argv:
        page.write_text(text)
    elif not page.exists() or page.read_text() != text:
        sys.exit("docs/peers.md is not today's: tests/unit/peers/table.py . --write")
    print(f"docs/peers.md: {rows} rows, every test is there")


main()
