# SPDX-License-Identifier: BSD-2-Clause
"""--json of a program with scenarios: every field it has is in docs/lab-json.md, with its type, and
says what the run did."""
import os
import re
import shlex

import report
from report import Case, scenes

TEXT, NUMBER, BOOL, LIST = str, int, bool, list
MAYBE = (str, type(None))
PLACE = {"step": NUMBER, "what": TEXT, "function": TEXT, "file": TEXT, "line": NUMBER}
SITE = (dict, type(None))
COUNTERS = ("requests", "bytes", "maps", "bounced_bytes", "lines_cleaned", "lines_invalidated",
            "iommu_maps", "drains", "events", "evictions", "fills", "reorders", "kicks",
            "interrupts")
SCHEMA = {
    "document": {"format": NUMBER, "anydma": TEXT, "program": TEXT, "seed": NUMBER,
                 "seeds": NUMBER, "exit": NUMBER, "html": MAYBE, "totals": dict, "allowed": NUMBER,
                 "suppressions": LIST, "platforms": LIST},
    "totals": {"platforms": NUMBER, "runs": NUMBER, "passed": NUMBER, "not_run": NUMBER},
    "suppressions": {"line": NUMBER, "rule": TEXT, "place": TEXT, "reason": TEXT, "times": NUMBER},
    "platforms": {"name": TEXT, "scenario": TEXT, "warts": TEXT, "device": MAYBE,
                  "situation": TEXT, "identity": BOOL, "cells": LIST},
    "cells": {"driver": TEXT, "seed": NUMBER, "verdict": TEXT, "expected": BOOL,
              "adversary": BOOL, "counters": dict, "seconds": (float, int), "log_hash": TEXT,
              "sha256": TEXT, "report": SITE},
    "exhaustive": {"misfortunes": NUMBER, "events": NUMBER, "schedules": NUMBER,
                   "longest": NUMBER, "complete": BOOL},
    "counters": {name: NUMBER for name in COUNTERS},
    "report": {"rule": dict, "step": NUMBER, "text": TEXT, "at": SITE, "before": SITE,
               "mapping": MAYBE, "cause": MAYBE, "needs": MAYBE, "replay": TEXT, "history": LIST,
               "lines": LIST, "events": LIST},
    "rule": {"id": TEXT, "title": TEXT, "why": TEXT, "fix": TEXT, "where": TEXT},
    "at": PLACE, "before": PLACE, "history": PLACE,
    "lines": {"address": TEXT, "span": TEXT, "bytes": NUMBER, "label": TEXT, "state": TEXT},
}
OPTIONAL = {"cells": {"like": NUMBER, "exhaustive": dict}}
WRONG = ("raw-no-clean", "copy-early", "copy-short", "detect-hostile-words")


class Json(Case):
    def conforms(self, value, kind):
        """Exactly these fields, each of its type; what is below them too."""
        want, may = SCHEMA[kind], OPTIONAL.get(kind, {})
        self.assertEqual(set(want), set(value) - set(may), kind)
        for name, field in value.items():
            types = {**want, **may}[name]
            self.assertIsInstance(field, types, f"{kind}.{name}")
            if types == NUMBER:
                self.assertNotIsInstance(field, bool, f"{kind}.{name}")
            self.seen.add((kind, name))
            if isinstance(field, dict):
                self.conforms(field, name)
            for entry in field if isinstance(field, list) else []:
                if isinstance(entry, dict):
                    self.conforms(entry, name)

    def checked(self, *args, **more):
        self.seen = getattr(self, "seen", set())
        document = self.document(*args, **more)
        self.conforms(document, "document")
        self.assertEqual(document["exit"], more.get("status", 1))
        return document

    def cells(self, document, scenario=None):
        return [c for p in document["platforms"] for c in p["cells"]
                if scenario in (None, p["scenario"])]

    def test_schema(self):
        """Every field that is written is known here, is in the document, and is there to be seen."""
        self.checked(*scenes(*WRONG), "--platform", "arm64-nc", "--seeds", "3",
                     *self.suppress(b"L10 nowhere never met"))
        self.checked(*scenes("copy"), "--platform", "x86-pc", "--exhaustive", "1,20", status=0)
        for kind, fields in {**SCHEMA, "cells": {**SCHEMA["cells"], **OPTIONAL["cells"]}}.items():
            for name in fields:
                self.assertIn((kind, name), self.seen)
        with open(os.path.join(os.environ["SCENE_ROOT"], "docs/lab-json.md"),
                  encoding="utf-8") as file:
            words = set(re.findall(r"`(\w+)(?:\[\])?`", file.read()))
        self.assertEqual({name for _, name in self.seen} - words, set(), "not documented")

    def test_values(self):
        document = self.checked(*scenes(*WRONG), "--platform", "arm64-nc", "--seeds", "4")
        self.assertEqual(document["totals"],
                         {"platforms": 1, "runs": 16, "passed": 0, "not_run": 0})
        for cell in self.cells(document):
            self.assertEqual(cell["adversary"], cell["seed"] % 2 == 1)
            self.assertEqual((cell["verdict"], cell["expected"]), ("fail", False))
            told = cell["report"]
            self.assertEqual(told is None, "like" in cell)
            if not told:
                self.assertLess(cell["like"], cell["seed"])
                continue
            self.assertRegex(told["rule"]["id"], r"^L\d\d-[a-z-]+$")
            self.assertNotIn("{", told["rule"]["fix"])
            self.assertTrue(told["rule"]["where"])
            for line in told["lines"]:
                self.assertRegex(line["address"], r"^0x[0-9a-f]+$")
                self.assertIn(len(line["state"]), (line["bytes"], 0, 1))
                self.assertLessEqual(set(line["state"]), set(".DSPWX-"))

    def test_replay(self):
        """By the line that is printed; of the failure that chance found, and of the shortest run."""
        for seed in "1", "2":
            first, = self.cells(self.checked(*scenes("raw-no-clean"), "--platform", "arm64-nc",
                                             "--seed", seed))
            words = shlex.split(first["report"]["replay"])
            self.assertEqual(words[0], report.EXE)
            again, = self.cells(self.checked(*words[1:]))
            for field in "step", "text", "at", "before", "lines":
                self.assertEqual(again["report"][field], first["report"][field], field)
            self.assertEqual(again["log_hash"], first["log_hash"])
            bare = self.cells(self.checked(*scenes("raw-no-clean"), "--replay",
                                           "arm64-nc:" + seed))[0]
            self.assertEqual(bare["adversary"], first["adversary"])
            self.assertEqual(bare["report"]["rule"], first["report"]["rule"])

    def test_suppressions(self):
        found = self.cells(self.checked(*scenes("copy-early"), "--platform", "arm64-nc"))[0]
        place = "%s:%d" % (found["report"]["at"]["file"], found["report"]["at"]["line"])
        listed = self.suppress(b"# known", b"L10 " + place.encode() + b" " + report.HOSTILE,
                               b"L02 nowhere never")
        document = self.checked(*scenes("copy-early"), "--platform", "arm64-nc", "--seeds", "3",
                                *listed, status=0)
        met, never = document["suppressions"]
        self.assertEqual((met["line"], met["rule"], met["place"]), (2, "L10-cpu-touch", place))
        self.assertGreaterEqual(met["times"], 3)
        self.assertEqual(document["allowed"], met["times"])
        self.assertEqual((never["times"], never["reason"]), (0, "never"))
        self.assertTrue(met["reason"].startswith("<i>&\"' ]]> \x01\x1b[31m \ufffd"), met["reason"])
        # every schedule of it was allowed the same
        every = self.checked(*scenes("copy-early"), "--platform", "arm64-nc", "--exhaustive",
                             "1,30", *listed, status=0)
        self.assertGreaterEqual(every["suppressions"][0]["times"],
                                self.cells(every)[0]["exhaustive"]["schedules"])

    def test_exhaustive(self):
        counts = set()
        for jobs in "1", "3":
            cell, = self.cells(self.checked(*scenes("copy"), "--platform", "arm64-nc", "--jobs",
                                            jobs, "--exhaustive", "1,40", status=0))
            e = cell["exhaustive"]
            self.assertEqual((e["misfortunes"], e["events"], e["complete"]), (1, 40, True))
            counts.add((e["schedules"], e["longest"]))
        self.assertEqual(len(counts), 1, "as many by one process as by three")
        self.assertGreater(counts.pop()[0], 10)
        bad, = self.cells(self.checked(*scenes("raw-no-clean"), "--platform", "arm64-nc",
                                       "--exhaustive", "1,40"))
        self.assertFalse(bad["exhaustive"]["complete"])
        self.assertEqual(bad["report"]["rule"]["id"], "L01-dirty-read")
        self.assertTrue(bad["report"]["history"])
        again, = self.cells(self.checked(*shlex.split(bad["report"]["replay"])[1:]))
        self.assertEqual(again["report"]["text"], bad["report"]["text"])


report.main()
