#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Plants one bug at a time and demands that the test it is for fails: tested.py BUILD SOURCE [NAME ...]

tested.list says what to plant, where, and the test: a program of the build and one of its tests. What
the lab catches is in mutants.list; this is for bugs that only a device out of its mind shows. A mutant
that survives, or whose text no longer occurs exactly once, fails, and so does one that another test
alone catches. `gcc`: why another compiler's code is right all the same.
"""
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import plant
from mutate import read_list


def judge(build, mutant):
    """(caught, what was seen)"""
    text = open(os.path.join(build.source, mutant["file"])).read()
    if text.count(mutant["find"]) != 1:
        return False, f"the text to replace occurs {text.count(mutant['find'])} times"
    program, name = mutant["test"].split()
    where = os.path.join(build.build, "tested", mutant["name"])
    changed = text.replace(mutant["find"], mutant.get("put", ""))
    try:
        planted = plant.Planted(build, where, {mutant["file"]: changed})
        run = subprocess.run([planted.exe(program)], capture_output=True, text=True, timeout=120,
                             env={**os.environ, "CMOCKA_MESSAGE_OUTPUT": "STDOUT"})
    except subprocess.CalledProcessError as error:
        return False, "does not build: " + plant.compiler_said(error)
    except subprocess.TimeoutExpired:
        return False, "runs for ever"
    finally:
        shutil.rmtree(where, ignore_errors=True)
    failed = set(re.findall(r"\[  FAILED  \] (\w+)$", run.stdout + run.stderr, re.M))
    return name in failed, ", ".join(sorted(failed)) or f"survives (ends with {run.returncode})"


def main():
    build = plant.Build(sys.argv[1], sys.argv[2])
    mutants = read_list(os.path.join(os.path.dirname(os.path.abspath(__file__)), "tested.list"))
    mutants = [m for m in mutants if not sys.argv[3:] or m["name"] in sys.argv[3:]]
    clang = "clang" in " ".join(next(iter(build.entries.values()))["command"].split()[:2])
    mutants = [m for m in mutants if not clang or "gcc" not in m]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda m: judge(build, m), mutants))
    for mutant, (ok, seen) in zip(mutants, results):
        print(f"{mutant['name']:36} {mutant['file']:28} {'' if ok else 'NOT CAUGHT: '}{seen}")
    caught = sum(ok for ok, _ in results)
    print(f"{caught} of {len(mutants)} caught")
    return caught != len(mutants) or not mutants


if __name__ == "__main__":
    sys.exit(main())
