# SPDX-License-Identifier: BSD-2-Clause
"""Words on the command line: what is refused, and what the informational ones print."""
import cli
from cli import Case


class Commands(Case):
    def test_no_command(self):
        done = self.anydma()
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"anydma help", done.stderr)

    def test_unknown_command(self):
        self.refuses("labb", says="no command 'labb'")

    def test_version(self):
        done = self.anydma("--version")
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stdout.decode(), r"\Aanydma \d+\.\d+\.\d+\n\Z")

    def test_help_names_every_command(self):
        done = self.anydma("help")
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"\n  lab ", done.stdout)
        self.assertEqual(done.stdout, self.anydma("--help").stdout)

    def test_help_of_a_command(self):
        done = self.anydma("help", "lab")
        self.assertEqual(done.returncode, 0)
        self.assertEqual(done.stdout, self.anydma("lab", "--help").stdout)
        for option in ("--image", "--write", "--platform", "--seed ", "--seeds", "--jobs",
                       "--json", "--html", "--out", "--list", "--log", "--keep", "--no-bypass"):
            self.assertIn(option.encode(), done.stdout)
        self.refuses("help", "labb", says="no command")


class Options(Case):
    def test_unknown_option(self):
        self.refuses("lab", "--imagee", "x", says="unrecognized option")
        self.refuses("lab", "--image", says="requires an argument")

    def test_stray_argument(self):
        self.refuses("lab", "disk.img", says="--image FILE")

    def test_numbers(self):
        for bad in ("x", "-1", "1x", "", "0x", "99999999999999999999", " 1"):
            self.refuses("lab", "--seed", bad, says="is not a number")
        self.refuses("lab", "--seeds", "0", says="is not between")
        self.refuses("lab", "--jobs", "0", says="is not between")
        self.refuses("lab", "--limit", "1000", says="not a multiple of 512")
        self.refuses("lab", "--limit", "99999999T", says="is not a number")

    def test_contradictions(self):
        self.refuses("lab", "--bypass-only", "--no-bypass", says="nothing to run")
        self.refuses("lab", "--keep", "d", says="--keep needs --write")
        self.refuses("lab", "--html", "x", "--no-html", says="contradict")
        self.refuses("lab", "--seed", "18446744073709551615", "--seeds", "2", says="last seed")
        self.refuses("lab", "--color", "pink", says="--color")

    def test_unknown_platform(self):
        name = self.catalogue()[0]["name"]
        self.assertIn(name, self.refuses("lab", "--platform", name[:-1] + "~",
                                         says="did you mean"))
        self.refuses("lab", "--platform", "nothing-like-any-of-them", says="--list")

    def test_control_bytes_are_not_echoed(self):
        said = self.refuses("lab", "--platform", "a\x1b[31m\nb", says="no platform")
        self.assertNotIn("\x1b", said)


class List(Case):
    def test_list(self):
        done = self.anydma("lab", "--list")
        self.assertEqual(done.returncode, 0)
        names = [line.split()[0] for line in done.stdout.decode().splitlines()]
        self.assertEqual(names, [p["name"] for p in self.catalogue()])
        self.assertEqual(len(names), len(set(names)))
        self.assertNotIn(b"\x1b", done.stdout)

    def test_list_of_a_pattern(self):
        names = [p["name"] for p in self.catalogue()]
        pattern = names[0][:3] + "*"
        done = self.anydma("lab", "--list", "--platform", pattern, "--platform", names[0])
        self.assertEqual([line.split()[0] for line in done.stdout.decode().splitlines()],
                         [n for n in names if n.startswith(names[0][:3])])

    def test_catalogue_has_both_kinds(self):
        self.assertTrue(self.identity() != self.warty())


cli.main()
