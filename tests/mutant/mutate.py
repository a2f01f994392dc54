#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Plants one bug at a time in the driver's side and demands that the lab names it.

mutate.py BUILD SOURCE IMAGE [--markdown] [NAME ...]

mutants.list says what to plant, where, and which rules may answer. Each mutant is one source file
rebuilt exactly as the lab's archive builds it, put in that file's place, linked, and run. A mutant
that survives, or whose text no longer occurs exactly once, fails.
"""
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

# The last one is where the ports are.
ARCHIVES = ("libanydma-seen.a", "libanydma-lab-seen.a", "libanydma-lab-machine.a")

HEAD = """# Planted bugs

{} bugs, one at a time, in the driver, the ring, the DMA API and the code on top; each must be named by the
lab on the platform given, by the rule that is its true cause. `make check` plants them all. Made by

```
tests/mutant/mutate.py build . build/tests/lab/lab-test.img --markdown > docs/mutants.md
```

| mutant | planted in | on | caught by |
| --- | --- | --- | --- |"""


def read_list(path):
    """Blocks of `key: value` lines; `find:` and `put:` may go on in lines that begin with a bar."""
    mutants, block, key = [], {}, None
    for raw in open(path).read().split("\n") + [""]:
        if raw.startswith("#"):
            continue
        if not raw.strip():
            if block:
                mutants.append(block)
            block, key = {}, None
        elif raw.startswith("|") and key:
            block[key] += ("\n" if block[key] else "") + raw[1:]
        else:
            key, _, value = raw.partition(":")
            block[key] = value[1:] if key in ("find", "put") else value.strip()
    return mutants


class Build:
    def __init__(self, build, source):
        self.build, self.source = os.path.abspath(build), os.path.abspath(source)
        self.commands = {}
        for entry in json.load(open(os.path.join(self.build, "compile_commands.json"))):
            if any(a + ".p" in entry["output"] for a in ARCHIVES):
                path = os.path.relpath(
                    os.path.join(entry["directory"], entry["file"]), self.source)
                self.commands[path] = entry
        out = subprocess.run(["ninja", "-C", self.build, "-t", "commands", "tests/lab/labcell"],
                             capture_output=True, text=True, check=True).stdout
        self.link = out.strip().split("\n")[-1]
        self.link = self.link[self.link.find(" cc ") + 1:] if " && cc " in self.link else self.link
        self.members = {}
        for word in shlex.split(self.link):
            if os.path.basename(word) in ARCHIVES:
                out = subprocess.run(["ar", "t", word], cwd=self.build, text=True,
                                     capture_output=True, check=True).stdout
                self.members[word] = [self.resolve(m, os.path.dirname(word))
                                      for m in out.split()]

    def home_of(self, path):
        name = os.path.basename(self.commands[path]["output"])
        return next((a, m) for a, ms in self.members.items() for m in ms
                    if os.path.basename(m) == name)

    def make(self, mutant):
        where = os.path.join(self.build, "mutants", mutant["name"])
        os.makedirs(where, exist_ok=True)
        path = mutant["file"]
        unit = mutant.get("unit", path)  # a private header is planted beside the file that uses it
        text = open(os.path.join(self.source, path)).read()
        if text.count(mutant["find"]) != 1:
            raise ValueError(f"the text to replace occurs {text.count(mutant['find'])} times")
        entry = self.commands[unit]
        changed = os.path.join(where, path)  # reports then name it as the source tree does
        os.makedirs(os.path.dirname(changed), exist_ok=True)
        open(changed, "w").write(text.replace(mutant["find"], mutant.get("put", "")))
        if unit != path:
            os.makedirs(os.path.dirname(os.path.join(where, unit)), exist_ok=True)
            shutil.copy(os.path.join(self.source, unit), os.path.join(where, unit))
        obj = os.path.join(where, os.path.basename(entry["output"]))
        command = [w for w in shlex.split(entry["command"]) if w not in ("-Werror", "-MD")]
        out = command.index("-o")
        command[out + 1] = obj
        for flag in ("-MQ", "-MF"):
            at = command.index(flag)
            del command[at:at + 2]
        command[command.index(entry["file"])] = os.path.join(where, unit)
        command += ["-w", "-iquote", os.path.join(where, "src"),
                    "-iquote", os.path.join(self.source, os.path.dirname(unit))]
        subprocess.run(command, cwd=entry["directory"], check=True, capture_output=True, text=True)
        home, old = self.home_of(unit)
        archive = os.path.join(where, os.path.basename(home))
        if os.path.exists(archive):
            os.unlink(archive)
        members = [obj if m == old else m for m in self.members[home]]
        subprocess.run(["ar", "csrD", archive] + members, cwd=self.build, check=True)
        exe = os.path.join(where, "labcell")
        words = [archive if w == home else w for w in shlex.split(self.link)]
        words[words.index("-o") + 1] = exe
        subprocess.run(words, cwd=self.build, check=True, capture_output=True, text=True)
        return exe

    def resolve(self, member, base):
        for path in (member, os.path.join(base, member)):
            if os.path.exists(os.path.join(self.build, path)):
                return path
        raise FileNotFoundError(member)


def judge(build, mutant, image):
    """(caught, what was seen)"""
    try:
        exe = build.make(mutant)
    except subprocess.CalledProcessError as error:
        return False, "does not build: " + (error.stderr or "").strip()[:300]
    except (ValueError, StopIteration, FileNotFoundError, KeyError) as error:
        return False, f"cannot be planted: {error}"
    expect = mutant["rule"].split()
    command = [exe, image, mutant["on"], "1", mutant.get("seeds", "8")] + \
        mutant.get("with", "").split()
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=120)
    except subprocess.TimeoutExpired:
        return False, "ran for ever"
    if run.returncode < 0:
        return "L45-crash" in expect, f"signal {-run.returncode}"
    for line in run.stdout.split("\n"):
        rule = re.search(r" (L\d\d-[a-z-]+) ", line)
        if rule:
            at = re.search(r" at=(\S+)", line)
            return rule.group(1) in expect, f"{rule.group(1)} at {at.group(1) if at else '?'}"
    return False, "survived " + (run.stdout + run.stderr)[-200:]


def main():
    build, source, image = Build(sys.argv[1], sys.argv[2]), sys.argv[2], sys.argv[3]
    mutants = read_list(os.path.join(os.path.dirname(os.path.abspath(__file__)), "mutants.list"))
    names = [a for a in sys.argv[4:] if a != "--markdown"]
    if names:
        mutants = [m for m in mutants if m["name"] in names]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda m: judge(build, m, image), mutants))
    caught = sum(ok for ok, _ in results)
    row = "| {} | `{}` | {} | {} |" if "--markdown" in sys.argv else "{:38} {:28} {:18} {}"
    if "--markdown" in sys.argv:
        print(HEAD.format(len(mutants)))
    else:
        print(row.format("mutant", "planted in", "on", "caught by"))
    for mutant, (ok, seen) in zip(mutants, results):
        print(row.format(mutant["name"], mutant["file"], mutant["on"],
                         seen if ok else f"NOT CAUGHT: {seen} (expected {mutant['rule']})"))
    if "--markdown" not in sys.argv:
        print(f"{caught} of {len(mutants)} mutants caught")
    return 0 if caught == len(mutants) and mutants else 1


if __name__ == "__main__":
    sys.exit(main())
