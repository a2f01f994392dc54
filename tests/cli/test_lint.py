# SPDX-License-Identifier: BSD-2-Clause
"""A clean tree that no rule speaks about, and for each rule a change to it that only that rule
speaks about."""
import json

import cli
from cli import Case

CLEAN = """/dts-v1/;
/ {
	#address-cells = <2>;
	#size-cells = <2>;
	compatible = "test,board";
	memory@80000000 { device_type = "memory"; reg = <0 0x80000000 0 0x40000000>; };
	/*memory*/
	reserved-memory {
		#address-cells = <2>;
		#size-cells = <2>;
		ranges;
		dma-ranges;
		pool: pool@90000000 {
			compatible = "restricted-dma-pool";
			reg = <0 0x90000000 0 0x400000>;
			/*pool*/
		};
		shared@98000000 {
			compatible = "shared-dma-pool";
			reg = <0 0x98000000 0 0x400000>;
			reusable;
			linux,cma-default;
		};
		/*reserved*/
	};
	smmu: iommu@1000000 { reg = <0 0x1000000 0 0x1000>; #iommu-cells = <1>; };
	off: iommu@1001000 { reg = <0 0x1001000 0 0x1000>; #iommu-cells = <1>; status = "disabled"; };
	mbus: fabric { #interconnect-cells = <1>; };
	soc {
		compatible = "simple-bus";
		#address-cells = <1>;
		#size-cells = <1>;
		ranges = <0 0 0 0x40000000>;
		dma-ranges = <0x0 0x0 0x80000000 0x40000000>;
		ethernet@1000 { reg = <0x1000 0x100>; dma-coherent; };
		mmc@2000 { reg = <0x2000 0x100>; iommus = <&smmu 5>; };
		/*soc*/
		sub {
			compatible = "simple-bus";
			#address-cells = <1>;
			#size-cells = <1>;
			ranges;
			dma-ranges = <0x0 0x0 0x40000000>;
			usb@3000 { reg = <0x3000 0x100>; interconnects = <&mbus 1>; };
			/*sub*/
		};
		pcie@4000 {
			device_type = "pci";
			#address-cells = <3>;
			#size-cells = <2>;
			reg = <0x4000 0x100>;
			dma-ranges = <0x02000000 0 0 0 0 0x40000000>;
			iommu-map = <0 &smmu 0 0x100>, <0x100 &smmu 0x100 0x100>;
			iommu-map-mask = <0xffff>;
			/*pci*/
		};
	};
};
"""


def bus(ranges, name="b", cells="#address-cells = <1>; #size-cells = <1>;", more=""):
    return ("%s { compatible = \"simple-bus\"; %s ranges; dma-ranges = %s; "
            "mmc@9000 { reg = <0x9000 0x100>; }; %s };" % (name, cells, ranges, more))


# A window of 2^64 - 1 bytes needs the cells of the root: a bus beside soc.
def wide(ranges):
    return bus(ranges, cells="#address-cells = <2>; #size-cells = <2>;")


DEVICE = "dma-controller@9000 { reg = <0x9000 0x100>; %s };"

RULES = {  # the rule: (place, text) that is put there, or (old, new) where old is in the tree
    "LINT-01": ("/*soc*/", bus("<0x0 0x0 0x100 0x0>")),
    "LINT-02": ("/*soc*/", bus("<0x0 0x0 0x1000>, <0x1000 0x1000 0>")),
    "LINT-03": ("/*memory*/", wide("<0xffffffff 0xfffff000 0x0 0x0 0x0 0x2000>")),
    "LINT-04": ("/*soc*/", bus("<0x0 0x0 0x2000>, <0x1000 0x8000 0x1000>")),
    "LINT-05": ("/*soc*/", bus("<0x0 0x0 0x2000>, <0x8000 0x1000 0x1000>")),
    "LINT-06": ("/*soc*/", bus("<0x0 0x50000000 0x1000>, <0x1000 0x0 0x1000>")),
    "LINT-07": ("/*soc*/", bus("<0x0 0x30000000 0x20000000>")),
    "LINT-08": ("/*memory*/", "plain { compatible = \"simple-bus\"; #address-cells = <2>;"
                "#size-cells = <2>; ranges; %s };" % wide("<0 0 0 0 1 0>")),
    "LINT-09": ("/*soc*/", DEVICE % "dma-ranges;"),
    "LINT-10": ("/*soc*/", DEVICE % "dma-coherent; dma-noncoherent;"),
    "LINT-11": ("/*pool*/", "dma-coherent;"),
    "LINT-12": ("/*soc*/", DEVICE % "iommus = <0x7777 1>;"),
    "LINT-13": ("/*soc*/", DEVICE % "iommus = <&smmu>;"),
    "LINT-14": ("/*soc*/", DEVICE % "iommus = <&off 1>;"),
    "LINT-15": ("<0x100 &smmu 0x100 0x100>", "<0x100 &smmu 0x100>"),
    "LINT-16": ("<0xffff>", "<0xff>"),
    "LINT-17": ("<0x100 &smmu 0x100 0x100>", "<0x100 0x7777 0x100 0x100>"),
    "LINT-18": ("<0x100 &smmu 0x100 0x100>", "<0xff &smmu 0x100 0x100>"),
    "LINT-19": ("/*pool*/", "no-map;"),
    "LINT-20": ("/*reserved*/",
                "more { compatible = \"restricted-dma-pool\"; size = <0 0x1000>; };"),
    "LINT-21": ("/*soc*/", DEVICE % "iommus = <&smmu 1>; memory-region = <&pool>;"),
    "LINT-22": ("/*soc*/", bus("<0x0 0x0 0x1000000>",
                               more="sata@8000 { reg = <0x8000 0x100>; memory-region = <&pool>; };")),
    "LINT-23": ("/*reserved*/", "fw@90100000 { reg = <0 0x90100000 0 0x1000>; };"),
    "LINT-24": ("/*soc*/", DEVICE % "memory-region = <0x7777>;"),
    "LINT-25": ("reusable;", ""),
    "LINT-26": ("/*memory*/",
                "memory@b0000000 { device_type = \"memory\"; reg = <0 0xb0000000 0 0x20000000>; };"),
    "LINT-27": ("/*memory*/", "memory@c0000000 { device_type = \"memory\"; reg = <0 0xc0000000 0>; };"),
    "LINT-28": ("/*reserved*/", "fw@10000000 { reg = <0 0x10000000 0 0x1000>; };"),
    "LINT-29": ("/*soc*/", DEVICE % "interconnects = <&mbus>; interconnect-names = \"dma-mem\";"),
    "LINT-30": ("/*soc*/", "pcie@9000 { device_type = \"pci\"; #address-cells = <3>;"
                "#size-cells = <2>; reg = <0x9000 0x100>; };"),
    "LINT-31": ("/*soc*/", DEVICE % "status = \"okey\";"),
}


class Rules(Case):
    def spoken(self, source, status):
        found = self.document("lint", "--json", self.tree(source), status=status)
        return found["findings"]

    def severities(self):
        words = [line.split() for line in
                 self.anydma("lint", "--rules").stdout.decode().splitlines()]
        return {w[0]: w[1] for w in words if w[0].startswith("LINT-")}

    def test_clean(self):
        self.assertEqual(self.spoken(CLEAN, 0), [])

    def test_each_rule_alone(self):
        severity = self.severities()
        self.assertEqual(sorted(severity), sorted(RULES))
        for rule, (old, new) in RULES.items():
            with self.subTest(rule=rule):
                self.assertIn(old, CLEAN)
                source = CLEAN.replace(old, new)
                status = 1 if severity[rule] == "error" else 0
                found = self.spoken(source, status)
                self.assertEqual([f["rule"] for f in found], [rule])
                self.assertEqual(found[0]["severity"], severity[rule])
                self.assertTrue(found[0]["node"].startswith("/"))
                for part in ("property", "words", "found", "advice"):
                    self.assertTrue(found[0][part], part)

    def test_disabled_nodes_are_not_looked_at(self):
        wrong = "dma-coherent; dma-noncoherent; iommus = <0x7777>;"
        self.assertEqual(len(self.spoken(CLEAN.replace("/*soc*/", DEVICE % wrong), 1)), 2)
        wrong += "status = \"disabled\";"
        self.assertEqual(self.spoken(CLEAN.replace("/*soc*/", DEVICE % wrong), 0), [])

    def test_a_window_may_end_with_the_parent(self):
        """One byte more is LINT-07, so this is where the rule begins."""
        self.assertEqual(self.spoken(CLEAN.replace("/*soc*/", bus("<0x0 0x30000000 0x10000000>")),
                                     0), [])
        found = self.spoken(CLEAN.replace("/*soc*/", bus("<0x0 0x30000000 0x10000001>")), 0)
        self.assertEqual([f["rule"] for f in found], ["LINT-07"])


class Command(Case):
    def test_text_names_everything(self):
        self.tree(CLEAN.replace("/*soc*/", DEVICE % "dma-coherent; dma-noncoherent;"))
        done = self.anydma("lint", "board.dtb")
        said = done.stdout.decode()
        self.assertEqual(done.returncode, 1)
        self.assertIn("board.dtb: error: LINT-10: /soc/dma-controller@9000: dma-noncoherent: ", said)
        self.assertIn("1 boards: 1 errors, 0 warnings, 0 notes", said)

    def test_quiet_leaves_notes_out(self):
        name = self.tree(CLEAN.replace("/*soc*/", DEVICE % "dma-ranges;"))
        self.assertIn(b"LINT-09", self.anydma("lint", name).stdout)
        self.assertNotIn(b"LINT-09", self.anydma("lint", "-q", name).stdout)

    def test_counts(self):
        name = self.tree(CLEAN.replace("/*soc*/", DEVICE % "dma-ranges;"))
        lines = self.anydma("lint", "--counts", name, name).stdout.decode().splitlines()
        self.assertIn("2 findings      2 boards", next(l for l in lines if "LINT-09" in l))

    def test_bad_input(self):
        self.write("short.dtb", b"\xd0\x0d\xfe\xed")
        self.write("text.dtb", b"not a tree at all, but long enough to be one or to look like it")
        self.refuses("lint", says="a board is missing")
        self.refuses("lint", "none.dtb", says="none.dtb: No such file")
        self.refuses("lint", "--colour", "x", says="--colour")

    def test_unreadable_boards_do_not_stop_the_others(self):
        self.write("short.dtb", b"\xd0\x0d\xfe\xed")
        name = self.tree(CLEAN)
        done = self.anydma("lint", "--json", "short.dtb", name)
        self.assertEqual(done.returncode, 2)
        self.assertEqual(json.loads(done.stdout)["boards"], 1)
        self.assertIn(b"short.dtb: is too short", done.stderr)


if __name__ == "__main__":
    cli.main()
