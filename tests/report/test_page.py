# SPDX-License-Identifier: BSD-2-Clause
"""The page of --html in a real browser: what it tells, on a desk, on a phone and on paper. A script of
the test looks at the laid-out page from outside; the page itself has none."""
import html
import json
import os
import re
import shutil
import subprocess
import sys

import report
from report import Case, scenes

# The page lies in a frame of the wanted width: a browser's own window has a least one.
LOOK = """<!DOCTYPE html><meta charset="utf-8"><body style="margin:0">
<iframe id="f" style="border:0;width:%dpx;height:900px" srcdoc="%s"></iframe><pre id="seen"></pre>
<script>
const errors = [];
addEventListener("error", e => errors.push(String(e.message)));
const frame = document.getElementById("f");
function look() {
	const d = frame.contentDocument, w = frame.contentWindow;
	const box = e => e.getBoundingClientRect();
	const text = (e, q) => (e.querySelector(q) || {textContent: ""}).textContent;
	// What sticks out of the page, and is not in a box of its own that scrolls.
	const out = [...d.querySelectorAll("body *")].filter(e =>
		box(e).right > w.innerWidth + .5 && !e.closest(".scroll, pre")).map(e => e.outerHTML);
	document.getElementById("seen").textContent = JSON.stringify({
		errors, title: d.title, width: w.innerWidth, scripts: d.querySelectorAll("script").length,
		wide: d.documentElement.scrollWidth > w.innerWidth, out: out.slice(0, 3),
		tiles: [...d.querySelectorAll(".tile")].map(t => [text(t, "span"), text(t, "b")]),
		verdicts: [...d.querySelectorAll("td.v")].map(v => v.textContent),
		links: [...d.querySelectorAll("td.v a")].map(a => a.hash.slice(1)),
		allowed: [...d.querySelectorAll("#exceptions tbody tr")].map(r =>
			[...r.children].map(c => c.textContent)),
		articles: [...d.querySelectorAll("article")].map(a => ({
			id: a.id, head: text(a, "h3"), rule: text(a, ".rule"), fix: text(a, "dd.fix"),
			facts: [...a.querySelectorAll("dt")].map(t => t.textContent),
			replay: text(a, "pre.replay"), history: a.querySelectorAll(".history li").length,
			source: [...a.querySelectorAll("pre.src .hit")].map(s => s.textContent),
			pictures: [...a.querySelectorAll("figure svg[role=img]")].map(s => ({
				size: [box(s).width, box(s).height],
				wrong: [...s.querySelectorAll(".sx")].map(x =>
					[box(x).width > 2, box(x).height > 2, w.getComputedStyle(x).fill]),
				labels: s.querySelectorAll(".sa").length})),
		}))});
}
frame.addEventListener("load", look);
if (frame.contentDocument.readyState === "complete" && frame.contentDocument.body.children.length)
	look();
</script>"""
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
RED = "rgb(229, 72, 77)"


class Page(Case):
    def browse(self, *args):
        return subprocess.run(
            [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--enable-logging=stderr", "--user-data-dir=" + self.path("profile"),
             "--window-size=1300,1000", *args],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, check=True)

    def seen(self, *args, width=1200, status=1, command=None):
        self.run_lab(*args, "--html", "page.html", status=status, command=command)
        page = self.read("page.html").decode("utf-8")
        with open(self.path("look.html"), "w", encoding="utf-8") as file:
            file.write(LOOK % (width, html.escape(page)))
        done = self.browse("--dump-dom", "file://" + os.path.realpath(self.path("look.html")))
        self.assertNotRegex(done.stderr.decode(errors="replace"), r"CONSOLE")
        found = re.search(r'<pre id="seen">(.*?)</pre>', done.stdout.decode(), re.S)[1]
        seen = json.loads(html.unescape(found))
        self.assertEqual((seen["errors"], seen["scripts"], seen["width"]), ([], 0, width))
        return seen

    WRONG = (*scenes("raw-no-clean", "copy-early", "detect-nowhere", "copy"), "--platform",
             "arm64-nc", "--platform", "bmips-7425-pcie", "--seeds", "3")

    def test_tells(self):
        seen = self.seen(*self.WRONG)
        self.assertFalse(seen["wide"])
        self.assertEqual(seen["out"], [])
        self.assertEqual(len(seen["verdicts"]), 8)
        self.assertEqual(sum("3 of 3 seeds" in v for v in seen["verdicts"]),
                         len([v for v in seen["verdicts"] if v.startswith("L")]))
        ids = [a["id"] for a in seen["articles"]]
        self.assertEqual(set(seen["links"]), set(ids), "each verdict leads to its story")
        for article in seen["articles"]:
            with self.subTest(article["head"]):
                self.assertRegex(article["rule"], r"^L\d\d-")
                self.assertTrue(article["fix"])
                self.assertIn("Rule", article["facts"])
                self.assertIn(" --replay ", article["replay"])
                self.assertIn(", seed 1, adversarial", article["head"])
                self.assertRegex(article["head"], r" and \d+ more")
                picture, = article["pictures"]
                self.assertGreater(min(picture["size"]), 40)
                self.assertGreater(picture["labels"], 0)
                self.assertTrue(picture["wrong"], "the bytes in question are marked")
                for wrong in picture["wrong"]:
                    self.assertEqual(wrong, [True, True, RED])

    def test_one_story(self):
        """Repeated, it is one story with a count, and not a list."""
        once = self.seen(*scenes("raw-no-clean"), "--platform", "arm64-nc")["articles"]
        many = self.seen(*scenes("raw-no-clean"), "--platform", "arm64-nc", "--platform", "arm-v6",
                         "--seeds", "10")
        self.assertNotIn(" more", once[0]["head"])
        self.assertGreater(once[0]["history"], 0)
        self.assertEqual(len({tuple(a["source"]) for a in many["articles"]}),
                         len(many["articles"]), "no two of the same lines")
        count = sum(1 + int(re.search(r" and (\d+) more", a["head"])[1])
                    for a in many["articles"] if " more" in a["head"])
        count += sum(" more" not in a["head"] for a in many["articles"])
        tile = dict(map(tuple, many["tiles"]))["runs passed"]
        self.assertEqual(tile, f"{20 - count}/20")
        self.assertIn(", on 2 platforms", many["articles"][0]["head"])

    def test_phone(self):
        seen = self.seen(*self.WRONG, *self.suppress(b"L02 " + b"x" * 100 + b" " + report.HOSTILE),
                         width=360)
        self.assertFalse(seen["wide"])
        self.assertEqual(seen["out"], [])
        self.assertTrue(all(a["pictures"] for a in seen["articles"]))

    def test_schedules_and_exceptions(self):
        seen = self.seen(*scenes("copy"), "--platform", "arm64-nc", "--exhaustive", "1,30",
                         *self.suppress(b"L02 nowhere <never> seen"), status=0)
        schedules = int(dict(map(tuple, seen["tiles"]))["schedules"])
        self.assertGreater(schedules, 10)
        self.assertEqual(seen["verdicts"], [f"pass {schedules} schedules"])
        self.assertEqual(seen["allowed"], [["L02-stale-read", "nowhere", "<never> seen", "never"]])
        seen = self.seen(*scenes("copy-early"), "--platform", "arm64-nc", "--seeds", "3",
                         *self.suppress(b"L10 copy it is looked at again"), status=0)
        (rule, place, reason, times), = seen["allowed"]
        self.assertEqual((rule, place, reason), ("L10-cpu-touch", "copy", "it is looked at again"))
        self.assertEqual(times, dict(map(tuple, seen["tiles"]))["findings allowed"])

    def test_our_own_driver(self):
        """`anydma lab` has the same page, with a second column of verdicts."""
        if not report.ANYDMA:
            self.skipTest("no anydma here")
        for width in 1200, 360:
            seen = self.seen("--platform", "arm64-nc", "--platform", "x86-pc", width=width,
                             status=0, command=[report.ANYDMA, "lab"])
            self.assertFalse(seen["wide"])
            self.assertEqual(seen["out"], [])
            self.assertEqual(len(seen["verdicts"]), 4)
            self.assertEqual(sum(v.startswith("pass") for v in seen["verdicts"]), 3)
            article, = seen["articles"]
            self.assertIn("bypassing the DMA API", article["head"])
            self.assertTrue(article["fix"] and article["pictures"][0]["wrong"])

    def test_paper(self):
        self.run_lab(*self.WRONG, "--html", "page.html")
        self.browse("--print-to-pdf=" + self.path("page.pdf"), "--no-pdf-header-footer",
                    "file://" + os.path.realpath(self.path("page.html")))
        paper = self.read("page.pdf")
        self.assertTrue(paper.startswith(b"%PDF-"))
        pages = len(re.findall(rb"/Type\s*/Page\b", paper))
        self.assertTrue(1 < pages < 20, pages)


if __name__ == "__main__":
    if not BROWSER:
        print("no chromium here: 'scripts/packages check' installs it")
        sys.exit(77)  # skipped
    report.main()
