#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The matrix, asked of labcell: cells.py LABCELL IMAGE WHAT [SEEDS]

WHAT: on-api      every platform passes, reads back the source's digest, on every seed
      write       the same through a disk that was written first
      packed      as on-api, over a packed ring; event: a split one with EVENT_IDX;
      packed-event   both, and written first
      queues      both, over two queues; queues-packed: packed ones with EVENT_IDX
      indirect    written first, with indirect tables; indirect-packed: with EVENT_IDX
      in-order    IN_ORDER with EVENT_IDX; in-order-packed: with tables
      net         the network driver, over a split ring; net-packed: a packed one with EVENT_IDX
      rng, console, iommu, ... (lab/run/small)
                  a small device's driver, over a split ring; NAME-packed
      bypass      every platform but the identity ones fails, for the reason its row names
      refused     without ACCESS_PLATFORM the driver refuses wherever that would corrupt
      same-log    the same seed gives the same log, byte for byte, whatever the address space
"""
import hashlib
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
CATALOGUE = os.path.join(HERE, "../../platforms")
MACHINES = os.path.join(HERE, "platforms")  # what no row of the catalogue shows alone


def read_list(folder, shares):
    """name -> (file, its share of the seeds): one part in so many, by paragraph of the list"""
    paragraphs = [p.split() for p in open(os.path.join(folder, "list")).read().split("\n\n")]
    return {os.path.basename(row): (os.path.join(folder, row + ".dts"), shares[i])
            for i, p in enumerate(paragraphs) for row in p}


def read_cause(path):
    """The true cause on this platform: what the first wrong event of the bypass must be. Several
    where the seed decides what is met first. Not said: nothing can go wrong."""
    said = re.search(r"anydma,bypass-fails = ([^;]*);", open(path).read())
    return set(re.findall(r'"([^"]+)"', said.group(1))) if said else None


MACHINE_SHARE = 5
FRAMES = 96  # lab/run/net/workload_net.c
REQUESTS = 64  # lab/run/small/workload_small.c
SMALLS = open(os.path.join(HERE, "../../lab/run/small/small.h")).read()
SMALL = re.findall(r"_\((\w+)\)", re.search(r"LAB_SMALLS\(_\)(.*)", SMALLS).group(1))
# Several rings and their headers are four pages of coherent memory; here there are two, or none.
TOO_SMALL = {"sh-dreamcast": "no memory for the queues"}
REFUSES = {"net": TOO_SMALL, "console": TOO_SMALL,
           "iommu": {"sh-dreamcast": "the IOMMU does not come up",
                     "parisc-pcx-nouncached": "needs coherent memory"}}
ROWS = {**read_list(CATALOGUE, (1, 25)), **read_list(MACHINES, (MACHINE_SHARE,))}
CAUSE = {name: read_cause(path) for name, (path, _) in ROWS.items()}


class Cells:
    def __init__(self, exe, image, seeds):
        self.exe, self.image, self.all_seeds = exe, image, int(seeds)
        self.digest = hashlib.sha256(open(image, "rb").read()).hexdigest()

    def seeds(self, platform):
        return max(1, self.all_seeds // ROWS[platform][1])

    def run(self, platform, *words, prefix=(), env=None):
        command = [*prefix, self.exe, self.image, platform, "1", str(self.seeds(platform)), *words]
        run = subprocess.run(command, capture_output=True, text=True, env=env)
        return run.returncode, run.stdout.strip().split("\n"), run.stderr

    def must_pass(self, platform, *words):
        status, lines, err = self.run(platform, *words)
        wrong = [l for l in lines if " PASS " not in l or f"sha256={self.digest}" not in l]
        if status or wrong or len(lines) != self.seeds(platform):
            return f"{platform}: {(wrong or lines)[0]} {err}"
        return None

    def must_pass_with_both(self, platform, *words):
        if platform not in TOO_SMALL:
            return self.must_pass(platform, "queues", "write", *words)
        _, lines, err = self.run(platform, "queues", "write", *words)
        bad = [l for l in lines if TOO_SMALL[platform] not in l]
        return f"{platform}: {bad[0]} {err}" if bad else None

    def must_exchange(self, platform, driver, requests, *words):
        small = "small=" if driver in SMALL else ""
        status, lines, err = self.run(platform, small + driver, *words)
        scant = REFUSES.get(driver, {}).get(platform)
        wrong = [l for l in lines if (scant not in l if scant else
                                      " PASS " not in l or f" requests={requests} " not in l)]
        if bool(status) != bool(scant) or wrong or len(lines) != self.seeds(platform):
            return f"{platform}: {(wrong or lines)[0]} {err}"
        return None

    def must_fail(self, platform):
        _, lines, err = self.run(platform, "bypass")
        for line in lines:
            rule = re.search(r" (L\d\d-[a-z-]+|PASS|BAD-RUN) ", line)
            got = rule.group(1) if rule else f"nothing {err}"
            cause = CAUSE[platform] or {"PASS"}
            if got not in cause:
                return f"{platform}: expected {sorted(cause)}, got {line}"
            if cause != {"PASS"} and not re.search(r" at=\S+\.[ch]:[1-9]", line):
                return f"{platform}: the report names no source line: {line}"
        return None

    def must_refuse(self, platform):
        _, lines, err = self.run(platform, "no33")
        want = " L43-refused " if CAUSE[platform] else " PASS "
        # The odd machines: what is odd about some of them is the device itself, or a drain not to
        # be used. Refusing and passing are both right; anything else is corruption.
        good = (want,) if ROWS[platform][1] != MACHINE_SHARE else (" L43-refused ", " PASS ")
        bad = [l for l in lines if not any(g in l for g in good)]
        return f"{platform}: {bad[0]} {err}" if bad else None

    def same_log(self, platform):
        with tempfile.TemporaryDirectory() as where:
            logs = []
            for i, prefix in enumerate(((), ("setarch", "-R"), ())):
                log = os.path.join(where, str(i))
                env = dict(os.environ, PADDING="x" * (1000 * i))
                self.run(platform, "limit=1048576", f"log={log}", prefix=prefix, env=env)
                logs.append(open(log, "rb").read())
            if len(logs[0]) < 10000 or any(l != logs[0] for l in logs):
                return f"{platform}: logs differ, or are empty ({[len(l) for l in logs]})"
        return None


def main():
    exe, image, what = sys.argv[1:4]
    cells = Cells(exe, image, sys.argv[4] if len(sys.argv) > 4 else 1)
    names = list(ROWS)
    ask = {
        "on-api": cells.must_pass,
        "write": lambda p: cells.must_pass(p, "write"),
        "packed": lambda p: cells.must_pass(p, "packed"),
        "event": lambda p: cells.must_pass(p, "event"),
        "packed-event": lambda p: cells.must_pass(p, "packed", "event", "write"),
        "indirect": lambda p: cells.must_pass(p, "indirect", "write"),
        "indirect-packed": lambda p: cells.must_pass(p, "indirect", "packed", "event", "write"),
        "in-order": lambda p: cells.must_pass(p, "inorder", "event", "write"),
        "in-order-packed": lambda p: cells.must_pass(p, "inorder", "indirect", "packed", "write"),
        "queues": cells.must_pass_with_both,
        "queues-packed": lambda p: cells.must_pass_with_both(p, "packed", "event"),
        **{driver + more: (lambda p, a=(driver, n, *words): cells.must_exchange(p, *a))
           for driver, n in (("net", FRAMES), *((name, REQUESTS) for name in SMALL))
           for more, words in (("", ()), ("-packed", ("packed", "event")))},
        "bypass": cells.must_fail,
        "refused": cells.must_refuse,
        "same-log": cells.same_log,
    }[what]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        answers = list(pool.map(ask, names))
    for answer in answers:
        if answer:
            print(answer)
    good = answers.count(None)
    print(f"{what}: {good} of {len(names)} platforms, up to {cells.all_seeds} seeds each")
    return 0 if good == len(names) else 1


if __name__ == "__main__":
    sys.exit(main())
