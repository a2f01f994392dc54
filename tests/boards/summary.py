# SPDX-License-Identifier: BSD-2-Clause
"""docs/boards.md: what DMA looks like on every board, from the C reader's dump."""

from collections import Counter, defaultdict

import agree
import facts

COLUMNS = ["boards", "masters", "windows", "offset", "limit", "below 4 GiB", "IOMMU", "PCI host",
           "snoops", "does not", "mixed", "pool", "refused"]

HEAD = """# Every board

What the {n} board devicetrees in two Debian kernel packages say about DMA, as `any_platform_ask` reads them
for every enabled node that can master a bus. Made by

```
make build && scripts/boards --summary build > docs/boards.md
```

from {packages}. `make check` compares a sample of 60 of them,
`make check LONG=1` all, with a second reading (`tests/boards/reading.py`), and {devices} devices of {boards}
boards with facts written by hand (`tests/boards/facts`).

A board counts in a column when at least one of its masters does: *windows*: a bus above it restricts or
moves its view of memory; *offset*: memory has another address there; *limit*: some memory address is too
high for it; *below 4 GiB*: that limit is under 4 GiB; *IOMMU*: an enabled one translates; *snoops*,
*does not*, *mixed*: coherent, not coherent, both on one board; *pool*: confined to a restricted pool;
*refused*: no answer, with one line why.

"""


def traits(devices):
    """The columns one board belongs to."""
    answers = [agree.from_c(d["linux"]) for d in devices]
    good = [a for a in answers if "error" not in a]
    windows = [w for a in good for w in a["windows"]]
    limits = [a["limit"] for a in good if a["limit"] is not None]
    snoops = {a["coherent"] for a in good}
    found = {
        "windows": windows, "offset": [w for w in windows if w[0] != w[1]], "limit": limits,
        "below 4 GiB": [n for n in limits if n < (1 << 32) - 1],
        "IOMMU": [a for a in good if a["iommu"]],
        "PCI host": [d for d in devices if d["by"] == "bridge"],
        "snoops": True in snoops, "does not": False in snoops, "mixed": len(snoops) == 2,
        "pool": [a for a in good if a["restricted"]], "refused": len(good) < len(answers),
    }
    return [name for name, value in found.items() if value]


def row(name, count):
    return f"| {name} | " + " | ".join(str(count[c] or "") for c in COLUMNS) + " |\n"


def markdown(program, cache, names, versions):
    total, makers, reasons = Counter(), defaultdict(Counter), Counter()
    for at in range(0, len(names), 50):
        for name, lines in agree.dump(program, cache, names[at:at + 50]).items():
            maker = lines[0]["soc"].split(",")[0] or "(none)"
            marks = traits(lines[1:])
            for count in (total, makers[(name.split("/")[0], maker)]):
                count["boards"] += 1
                count["masters"] += len(lines) - 1
                count.update(marks)
            reasons.update(d["linux"]["text"].split(": ")[-1] for d in lines[1:]
                           if "error" in d["linux"])
    entries = facts.table()
    text = HEAD.format(n=f"{len(names):,}", devices=len(entries),
                       boards=len({board for board, _, _ in entries}),
                       packages=" and ".join(f"{arch} {v}" for arch, v in versions.items()))
    text += f"| SoC maker | {' | '.join(COLUMNS)} |\n| --- |{' ---: |' * len(COLUMNS)}\n"
    for (arch, maker), count in sorted(makers.items(), key=lambda m: (m[0][0], -m[1]["boards"])):
        text += row(f"{maker} ({arch})", count)
    text += row("**all**", total)
    if reasons:
        text += "\nRefused devices, by reason: " + "; ".join(
            f"{why} ({n})" for why, n in reasons.most_common()) + ".\n"
    return text
