#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Every distinct DMA situation of a folder of boards, driven: one representative of each.

    situations.py SITUATIONS LABCELL IMAGE FOLDER [--list] [--sample FILE]

All bus masters of all boards under FOLDER are grouped by what a driver can notice of their DMA. On
the first device of each group the driver on the DMA API must pass and read back the image; the one
that bypasses it must fail wherever the device sees memory at other addresses than the CPU, not all
of it, or not through the CPU's caches, and must pass elsewhere. That expectation is made here, from
windows, limits and memory alone.
"""
import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

CHUNK = 40


def ranges(text):
    return [tuple(int(n, 16) for n in one.split(",")) for one in text.split(";") if one]


def same_everywhere(windows, limits, ram):
    """Every byte of memory has the CPU's address on the bus, and the bus carries it."""
    low, high = limits
    edges = {low, high + 1}
    for phys, _, size in windows:
        edges |= {phys, phys + size}
    for base, size in ram:
        inside = sorted({base} | {e for e in edges if base < e < base + size})
        for at in inside:  # between two edges nothing changes
            bus = at
            if windows:
                hit = next((w for w in windows if w[0] <= at < w[0] + w[2]), None)
                if hit is None:
                    return False
                bus = hit[1] + (at - hit[0])
            if bus != at or not low <= bus <= high:
                return False
    return True


class Device:
    def __init__(self, fields):
        self.board, self.path, self.situation, coherent, iommu, limits, windows, ram = fields
        self.plain = (coherent == "1" and iommu == "-" and
                      same_everywhere(ranges(windows), ranges(limits)[0], ranges(ram)))


def survey(exe, boards):
    """(devices, refusals) of all boards, in their order."""
    chunks = [boards[i:i + CHUNK] for i in range(0, len(boards), CHUNK)]

    def ask(chunk):
        run = subprocess.run([exe, *chunk], capture_output=True, text=True, check=True)
        return [line.split("\t") for line in run.stdout.splitlines()]

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        lines = [line for answer in pool.map(ask, chunks) for line in answer]
    return ([Device(f) for f in lines if f[1] != "-"], [f for f in lines if f[1] == "-"])


def run(cell, image, device, digest):
    """What is wrong with this representative, or None."""
    def one(*words):
        command = [cell, image, f"{device.board}:{device.path}", "1", "1", *words]
        done = subprocess.run(command, capture_output=True, text=True)
        return done.stdout.strip() or f"exit {done.returncode} {done.stderr.strip()}"

    on, by = one(), one("bypass")
    where = f"{device.board}:{device.path} ({device.situation})"
    if " PASS " not in on or f"sha256={digest}" not in on:
        return f"{where}: on the API: {on}"
    if device.plain and " PASS " not in by:
        return f"{where}: bypass should pass: {by}"
    if not device.plain and (" PASS " in by or " L" not in by):
        return f"{where}: bypass should fail: {by}"
    return None


def main():
    words = sys.argv[1:]
    sample = None
    if "--sample" in words:
        at = words.index("--sample")
        sample = Path(words[at + 1]).read_text().split()
        del words[at:at + 2]
    exe, cell, image, folder = [w for w in words if not w.startswith("--")]
    boards = sorted(str(p) for p in Path(folder).rglob("*.dtb"))
    if sample:
        named = {str(Path(folder) / f"{name}.dtb") for name in sample}
        boards = [b for b in boards if b in named]
    if not boards:
        print(f"situations: no board under {folder}")
        return 1
    devices, refused = survey(exe, boards)
    groups = {}
    for device in devices:
        groups.setdefault(device.situation, []).append(device)
    if "--list" in words:
        for text, members in sorted(groups.items(), key=lambda g: -len(g[1])):
            print(f"{len(members):6} {text}  {members[0].board}:{members[0].path}")
        for board, _, why in refused:
            print(f"     - {board}: {why}")
    digest = hashlib.sha256(Path(image).read_bytes()).hexdigest()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        wrong = [w for w in pool.map(lambda g: run(cell, image, g[0], digest), groups.values()) if w]
    for line in wrong:
        print(line)
    plain = sum(g[0].plain for g in groups.values())
    print(f"situations: {len(boards)} boards, {len(devices)} bus masters, {len(refused)} without an "
          f"answer, {len(groups)} distinct situations ({plain} of them plain), {len(wrong)} wrong")
    return 1 if wrong or not devices else 0


if __name__ == "__main__":
    sys.exit(main())
