# SPDX-License-Identifier: BSD-2-Clause
"""What a run prints and writes: table, JSON and report tell the same."""
import hashlib
import json
import os
import shlex
import subprocess
import xml.etree.ElementTree as ElementTree

import cli
from cli import Case


class Run(Case):
    def run_lab(self, *args):
        done = self.anydma("lab", "--image", self.image(), *args)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return done

    def run_json(self, *args):
        done = self.run_lab("--json", *args)
        self.assertEqual(done.stderr, b"", "JSON runs are silent in a pipe")
        document = json.loads(done.stdout)
        self.assertEqual(document["exit"], done.returncode)
        return document

    def both(self):
        return ["--platform", self.identity(), "--platform", self.warty()]

    def cells(self, document, driver):
        return [c for p in document["platforms"] for c in p["cells"] if c["driver"] == driver]


class Verdicts(Run):
    def test_identity_passes_both_ways(self):
        document = self.run_json("--platform", self.identity())
        self.assertEqual(document["exit"], 0)
        self.assertEqual([c["verdict"] for c in document["platforms"][0]["cells"]],
                         ["pass", "pass"])

    def test_bypass_breaks_where_there_are_warts(self):
        document = self.run_json("--platform", self.warty())
        api, bypass = document["platforms"][0]["cells"]
        self.assertEqual((api["driver"], api["verdict"], api["report"]), ("api", "pass", None))
        self.assertEqual((bypass["driver"], bypass["verdict"], bypass["expected"]),
                         ("bypass", "fail", True))
        self.assertEqual(document["exit"], 0, "a bypass that fails as expected is no failure")
        report = bypass["report"]
        self.assertRegex(report["rule"]["id"], r"^L\d\d-[a-z-]+$")
        for field in ("text", "replay"):
            self.assertTrue(report[field])
        for line in report["lines"]:
            self.assertIn(len(line["state"]), (line["bytes"], 0, 1))

    def test_what_was_read_is_the_image(self):
        document = self.run_json(*self.both())
        with open(self.path("disk.img"), "rb") as file:
            want = hashlib.sha256(file.read()).hexdigest()
        self.assertEqual([c["sha256"] for c in self.cells(document, "api")], [want, want])

    def test_totals(self):
        document = self.run_json(*self.both())
        totals = document["totals"]
        self.assertEqual((totals["platforms"], totals["api"], totals["bypass"]), (2, 2, 2))
        self.assertEqual(totals["api_passed"],
                         sum(c["verdict"] == "pass" for c in self.cells(document, "api")))
        self.assertEqual(totals["bypass_failed_as_expected"], 1)

    def test_same_seed_same_run(self):
        def stable():
            document = self.run_json(*self.both(), "--seed", "7")
            for platform in document["platforms"]:
                for cell in platform["cells"]:
                    del cell["seconds"]
            return document

        self.assertEqual(stable(), stable())

    def test_seeds(self):
        document = self.run_json("--platform", self.warty(), "--seed", "5", "--seeds", "3")
        self.assertEqual([(c["driver"], c["seed"]) for c in document["platforms"][0]["cells"]],
                         [("api", 5), ("api", 6), ("api", 7)])
        document = self.run_json("--platform", self.warty(), "--seeds", "2", "--bypass")
        self.assertEqual([(c["driver"], c["seed"]) for c in document["platforms"][0]["cells"]],
                         [("api", 1), ("api", 2), ("bypass", 1), ("bypass", 2)])

    def test_replay_line_replays(self):
        bypass = self.cells(self.run_json("--platform", self.warty()), "bypass")[0]
        words = shlex.split(bypass["report"]["replay"])
        self.assertEqual(words[:2], ["anydma", "lab"])
        again = json.loads(self.anydma(*words[1:], "--json").stdout)["platforms"][0]["cells"]
        self.assertEqual(len(again), 1)
        self.assertEqual(again[0]["report"]["step"], bypass["report"]["step"])
        self.assertEqual(again[0]["log_hash"], bypass["log_hash"])

    def test_without_access_platform_warts_refuse(self):
        document = self.run_json(*self.both(), "--no-access-platform", "--no-bypass")
        passed, refused = self.cells(document, "api")
        self.assertEqual(passed["verdict"], "pass")
        self.assertEqual(refused["report"]["rule"]["id"], "L43-refused")
        self.assertEqual(document["exit"], 0, "the refusal is what the driver owes (AP-2)")


class Json(Run):
    def test_the_usual_tool_reads_it(self):
        done = self.run_lab("--json", *self.both())
        tool = subprocess.run(["python3", "-m", "json.tool"], input=done.stdout,
                              stdout=subprocess.DEVNULL, check=False)
        self.assertEqual(tool.returncode, 0)

    def test_hostile_names(self):
        name = self.image("a\"b\\\x01\xff<i>&'.img".encode("latin-1").decode("utf-8",
                                                                               "surrogateescape"))
        done = self.anydma("lab", "--image", name, "--platform", self.warty(), "--json")
        self.assertEqual(json.loads(done.stdout)["image"]["path"],
                         "a\"b\\\x01\ufffd<i>&'.img")
        tree = ElementTree.parse(self.path("anydma-lab.html"))
        self.assertIn("<i>&'.img", "".join(tree.getroot().find("body/main/header").itertext()))


class Table(Run):
    def test_plain_in_a_pipe(self):
        done = self.run_lab(*self.both())
        self.assertNotIn(b"\x1b", done.stdout + done.stderr)
        self.assertNotIn(b"\r", done.stdout + done.stderr)
        lines = done.stdout.decode().splitlines()
        self.assertLessEqual(max(map(len, lines[:3])), 120)
        self.assertTrue(lines[0].startswith("platform "))
        self.assertEqual([line.split()[0] for line in lines[1:3]], [self.identity(), self.warty()])
        self.assertIn("anydma-lab.html", lines[-1])
        self.assertEqual(sum("anydma lab --platform" in line for line in lines), 1)

    def test_color_on_request(self):
        self.assertIn(b"\x1b[32mPASS", self.run_lab(*self.both(), "--color", "always").stdout)

    def test_quiet(self):
        self.assertEqual(self.run_lab("--quiet").stderr, b"")

    def test_no_report(self):
        done = self.run_lab("--no-html", "--platform", self.identity())
        self.assertEqual(os.listdir(self.dir), ["disk.img"])
        self.assertNotIn(b"report", done.stdout)

    def test_log(self):
        self.run_lab("--platform", self.identity(), "--no-bypass", "--log", "one.log")
        self.assertTrue(os.path.getsize(self.path("one.log")))
        self.run_lab("--platform", self.identity(), "--log", "two.log")
        stem = "two.log." + self.identity()
        self.assertEqual({n for n in os.listdir(self.dir) if n.startswith("two")},
                         {stem + ".api.1", stem + ".bypass.1"})


class Report(Run):
    def page(self, *args, name="anydma-lab.html"):
        self.run_lab("--no-bypass" if not args else "--quiet", *args)
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def test_well_formed_and_linked(self):
        tree = ElementTree.fromstring(self.page(*self.both()))
        ids = [e.get("id") for e in tree.iter() if e.get("id")]
        links = [e.get("href") for e in tree.iter("a")]
        self.assertEqual(len(ids), len(set(ids)))
        self.assertEqual([link[1:] for link in links], ids)
        self.assertEqual(len(links), 1, "one section for the one failure")
        self.assertEqual(len(list(tree.iter("tr"))), 3)

    def test_self_contained(self):
        page = self.page(*self.both())
        for word in ("<script", "<link", "<img", "http:", "https:", "url(", "@import"):
            self.assertNotIn(word, page)

    def test_tells_the_whole_story(self):
        document = self.run_json("--platform", self.warty(), "--no-html")
        report = self.cells(document, "bypass")[0]["report"]
        text = "".join(ElementTree.fromstring(self.page("--platform", self.warty())).itertext())
        for part in (report["text"], report["rule"]["id"], report["rule"]["why"],
                     report["rule"]["fix"], report["replay"], report["at"]["file"]):
            self.assertIn(part, text)
        for event in report["events"]:
            self.assertIn(event, text)

    def test_where_it_goes(self):
        self.run_lab("--platform", self.identity(), "--html", "a.html")
        self.run_lab("--platform", self.identity(), "--out", "new")
        self.run_lab("--platform", self.identity(), "--out", "new", "--html", "b.html")
        self.assertTrue(os.path.getsize(self.path("a.html")))
        self.assertEqual(sorted(os.listdir(self.path("new"))), ["anydma-lab.html", "b.html"])


cli.main()
