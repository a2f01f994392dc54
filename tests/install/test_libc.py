# SPDX-License-Identifier: BSD-2-Clause
"""The C and the C++ library under an installed lab: what a hardened build, a program's own operator
new and a log make no difference to."""
import re
import unittest

import installed
from installed import PC

MAIN = "int main(int c, char **v) { return ANYDMA_LAB_MAIN(c, v, run); }\n"
# Constant sizes: what a checked form is expanded to in place.
FORTIFIED = """#include <anydma/lab.h>
#include <stdio.h>
#include <string.h>
struct block { char text[256]; };
static int run(struct any_lab *lab)
{
	struct block *p = any_lab_alloc(lab, sizeof(*p));
	struct any_dma_mapping map;

	if (any_dma_map(any_lab_dma(lab), p, sizeof(*p), ANY_DMA_BOTH, &map))
		return -1;
	WRONG;
	any_dma_unmap(any_lab_dma(lab), &map);
	return 0;
}
""" + MAIN
WRONG = ['memcpy(p->text, "hello world, this is long enough", 32)', "memset(p->text, 0, 64)",
         'strcpy(p->text, "abcdefg")', 'snprintf(p->text, 256, "%s", "x")', "(void)0"]
OWN_NEW = """#include <anydma/lab.h>
#include <cstdlib>
#include <new>
static int taken, given;
static void *volatile kept; /* or the compiler leaves new and delete out */
void *operator new(std::size_t n) { taken++; return std::malloc(n); }
void operator delete(void *p) noexcept { given++; std::free(p); }
struct A { int x[4]; };
static int run(struct any_lab *lab)
{
	taken = given = 0;
	A *a = new A, *none = new (std::nothrow) A;
	char *b = new char[40];
	kept = a;
	kept = none;
	kept = b;
	delete a;
	delete none;
	delete[] b;
	ANY_LAB_CHECK(lab, taken == 3 && given == 3);
	return 0;
}
""" + MAIN
NO_ROOM = """#include <anydma/lab.h>
#include <new>
static void *volatile kept;
static int run(struct any_lab *lab)
{
	volatile std::size_t much = std::size_t(1) << 40;
	bool thrown = false;

	kept = new (std::nothrow) char[much];
	ANY_LAB_CHECK(lab, !kept);
	try {
		kept = new char[much];
	} catch (const std::bad_alloc &) {
		thrown = true;
	}
	ANY_LAB_CHECK(lab, thrown);
	return 0;
}
""" + MAIN
# Lines to evict, and time that passes in memory of the CPU's own.
COMPUTES = """#include <anydma/lab.h>
#include <stdlib.h>
static int run(struct any_lab *lab)
{
	volatile unsigned *p = any_lab_alloc(lab, 4096), *q = malloc(4096);
	struct any_dma_mapping map;

	if (any_dma_map(any_lab_dma(lab), (void *)p, 4096, ANY_DMA_BOTH, &map))
		return -1;
	any_dma_unmap(any_lab_dma(lab), &map);
	for (unsigned i = 0; i < 100000; i++) {
		if (i % 16 == 0)
			p[i % 1024] = 1;
		q[i % 1024] = 1;
	}
	return 0;
}
""" + MAIN


class Libc(installed.Case):
    def build(self, name, text, cc, more=""):
        (self.dir / name).write_text(text)
        lab = cc.replace("clang++", "clang").replace("g++", "gcc")
        self.sh(f"{PC}{cc} {more} $(pkg-config --cflags anydma-lab-{lab}) -c {name} -o a.o\n"
                f"{cc} a.o $(pkg-config --libs anydma-lab) -o a")

    def test_fortified(self):
        for cc in "gcc", "clang":
            for level in 2, 3:
                for wrong in WRONG:
                    self.build("a.c", FORTIFIED.replace("WRONG", wrong), cc,
                               f"-O2 -D_FORTIFY_SOURCE={level}")
                    good = wrong == WRONG[-1]
                    said = self.sh("./a --platform arm64-nc", 0 if good else 1)
                    self.assertEqual("FAIL L10-" in said and " a.c:12, " in said, not good,
                                     f"{cc}, {level}, {wrong}: {said}")

    def test_own_new(self):
        """The forms a program does not bring go through those it does."""
        for cxx in "g++", "clang++":
            self.build("a.cc", OWN_NEW, cxx, "-O1 -std=c++17")
            self.sh("./a -q")

    def test_no_room(self):
        for cxx in "g++", "clang++":
            self.build("a.cc", NO_ROOM, cxx, "-O1 -std=c++17")
            self.sh("./a -q --platform arm64-nc")

    def test_log(self):
        """Watched, a run is the same run: what the lab writes on the driver's stack is no access."""
        self.build("a.c", COMPUTES, "gcc", "-O1")
        for seed in range(1, 9):
            plain, logged = (self.sh(f"./a --platform arm64-nc --seed {seed} --json {more}")
                             for more in ("", "--log log"))
            what = r'"(events|log_hash)": *"?(\w+)'
            self.assertEqual(re.findall(what, plain), re.findall(what, logged))
            self.assertEqual(len(re.findall(what, plain)), 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
