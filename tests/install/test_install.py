# SPDX-License-Identifier: BSD-2-Clause
"""A user's view: an installed copy in a temporary prefix, and nothing else of this tree. The guide is
replayed as it is written; C++, inline assembly and the names in the archive are looked at beside."""
import os
import re
import subprocess
import sys
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import installed
from installed import PC

HERE = Path(__file__).resolve().parent
GUIDE = sys.argv.pop(1)
COMPILERS = {"gcc": "g++", "clang": "clang++"}
FENCE = re.compile(r"^```(\w+) ?(\S*)\n(.*?)^```$", re.S | re.M)


class Installed(installed.Case):
    def test_guide(self):
        script, said, files = "", [], set()
        for kind, name, text in FENCE.findall(Path(GUIDE).read_text()):
            if kind == "c":
                (self.dir / name).write_text(text)
                files.add(name)
            elif kind == "sh" and name != "install":
                # What one block sets the next has; so each is run after all that export.
                if "export" in text:
                    script += text
                    text = ""
                said.append(self.sh(script + text, 1 if name == "fails" else 0))
        self.assertEqual(files, {"blit.c", "blit.h", "hal.h", "scenario.c"})
        first, replay = [s for s in said if "FAIL L02-stale-read" in s]
        self.assertIn("scenario.c:17, in copy()", first)
        self.assertRegex(first, r"replay +\./blit --replay mips-ath25:1(:\w[\w.+-]*)?\n")
        self.assertEqual(first.count("FAIL L02-stale-read"), 1, "one mistake, one report")
        self.assertIn("events:\n", replay)
        self.assertRegex(replay, r"mmio-read .* blit\.c:2\d")
        self.assertIn("85 of 85 runs passed", said[-2])
        self.results(self.dir / "results.xml")

    def results(self, path):
        root = ElementTree.parse(path).getroot()
        self.assertEqual(root.tag, "testsuites")
        suite, = root
        cases = suite.findall("testcase")
        self.assertEqual(int(suite.get("tests")), len(cases))
        self.assertEqual(suite.get("failures"), "0")
        self.assertGreater(len(cases), 10)
        for case in cases:
            self.assertEqual(case.get("classname"), "copy")
            self.assertGreaterEqual(float(case.get("time")), 0)
            self.assertEqual({p.get("name") for p in case.iter("property")},
                             {"seed", "seeds", "replay"})

    def test_cxx(self):
        for c, cxx in COMPILERS.items():
            for name, more in ("wrong", ""), ("fixed", "-DFIXED"):
                self.sh(f"{PC}{cxx} -std=c++17 -O1 -Wall -Wextra -Werror {more} "
                        f"$(pkg-config --cflags anydma-lab-{c}) -c {HERE}/copy.cc -o {name}.o\n"
                        f"{cxx} {name}.o $(pkg-config --libs anydma-lab) -o {name}")
            said = self.sh("./wrong --scenario copy --seeds 3 --junit wrong.xml -q", 1)
            self.assertIn("FAIL L10-cpu-touch, copy: ", said)
            self.assertIn("copy.cc:", said)
            self.assertNotIn("_ZN", said, "names are the source's, not the linker's")
            self.assertRegex(said, r"copy\.cc:\d+, in copy\(\)\n")
            # Without inlining the mapping is the class's own doing.
            self.sh(f"{PC}{cxx} -std=c++17 -O0 $(pkg-config --cflags anydma-lab-{c}) -c "
                    f"{HERE}/copy.cc -o plain.o\n"
                    f"{cxx} plain.o $(pkg-config --libs anydma-lab) -o plain")
            self.assertRegex(self.sh("./plain --scenario copy --platform arm64-nc", 1),
                             r"copy\.cc:\d+,? (in )?Mapping::Mapping\(\)\n")
            failed = ElementTree.parse(self.dir / "wrong.xml").getroot().findall(".//failure")
            self.assertTrue(failed)
            for failure in failed:
                self.assertIn("replay: ./wrong --scenario copy --replay ", failure.text)
                self.assertTrue(failure.get("message") and failure.get("type"))
            line = re.search(r"replay: (\./wrong .*)", failed[0].text)[1]
            self.assertIn("the last", self.sh(line, 1))
            self.assertRegex(self.sh("./fixed --scenario copy --platform arm64-nc "
                                     "--exhaustive 1,40"),
                             r"^arm64-nc: [1-9]\d+ schedules: all with at most 1 misfortune in 40 ")
            said = self.sh("./wrong --scenario copy --platform arm64-nc --exhaustive 1,40", 1)
            place = re.search(r": L10-cpu-touch at \S*copy\S* (\S+:\d+), after", said)[1]
            self.assertIn("./wrong --scenario copy --replay arm64-nc:1:p", said)
            (self.dir / "meant").write_text(f"# known\nL10 {place} it is looked at again later\n"
                                            "L02 nowhere never\n")
            said = self.sh("./wrong --scenario copy --platform x86-pc --suppress meant -q")
            self.assertRegex(said, r"Suppressed \d+ times: L10-cpu-touch at \S+: it is looked at")
            self.assertIn("Never met: L02-stale-read at nowhere: never", said)
            self.assertIn("17 platforms x 2 scenarios: 102 of 102 runs passed",
                          self.sh("./fixed --seeds 3 -q"))

    def test_inline_assembly(self):
        source = (HERE / "asm.c").read_text().splitlines()
        want = {n for n, line in enumerate(source, 1) if "SEEN" in line and ";" in line}
        self.assertEqual(len(want), 6)
        for cc in ("gcc -O0", "gcc -O2", "clang -O0", "clang -O2", "clang -fno-integrated-as",
                   "g++ -x c++", "clang++ -x c++"):
            plain = self.sh(f"{PC}{cc} -Wall -Wextra -Werror -I$(pkg-config --variable=includedir "
                            f"anydma-lab) -include anydma/lab/seen.h -c {HERE}/asm.c -o asm.o\n"
                            "cc asm.o -o asm 2>&1")
            seen = [int(n) for n in re.findall(r"asm\.c:(\d+): inline assembly", plain)]
            self.assertEqual(sorted(seen), sorted(want), f"{cc}: {plain}")
            self.sh("./asm")

    def test_names(self):
        """A driver may define any name but ours."""
        names = self.sh('nm --defined-only --extern-only --format=posix '
                        '"$PREFIX"/lib/libanydma-lab.a "$PREFIX"/lib/*/libanydma-lab.a 2>/dev/null '
                        '|| true')
        names = {line.split()[0] for line in names.splitlines() if len(line.split()) > 1}
        self.assertGreater(len(names), 200)
        self.assertEqual(sorted(n for n in names
                                if not re.match(r"(any_|anydma_|lab_|cli_|__|_Z(n|d)[wal])", n)), [])

    def test_cxx_heap(self):
        """What new gives is the machine's memory; the library's own strings and vectors do not mind."""
        (self.dir / "a.cc").write_text("""
#include <anydma/lab.h>
#include <anydma/lab/scenario.h>
#include <memory>
#include <new>
#include <string>
#include <vector>
struct alignas(128) line { unsigned char b[128]; };
static int run(struct any_lab *lab)
{
	std::vector<std::string> v;
	for (int i = 0; i < 40; i++)
		v.push_back(std::string(i, 'x') + std::to_string(i));
	v.erase(v.begin());
	auto l = std::make_unique<line>();
	ANY_LAB_CHECK(lab, v[9] == "xxxxxxxxxx10" && !((uintptr_t)l.get() % 128));
	auto *p = new (std::nothrow) unsigned char[256];
	any_dma_mapping map;
	if (any_dma_map(any_lab_dma(lab), p, 256, ANY_DMA_TO_DEVICE, &map))
		return -1;
#ifndef WRONG
	any_dma_unmap(any_lab_dma(lab), &map);
#endif
	delete[] p;
	return 0;
}
int main(int c, char **v) { return ANYDMA_LAB_MAIN(c, v, run); }
""")
        for cc, cxx in COMPILERS.items():
            for wrong in "", "-DWRONG":
                self.sh(f"{PC}{cxx} -std=c++17 -O1 {wrong} $(pkg-config --cflags anydma-lab-{cc}) -c "
                        f"a.cc\n{cxx} a.o $(pkg-config --libs anydma-lab) -o a")
                said = self.sh("./a --platform 'x86-pc' --platform arm64-nc", 1 if wrong else 0)
                self.assertEqual(bool(re.search(r"FAIL L18-.*\n.* at +a\.cc:\d+", said)),
                                 bool(wrong), said)

    def test_flags_forgotten(self):
        (self.dir / "a.c").write_text(
            "#include <anydma/lab.h>\n#include <anydma/lab/engine.h>\n"
            "static int run(struct any_lab *lab)\n"
            "{ return !any_lab_engine_attach(lab, &(struct any_lab_engine_config){0}); }\n"
            "int main(int c, char **v) { return ANYDMA_LAB_MAIN(c, v, run); }\n")
        for flags, status in (("$(pkg-config --cflags anydma-lab)", 0),
                              ("-I$(pkg-config --variable=includedir anydma-lab)", 2)):
            self.sh(f"{PC}cc {flags} -c a.c\ncc a.o $(pkg-config --libs anydma-lab) -o a")
            said = self.sh("./a --platform x86-pc --quiet", status)
            self.assertEqual("compiled without the lab's flags" in said, status != 0, said)

    def test_arguments(self):
        (self.dir / "a.c").write_text(
            "#include <anydma/lab.h>\nstatic int run(struct any_lab *lab)\n"
            "{ *(volatile int *)0 = 1; (void)lab; return 0; }\n"
            "int main(int c, char **v) { return ANYDMA_LAB_MAIN(c, v, run); }\n")
        self.sh(f"{PC}cc $(pkg-config --cflags anydma-lab) -c a.c\n"
                "cc a.o $(pkg-config --libs anydma-lab) -o a")
        for wrong in ("--seeds 0", "--replay x", "--replay x86-pc:1:2", "--platform nothing",
                      "--image x", "--replay x86-pc:1 --seeds 2", "--scenario other", "stray",
                      "--exhaustive 0", "--exhaustive 9", "--exhaustive 1,0", "--exhaustive 1 --log x",
                      "--suppress nothing-here"):
            self.assertEqual(self.sh(f"./a {wrong}", 2).count("\n"), 1, wrong)
        said = self.sh("./a --platform x86-pc --seeds 40 --jobs 2 --quiet", 1)
        self.assertIn("in 40 of 40 runs, on 1 of 1 platforms; first x86-pc, seed 1, adversarial\n", said)


if __name__ == "__main__":
    unittest.main(verbosity=2)
