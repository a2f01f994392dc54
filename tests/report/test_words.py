# SPDX-License-Identifier: BSD-2-Clause
"""What a program with scenarios prints: how a failure was found, and the way back to it."""
import re
import shlex

import report
from report import Case, scenes


class Words(Case):
    def said(self, *args, status=1):
        return self.run_lab(*args, status=status).decode()

    def test_adversarial(self):
        for seed, chance in ("1", "adversarial"), ("2", "plain"):
            said = self.said(*scenes("raw-no-clean"), "--platform", "arm64-nc", "--seed", seed)
            self.assertRegex(said, rf"seen +on arm64-nc, seed {seed}, {chance}\n")
            line = re.search(r"replay +(.*)\n", said)[1]
            again = self.said(*shlex.split(line)[1:])
            for label in "at", "against", "fix":
                want = re.search(rf"^  {label} +.*$", said, re.M)[0]
                self.assertIn(want + "\n", again)
            self.assertIn(f"seed {seed}, by the plan\n" if line.count(":") == 2 else
                          f"seed {seed}, {chance}\n", again)
            # by the seed alone it is the same kind of chance
            self.assertIn(f"seed {seed}, {chance}\n", self.said(
                *scenes("raw-no-clean"), "--replay", f"arm64-nc:{seed}"))

    def test_what_else_decides(self):
        """With a list, or on a level, another mistake comes first: the way back has them too."""
        listed = self.suppress(b"L01 copier_step known")
        said = self.said(*scenes("raw-no-clean"), "--platform", "arm64-nc", *listed)
        self.assertIn("FAIL L41-data", said)
        line = re.search(r"replay +(.*)\n", said)[1]
        self.assertIn("FAIL L41-data", self.said(*shlex.split(line)[1:]))
        said = self.said(*scenes("raw-no-clean"), "--platform", "arm64-nc", "--strict", "coherent")
        self.assertNotIn("FAIL L01", said)
        line = re.search(r"replay +(.*)\n", said)[1]
        self.assertNotIn("FAIL L01", self.said(*shlex.split(line)[1:]))

    def test_many(self):
        said = self.said(*scenes("raw-no-clean"), "--platform", "arm64-nc", "--seeds", "6")
        self.assertIn("in 6 of 6 runs, on 1 of 1 platforms; first arm64-nc, seed 1, adversarial\n",
                      said)
        self.assertEqual(said.count("FAIL L01"), 2, "one row, one report")

    def test_elsewhere(self):
        said = self.said(*scenes("raw-no-clean"), "--platform", "arm-v6")
        self.assertRegex(said, r"fix +clean the cache lines after the last store")
        self.assertRegex(said, r"also on +arm64-nc\n")
        said = self.said(*scenes("raw-no-clean"), "--platform", "arm64-nc")
        self.assertNotIn("also on", said)
        # memory that is set aside is the scenario's call, not the lab's
        self.assertRegex(said, r"mapping +coherent allocation .*tests/scenario/raw\.c:\d+")
        # what hangs on the driver's work is not said of other machines
        self.assertNotIn("also on", self.said(*scenes("detect-gives-up"), "--platform", "arm-v6"))

    def test_exhaustive(self):
        said = self.said(*scenes("raw-no-clean", "copy"), "--platform", "arm64-nc",
                         "--exhaustive", "1,40")
        self.assertRegex(said, r"arm64-nc copy: \d+ schedules: all with at most 1 misfortune")
        line = re.search(r"^    (.* --replay .*)$", said, re.M)[1]
        self.assertIn("FAIL L01-dirty-read", self.said(*shlex.split(line)[1:]))


report.main()
