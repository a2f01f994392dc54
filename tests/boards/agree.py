# SPDX-License-Identifier: BSD-2-Clause
"""Two readings of the same boards, compared fact by fact: the C reader's dump against reading.py. One
line a disagreement: board, device, fact, both answers."""

import json
import subprocess
from concurrent.futures import ProcessPoolExecutor

import fdt
import masters
import reading


def spans(pairs):
    return reading.union([tuple(p) for p in pairs])


def inside(holes, base, size):
    """What of the holes lies in the aperture: the rest is out of it anyway."""
    cut = [(max(b, base), min(b + s, base + size)) for b, s in holes]
    return spans((b, e - b) for b, e in cut if e > b)


def limit_of(answer):
    ends = [bus + size - 1 for _, bus, size in answer["windows"]]
    return min(n for n in (answer["dma_max"] or None, max(ends, default=None), 1 << 64)
               if n is not None)


def from_c(answer):
    """The dump's words in reading.py's."""
    if "error" in answer:
        return {"error": answer["error"]}
    unit = answer.get("iommu")
    limit = limit_of(answer)
    return {
        "windows": reading.merged([tuple(w) for w in answer["windows"]]),
        "limit": None if limit == 1 << 64 else limit,
        "coherent": bool(answer["coherent"]),
        "line": answer["line"],
        "untrusted": bool(answer["untrusted"]),
        "restricted": tuple(answer["restricted"][0]) if answer["restricted"] else None,
        "iommu": unit and {
            "stream": unit["stream"], "base": unit["base"], "size": unit["size"],
            "holes": inside(unit["holes"], unit["base"], unit["size"]),
            "out": reading.merged([tuple(w) for w in unit["out"]]),
        },
    }


def from_python(tree, node, read=reading.facts):
    try:
        answer = read(tree, node)
    except reading.Refused as refused:
        return {"error": refused.args[0]}
    unit = answer.get("iommu")
    if unit:
        unit["holes"] = inside(unit["holes"], unit["base"], unit["size"])
    return answer


def differences(c, python, prefix=""):
    """(fact, C's answer, Python's), into nested facts."""
    for fact in sorted(set(c) | set(python)):
        a, b = c.get(fact, "nothing"), python.get(fact, "nothing")
        if isinstance(a, dict) and isinstance(b, dict):
            yield from differences(a, b, f"{prefix}{fact}.")
        elif a != b:
            yield f"{prefix}{fact}", a, b


def say(value):
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "none"}[value]
    if isinstance(value, int):
        return hex(value)
    if isinstance(value, (list, tuple)):
        return "[" + " ".join(say(v) for v in value) + "]"
    return str(value) if isinstance(value, str) else json.dumps(value)


def compare_board(name, tree, lines):
    """Every disagreement about one board, and how many devices were compared."""
    board, devices = lines[0], lines[1:]
    found = [("-", fact, a, b) for fact, a, b in differences(
        {key: spans(board[key]) for key in ("ram", "reserved") if key in board},
        {"ram": reading.memory(tree), "reserved": reading.reserved(tree)} if "ram" in board else {})]
    for line in devices:
        node = tree.find(line["device"])
        if node is None:
            found.append((line["device"], "path", "a device", "no such node"))
            continue
        found += [(line["device"], *d) for d in
                  differences(from_c(line["linux"]), from_python(tree, node))]
        if "iommu" not in line["u_boot"]:  # U-Boot has few IOMMU drivers, and leaves the rest off
            found += [(line["device"], *d) for d in
                      differences(from_u_boot(line["u_boot"]),
                                  from_python(tree, node, reading.u_boot))]
    c = {line["device"]: line["by"] for line in devices}
    python = masters.masters(tree)
    found += [(path, "master", c.get(path, "is none"), python.get(path, "is none"))
              for path in sorted(set(c) | set(python)) if c.get(path) != python.get(path)]
    return len(devices), [f"{name} {device}: {fact}: C says {say(a)}, Python says {say(b)}"
                          for device, fact, a, b in found]


def from_u_boot(answer):
    if "error" in answer:
        return {"error": answer["error"]}
    return {"windows": [tuple(w) for w in answer["windows"]],
            "miss": "identity" if answer["miss_identity"] or not answer["windows"] else "nowhere"}


def dump(program, cache, names):
    """{board: its lines}; raises if the program fails."""
    done = subprocess.run([program] + [f"{cache}/{n}.dtb" for n in names], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, errors="replace")
    if done.returncode:
        raise RuntimeError(f"{program}: exit {done.returncode}: {done.stderr.strip()[-2000:]}")
    boards = {}
    for line in map(json.loads, done.stdout.splitlines()):
        if "board" in line:
            here = boards[line["board"][len(str(cache)) + 1:-4]] = []
        here.append(line)
    return boards


def compare_some(program, cache, names):
    devices, found = 0, []
    for name, lines in dump(program, cache, names).items():
        with open(f"{cache}/{name}.dtb", "rb") as f:
            n, wrong = compare_board(name, fdt.Tree(f.read()), lines)
        devices += n
        found += wrong
    return devices, found


def compare(program, cache, names, jobs=2):
    """(devices compared, disagreements)."""
    parts = [names[at:at + 20] for at in range(0, len(names), 20)]
    with ProcessPoolExecutor(jobs) as pool:
        results = list(pool.map(compare_some, [str(program)] * len(parts), [str(cache)] * len(parts),
                                parts))
    return sum(n for n, _ in results), [line for _, found in results for line in found]
