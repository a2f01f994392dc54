# SPDX-License-Identifier: BSD-2-Clause
"""The page of `anydma explain --html` in a real browser: what it shows, and that no label lies on
another one. A script of the test looks at the laid-out page; the page itself has none."""
import html
import json
import os
import re
import shutil
import subprocess
import sys

import cli
from boards import BOARD, DMA, MMC, SATA, USB, WIFI
from cli import Case

# Borders a page apart, far away from others, and a window that is there twice.
CROWD = BOARD.replace("0xc0000000 0 0x0 0x40000000", """
	0x0 0 0x0 0x1000>, <0x1000 0 0x8000 0x1000>, <0x2000 0 0x4000 0x1000>, <0x3000 0 0x6000 0x1000>,
	<0x0 0 0x0 0x1000>, <0xf0000000 0 0x40000000 0x1000>, <0xf0001000 0 0x40001000 0x2000""")

LOOK = """<pre id="seen"></pre><script>
const box = e => e.getBoundingClientRect();
const apart = (a, b) => a.right <= b.left + .5 || b.right <= a.left + .5 ||
	a.bottom <= b.top + .5 || b.bottom <= a.top + .5;
const maps = [...document.querySelectorAll("section.device")].map(s => {
	const svg = s.querySelector("svg.map"), texts = svg ? [...svg.querySelectorAll("text")] : [];
	const count = c => svg ? svg.querySelectorAll("." + c).length : -1;
	const clash = [];
	texts.forEach((a, i) => texts.slice(i + 1).forEach(b => {
		if (!apart(box(a), box(b))) clash.push(a.textContent + " on " + b.textContent);
	}));
	const out = texts.filter(t => {
		const b = t.getBBox(), v = svg.viewBox.baseVal;
		return b.x < 0 || b.y < 0 || b.x + b.width > v.width || b.y + b.height > v.height;
	}).map(t => t.textContent);
	return {
		path: s.querySelector("h2").textContent, say: s.querySelector(".say").textContent,
		also: (s.querySelector(".also") || {textContent: ""}).textContent,
		band: count("band"), ram: count("ram"), unreachable: count("unreachable"),
		reserved: count("reserved"), aperture: count("aperture"), tables: count("tables"),
		pool: count("pool"), window: count("window"), why: s.querySelectorAll(".why tr").length,
		fills: [...(svg ? svg.querySelectorAll(".unreachable") : [])]
			.map(e => getComputedStyle(e).fill),
		bands: [...(svg ? svg.querySelectorAll(".band") : [])].map(e =>
			[e.getBBox().width > 10, e.getBBox().height > 10, e.textContent]),
		cpu: texts.filter(t => t.classList.contains("cpu")).map(t => t.textContent),
		dma: texts.filter(t => t.classList.contains("dma")).map(t => t.textContent),
		clash, out};
});
document.getElementById("seen").textContent = JSON.stringify({
	title: document.querySelector("h1").textContent, maps,
	wide: document.documentElement.scrollWidth > innerWidth});
</script>"""
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")


class Page(Case):
    def page(self, *args):
        done = self.anydma("explain", "--html", "page.html", *args)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"", b""))
        with open(self.path("page.html"), encoding="utf-8") as file:
            return file.read()

    def seen(self, *args, width=1200):
        page = self.page(*args)
        with open(self.path("look.html"), "w", encoding="utf-8") as file:
            file.write(page.replace("</body>", LOOK + "</body>"))
        done = subprocess.run(
            [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--user-data-dir=" + self.path("profile"), "--window-size=%d,900" % width,
             "--dump-dom", "file://" + os.path.realpath(self.path("look.html"))],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=120, check=True)
        found = re.search(r'<pre id="seen">(.*?)</pre>', done.stdout.decode(), re.S).group(1)
        return json.loads(html.unescape(found))

    def one(self, seen, path):
        return next(m for m in seen["maps"] if m["path"] == path)

    def test_self_contained(self):
        self.tree(BOARD)
        page = self.page("board.dtb")
        for word in ("<script", "<link", "<img", "http:", "https:", "url(h", "@import"):
            self.assertNotIn(word, page)

    def test_the_map_of_a_board(self):
        self.tree(BOARD)
        seen = self.seen("--why", "board.dtb")
        self.assertEqual(seen["title"], 'Test <Board> & "more"')
        self.assertFalse(seen["wide"])
        mmc = self.one(seen, MMC)
        self.assertEqual((mmc["band"], mmc["ram"], mmc["unreachable"]), (1, 2, 2))
        self.assertEqual(mmc["fills"], ['url("#hatch")'] * 2, "unreachable RAM is hatched")
        self.assertEqual(mmc["bands"], [[True, True, "CPU 0x0-0x3fffffff is DMA "
                                         "0xc0000000-0xffffffff"]])
        self.assertEqual(mmc["cpu"], ["0x0", "0x40000000", "0x80000000", "0x100000000",
                                      "0x180000000"])
        self.assertEqual(mmc["dma"], ["0xc0000000", "0x100000000"])
        self.assertIn("sees RAM at 0xc0000000", mmc["say"])
        self.assertGreater(mmc["why"], 0)
        sata = self.one(seen, SATA)
        self.assertEqual((sata["band"], len(sata["bands"])), (2, 2))

    def test_iommu_and_pool(self):
        self.tree(BOARD)
        seen = self.seen("board.dtb")
        usb, wifi = self.one(seen, USB), self.one(seen, WIFI)
        self.assertEqual((usb["aperture"], usb["tables"], usb["unreachable"]), (1, 2, 0))
        self.assertEqual((wifi["pool"], wifi["aperture"]), (1, 0))
        self.assertEqual(self.one(seen, DMA)["band"], 2, "one for each bank of RAM")

    def test_equal_devices_share_a_map(self):
        self.tree(BOARD)
        seen = self.seen("board.dtb")
        self.assertEqual(self.one(seen, MMC)["why"], 0)
        self.assertIn("/soc/mmc@2000", self.one(seen, MMC)["also"])

    def test_no_label_on_another(self):
        """Every platform of the catalogue: among them are the crowded ones."""
        self.tree(BOARD)
        self.tree(CROWD, "crowd.dtb")
        boards = ["board.dtb", "crowd.dtb"] + [p["name"] for p in self.catalogue()]
        pages = []
        for name in boards:
            self.page(name)
            with open(self.path("page.html"), encoding="utf-8") as file:
                pages.append(re.search(r"<main>(.*)</main>", file.read(), re.S).group(1))
        page = self.page("board.dtb")
        head, tail = page.split("<main>")[0], page.split("</main>")[1]
        self.page = lambda *args: head + "<main>" + "".join(pages) + "</main>" + tail
        seen = self.seen()
        self.assertGreaterEqual(len(seen["maps"]), len(boards))
        for which in seen["maps"]:
            self.assertEqual((which["clash"], which["out"]), ([], []), which["path"])

    def test_narrow(self):
        self.tree(BOARD)
        self.assertFalse(self.seen("board.dtb", width=500)["wide"])


if __name__ == "__main__":
    if not BROWSER:
        print("no chromium here: 'scripts/packages check' installs it")
        sys.exit(77)  # skipped
    cli.main()
