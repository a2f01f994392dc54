# SPDX-License-Identifier: BSD-2-Clause
"""--junit: well-formed XML whatever the messages hold, and the numbers of the run."""
import xml.etree.ElementTree as ElementTree

import report
from report import Case, scenes

HOSTILE = scenes("detect-hostile-words")


class Junit(Case):
    def suites(self, *args, status=1):
        self.run_lab(*args, "--junit", "results.xml", status=status)
        self.read("results.xml").decode("utf-8")  # strictly
        return ElementTree.fromstring(self.read("results.xml"))

    def test_hostile_words(self):
        root = self.suites(*HOSTILE, "--platform", "x86-pc")
        failure, = root.iter("failure")
        self.assertEqual(failure.get("type"), "L16-misuse")
        for said in failure.get("message"), failure.text:
            self.assertIn("<b>&\"' ]]> \ufffd\ufffd[31m", said)
            self.assertIn("\ufffd end", said)
            self.assertFalse([c for c in said if ord(c) < 32 and c != "\n" or ord(c) & ~1 == 0xfffe])
        self.assertIn("\nfix: ", failure.text)

    def test_a_second_reader(self):
        """The page is XML as well, and what is printed has no control characters."""
        said = self.run_lab(*HOSTILE, "--platform", "x86-pc", "--html", "page.html",
                            *self.suppress(b"L01 nowhere " + report.HOSTILE))
        text = "".join(ElementTree.fromstring(self.read("page.html")).itertext())
        self.assertIn("<b>&\"' ]]> \ufffd\ufffd[31m", text)
        self.assertIn("<i>&\"' ]]> \ufffd\ufffd[31m", text)
        self.assertFalse([c for c in said.decode("utf-8") if ord(c) < 32 and c != "\n"])

    def test_numbers(self):
        root = self.suites(*scenes("copy", "raw-no-clean"), "--platform", "x86-pc", "--platform",
                           "arm64-nc", "--seeds", "2")
        by_name = {suite.get("name"): suite for suite in root}
        self.assertEqual(set(by_name), {"copy", "raw-no-clean"})
        for name, failures in ("copy", "0"), ("raw-no-clean", "1"):
            suite = by_name[name]
            self.assertEqual((suite.get("tests"), suite.get("failures"), suite.get("errors")),
                             ("2", failures, "0"))
            self.assertEqual(len(suite.findall("testcase/failure")), int(failures))

    def test_schedules(self):
        root = self.suites(*scenes("copy"), "--platform", "x86-pc", "--exhaustive", "1,20",
                           status=0)
        schedules, = [p.get("value") for p in root.iter("property")
                      if p.get("name") == "schedules"]
        self.assertGreater(int(schedules), 5)


report.main()
