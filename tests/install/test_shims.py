# SPDX-License-Identifier: BSD-2-Clause
"""Each shim as a user has it: its installed headers and archive, its example's driver in a folder of
its own, right, and with one call taken out."""
import re
import shutil
import unittest
from pathlib import Path

import installed

SHIM = Path(__file__).resolve().parents[2] / "shim"
MAIN = """
int main(int argc, char **argv)
{
	const struct any_lab_scenario s[] = {{"%s", scenario, ANY_LAB_RAW}};
	return anydma_lab_main(argc, argv, s, 1);
}
"""
GENERIC = """#include "copy.h"
static int scenario(struct any_lab *lab)
{
	volatile uint8_t *regs = any_lab_engine_attach(lab, &(struct any_lab_engine_config){0});
	uint8_t *from = acme_dma_alloc(512), *to = acme_dma_alloc(512);

	for (uint32_t i = 0; i < 512; i++)
		from[i] = (uint8_t)(i * 3);
	acme_copy(regs, from, to, 512, NO_BUG);
	ANY_LAB_CHECK(lab, to[511] == from[511]);
	return 0;
}
"""
ZEPHYR = """#include "eth.h"
static int scenario(struct any_lab *lab)
{
	static struct eth eth;
	static uint8_t out[100], in[1518];

	eth_init(&eth, any_lab_nic_attach(lab, &(struct any_lab_nic_config){0}), ETH_GOOD);
	memset(out, (int)any_lab_random(lab), sizeof(out));
	eth_send(&eth, out, sizeof(out));
	ANY_LAB_CHECK(lab, eth_receive(&eth, in) == sizeof(out) && !memcmp(in, out, sizeof(out)));
	return 0;
}
"""
# name: the main file ("": the example has one), the call that is taken out and of which file, the
# rule that reports it and the file it names
SHIMS = {
    "linux": ("", r"dma_sync_single_for_cpu\(.*?\);", "nic.c", "L10", "nic.c"),
    "uboot": ("#include \"scenario.h\"\nstatic int scenario(struct any_lab *lab)\n"
              "{ return copy_run(lab, false); }\n",
              r"flush_dcache_range\(from, from \+ whole\);", "copy.c", "L01", "scenario.h"),
    "cmsis": ("#include \"scenario.h\"\nstatic int scenario(struct any_lab *lab)\n"
              "{ return spi_scenario(lab); }\n",
              r"SCB_CleanDCache_by_Addr\(.*?\);", "spi.c", "L01", "scenario.c"),
    "generic": (GENERIC, r"acme_cache_writeback\(from, n\);", "copy.h", "L01", "main.c"),
    "zephyr": (ZEPHYR, r"sys_cache_data_flush_range\(buf, len\);", "eth.h", "L01", "eth.h"),
    "libmetal": ("#include \"scenario.h\"\nstatic int scenario(struct any_lab *lab)\n"
                 "{ return metal_run(lab, true, COPIES); }\n",
                 r"metal_cache_flush\(metal.*?\);", "engine.c", "L01", "engine.c"),
}


class Shims(installed.Case):
    def build(self, name, cc, wrong):
        main, call, file, _, _ = SHIMS[name]
        where = self.dir / f"{name}-{cc}-{'wrong' if wrong else 'right'}"
        shutil.copytree(SHIM / name / "example", where)
        if main:
            (where / "main.c").write_text("#include <anydma/lab.h>\n" + main + MAIN % name)
        if wrong:
            text = (where / file).read_text()
            without, times = re.subn(call, ";", text)
            self.assertGreater(times, 0, f"{name}: {call}")
            (where / file).write_text(without)
        # The flags of one line are enough: the compiler's module adds how it spells volatile.
        self.sh(f"{installed.PC}cd {where}\n"
                f"{cc} -O1 -Wall $(pkg-config --cflags anydma-shim-{name} anydma-lab-{cc}) -c *.c\n"
                f"{cc} *.o $(pkg-config --libs anydma-shim-{name}) -o driver")
        return where / "driver"

    def test_all_are_here(self):
        self.assertEqual(set(SHIMS), set((SHIM / "list").read_text().split()))

    def test_each(self):
        for name, (_, _, _, rule, file) in SHIMS.items():
            for cc in "gcc", "clang":
                with self.subTest(f"{name}, {cc}"):
                    right = self.build(name, cc, False)
                    self.sh(f"{right} --platform 'arm*' --quiet")
                    wrong = self.build(name, cc, True)
                    said = self.sh(f"{wrong} --platform arm64-nc --seeds 20", 1)
                    self.assertRegex(said, rf"FAIL {rule}-")
                    self.assertRegex(said, rf"(at|against) +\S*{re.escape(file)}:\d+")

    def test_any_number_together(self):
        """Two systems' drivers in one program: their modules go together."""
        flags = self.sh(f"{installed.PC}pkg-config --cflags --libs anydma-shim-linux "
                        "anydma-shim-cmsis anydma-lab-gcc").split()
        self.assertEqual(flags.count("-lanydma-lab"), 1)
        self.assertLess(flags.index("-lanydma-shim-linux"), flags.index("-lanydma-lab"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
