#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A trace is what viewers read: trace.py EXPLORE. Fields, tracks, balanced spans, the finding."""
import json
import os
import subprocess
import sys
import tempfile


def check(events, finding):
    opened, flows, named = {}, {}, set()
    for e in events:
        for field in ("ph", "ts", "pid", "tid", "name"):
            assert field in e, (field, e)
        assert isinstance(e["ts"], int) and e["ts"] >= 0, e
        if e["ph"] == "M":
            named.add(e["tid"])
        elif e["ph"] == "X":
            assert e["dur"] > 0, e
        elif e["ph"] in "be":
            key = (e["cat"], e["id"])
            opened[key] = opened.get(key, 0) + (1 if e["ph"] == "b" else -1)
            assert opened[key] in (0, 1), e
        elif e["ph"] in "sf":
            key = (e["cat"], e["id"])
            assert (e["ph"] == "s") != (key in flows), e
            flows[key] = True
        else:
            assert e["ph"] == "i" and e["s"] in "gpt", e
        assert e["tid"] in named, e
    assert opened and not any(opened.values()), opened
    found = [e for e in events if e.get("cat") == "finding"]
    assert [e["name"] for e in found] == finding, found
    assert all(e["args"]["text"] and e["args"]["at"] for e in found), found
    return {e["name"] for e in events}


def main():
    with tempfile.TemporaryDirectory() as tmp:
        path = os.path.join(tmp, "trace.json")
        for name, finding in (("sleeper-fixed", []), ("sleeper-always", ["L10-cpu-touch"])):
            subprocess.run([sys.argv[1], "trace", name, path], check=True, timeout=60)
            names = check(json.load(open(path)), finding)
            if not finding:
                assert {"doorbell", "interrupt raised", "device-runs", "coherent memory"} <= names
            else:
                assert "mapping" in names
    print("traces are sound")


if __name__ == "__main__":
    main()
