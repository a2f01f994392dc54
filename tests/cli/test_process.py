# SPDX-License-Identifier: BSD-2-Clause
"""Runs that end before their time: killed children, signals, an image that changes."""
import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import termios

import cli
from cli import Case, ENV

SECTORS = 16384  # long enough to be met while it runs


def children(process):
    """The processes it has now, waiting (the kernel's own list, no clock) until there is one."""
    while process.poll() is None:
        with open("/proc/%d/task/%d/children" % (process.pid, process.pid),
                  encoding="ascii") as file:
            pids = [int(word) for word in file.read().split()]
        if pids:
            return pids
    return []


def begun(pid):
    """Waits until a child has set its own signals, which it does before it runs anything."""
    ignored = 1 << (signal.SIGINT - 1)
    while True:
        with open("/proc/%d/status" % pid, encoding="ascii") as file:
            word = next(line.split()[1] for line in file if line.startswith("SigIgn:"))
        if int(word, 16) & ignored:
            return


class Endings(Case):
    def stopped_child(self, run):
        """A child that will not end by itself, whatever its speed."""
        pid = children(run)[0]
        begun(pid)
        os.kill(pid, signal.SIGSTOP)
        self.addCleanup(self.end, pid)
        return pid

    def end(self, pid):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def long_run(self, *args):
        self.image(sectors=SECTORS)
        return self.start("lab", "--image", "disk.img", "--platform", self.identity(),
                          "--no-bypass", "--jobs", "1", *args)

    def test_dead_child_is_a_verdict(self):
        run = self.long_run("--json")
        os.kill(self.stopped_child(run), signal.SIGKILL)
        document = json.loads(run.communicate()[0])
        cell = document["platforms"][0]["cells"][0]
        self.assertEqual(run.returncode, 1)
        self.assertEqual(cell["verdict"], "fail")
        self.assertEqual(cell["report"]["rule"]["id"], "L45-crash")
        self.assertIn("Signal 9 (Killed)", cell["report"]["text"])

    def ends_by(self, number):
        self.write("anydma-lab.html", b"of an earlier run")
        run = self.long_run("--seeds", "100000", "--html", "new.html")
        pid = self.stopped_child(run)
        run.send_signal(number)
        run.communicate(timeout=60)
        self.assertEqual(run.returncode, -number)
        self.assertFalse(os.path.exists("/proc/%d" % pid), "a child outlived its parent")
        self.assertEqual(sorted(os.listdir(self.dir)), ["anydma-lab.html", "disk.img"])

    def test_interrupt(self):
        self.ends_by(signal.SIGINT)

    def test_terminate(self):
        self.ends_by(signal.SIGTERM)

    def test_children_die_with_a_killed_parent(self):
        run = self.long_run("--seeds", "100000")
        self.stopped_child(run)
        run.kill()
        run.communicate(timeout=60)  # ends when the last holder of its pipes does

    def change(self, how):
        run = self.long_run("--seeds", "4")
        self.assertTrue(children(run))
        how(self.path("disk.img"))
        said = run.communicate()[1].decode()
        return run.returncode, said

    def test_image_truncated_during_the_run(self):
        status, said = self.change(lambda path: os.truncate(path, 4096))
        self.assertEqual(status, 2)
        self.assertIn("disk.img changed during the run", said)
        self.assertFalse(os.path.exists(self.path("anydma-lab.html")))

    def test_image_unlinked_during_the_run(self):
        status, said = self.change(os.unlink)
        self.assertEqual(status, 0, said)


class Terminal(Case):
    def on_terminal(self, columns, *args, env=ENV):
        """What it writes to a terminal so wide."""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.image()
        run = subprocess.Popen(
            [cli.EXE, "lab", "--image", "disk.img", "--no-html", "--platform", self.warty(),
             *args], cwd=self.dir, stdin=slave, stdout=slave, stderr=slave,
            env=dict(env, TERM="xterm"))
        os.close(slave)
        said = b""
        try:
            while more := os.read(master, 65536):
                said += more
        except OSError:  # EIO: the last writer is gone
            pass
        os.close(master)
        self.assertEqual(run.wait(), 0, said)
        return said.decode()

    def shown(self, said):
        """What is left on the terminal: carriage returns, line erasure and overwriting done."""
        lines, at = [""], 0
        for token in re.findall("\x1b\\[[0-9;]*[a-zA-Z]|[^\x1b]", said):
            if token == "\n":
                lines.append("")
                at = 0
            elif token == "\r":
                at = 0
            elif token == "\x1b[K":
                lines[-1] = lines[-1][:at]
            elif token[0] != "\x1b":
                lines[-1] = lines[-1][:at].ljust(at) + token + lines[-1][at + 1:]
                at += 1
        return lines

    def test_live_line_fits_and_goes(self):
        for columns in (20, 80):
            said = self.on_terminal(columns, "--no-bypass")
            live = re.findall(r"\r( *\d+% [^\r\n\x1b]*)\x1b\[K", said)
            self.assertTrue(live)
            for line in live:
                self.assertLess(len(line), columns)
            self.assertTrue(said.rpartition(live[-1])[2].startswith("\x1b[K\r\x1b[K"), said)
            for line in self.shown(said):
                self.assertNotRegex(line, r"%|\[|\.\.\.")

    def test_table_fits(self):
        for columns in (60, 80, 100, 120, 200):
            lines = self.shown(self.on_terminal(columns))
            self.assertLessEqual(max(map(len, lines[:2])), columns)
            self.assertIn("DMA API", lines[0])
            self.assertIn("bypassed", lines[0])

    def test_color_and_no_color(self):
        self.assertIn("\x1b[32m", self.on_terminal(80))
        self.assertNotIn("m", "".join(
            part[:4] for part in
            self.on_terminal(80, env=dict(ENV, NO_COLOR="1")).split("\x1b[")[1:]))


cli.main()
