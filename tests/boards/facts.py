# SPDX-License-Identifier: BSD-2-Clause
"""Facts written down by hand from the trees (facts/*.txt), against the C reader's dump."""

from pathlib import Path

import agree
import reading

HERE = Path(__file__).parent / "facts"
ALWAYS = ("windows", "coherent", "iommu")


def number(text):
    return int(text, 0)


def three(words):
    """CPU at BUS for SIZE."""
    if words[1] != "at" or words[3] != "for":
        raise ValueError(" ".join(words))
    return number(words[0]), number(words[2]), number(words[4])


def put(want, key, words):
    """One line of a device."""
    if key == "because":
        want["because"] = want.get("because", "") + " ".join(words)
    elif words == ["none"]:
        want["windows" if key == "windows" else key] = [] if key in ("windows", "u-boot") else None
    elif key == "window":
        want.setdefault("windows", []).append(three(words))
    elif key == "u-boot":
        want[key] = [three(words)]
    elif key in ("out", "hole"):
        want.setdefault(key, []).append(three(words) if key == "out" else
                                        (number(words[0]), number(words[1])))
    elif key == "coherent":
        want[key] = {"yes": True, "no": False}[words[0]]
    elif key in ("limit", "iommu"):
        want[key] = number(words[0])
    elif key in ("aperture", "restricted"):
        want[key] = (number(words[0]), number(words[1]))
    elif key == "refused":
        want[key] = {"disabled": 19, "contradicts": 22}[words[0]]
    else:
        raise ValueError(f"{key} is no fact")


def parse(file):
    """[(board, device, facts)] of one file."""
    board, found = None, []
    for n, line in enumerate(file.read_text().splitlines(), 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        try:
            if words[0] == "board":
                board = words[1]
            elif words[0] == "device":
                found.append((board, words[1], {}))
            else:
                put(found[-1][2], words[0], words[1:])
        except (ValueError, KeyError, IndexError) as e:
            raise ValueError(f"{file.name}:{n}: {line.strip()}: {e}") from e
    for board, device, want in found:
        if "because" not in want or ("refused" not in want and
                                     any(k not in want for k in ALWAYS)):
            raise ValueError(f"{file.name}: {board} {device}: a reason and {ALWAYS} are needed")
    return found


def table():
    return [entry for file in sorted(HERE.glob("*.txt")) for entry in parse(file)]


def answer(line):
    """The dump of one device in the words of the table."""
    c = agree.from_c(line["linux"])
    if "error" in c:
        return {"refused": c["error"]}
    unit = c["iommu"]
    got = {"windows": c["windows"], "limit": c["limit"], "coherent": c["coherent"],
           "restricted": c["restricted"], "iommu": unit and unit["stream"],
           "u-boot": [tuple(w) for w in line["u_boot"].get("windows", [])]}
    if unit:
        got["aperture"] = (unit["base"], unit["base"] + unit["size"] - 1)
        got["out"], got["hole"] = unit["out"], unit["holes"]
    return got


def check_device(board, device, want, line):
    if line is None:
        if want.get("refused") == 19:  # a device that is switched off is nobody's master
            return []
        return [f"{board} {device}: is not found as a master"]
    got = answer(line)
    wrong = []
    for fact, value in want.items():
        if fact == "because":
            continue
        if fact == "hole":  # the holes named are there; others may be
            have, value = got.get(fact, []), reading.union(value)
            if reading.union(have + value) == reading.union(have):
                continue
        elif got.get(fact, "nothing") == value:
            continue
        wrong.append(f"{board} {device}: {fact}: by hand {agree.say(value)}, "
                     f"C says {agree.say(got.get(fact, 'nothing'))}")
    return wrong


def check(program, cache):
    """(boards, devices, disagreements, boards that this version of the package has not)."""
    entries = table()
    names = sorted({board for board, _, _ in entries})
    there = [n for n in names if (cache / f"{n}.dtb").exists()]
    lines = agree.dump(str(program), cache, there)
    wrong = []
    for board, device, want in entries:
        if board in lines:
            line = [d for d in lines[board][1:] if d["device"] == device]
            wrong += check_device(board, device, want, line[0] if line else None)
    return len(there), len(entries), wrong, [n for n in names if n not in there]
