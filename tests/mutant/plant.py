# SPDX-License-Identifier: BSD-2-Clause
"""Any executable of a finished build once more, with some sources changed: only what depends on
them is compiled again, by the build's own commands, and nothing of the build is touched.
"""
import json
import os
import re
import shlex
import subprocess
import threading

TREES = ("src", "include", "lab", "shim")  # what a mirror of the source tree holds


def output_of(command, **more):
    return subprocess.run(command, capture_output=True, text=True, check=True, **more).stdout


class Build:
    def __init__(self, build, source):
        self.build, self.source = os.path.abspath(build), os.path.abspath(source)
        self.entries = {os.path.normpath(e["output"]): e for e in json.load(
            open(os.path.join(self.build, "compile_commands.json")))}
        self.lock, self.links, self.members = threading.Lock(), {}, {}
        self.users = self.read_deps()

    def read_deps(self):
        """source, relative to the tree -> the objects made from it"""
        users, obj = {}, None
        for line in output_of(["ninja", "-C", self.build, "-t", "deps"]).split("\n"):
            if line.startswith("    "):
                path = os.path.relpath(os.path.join(self.build, line.strip()), self.source)
                users.setdefault(path, set()).add(obj)
            elif line:
                obj = line.split(":")[0]
        return users

    def link_of(self, exe):
        """The command that links it, and the objects it may use: from where -> object"""
        with self.lock:
            if exe not in self.links:
                text = output_of(["ninja", "-C", self.build, "-t", "commands", "-s", exe])
                words = shlex.split(text.strip().split("\n")[-1])
                words = words[words.index("&&") + 1:] if "&&" in words else words
                self.links[exe] = words
            words = self.links[exe]
            for word in words:
                if word.endswith(".a") and word not in self.members:
                    self.members[word] = self.list_members(word)
        return words

    def list_members(self, archive):
        base = os.path.dirname(archive)
        found = []
        for member in output_of(["ar", "t", archive], cwd=self.build).split():
            paths = (member, os.path.join(base, member))
            found.append(next(p for p in paths if os.path.exists(os.path.join(self.build, p))))
        return [os.path.normpath(f) for f in found]

    def uses(self, exe, path):
        """Is there code from this source in it?"""
        objects = self.users.get(path, set())
        return any(w in objects or objects & set(self.members.get(w, ()))
                   for w in self.link_of(exe))


class Planted:
    """One set of changed sources: {path: text}. Executables are made as they are asked for."""

    def __init__(self, build, where, texts):
        self.build, self.where, self.made = build, os.path.abspath(where), {}
        self.changed = set().union(*(build.users.get(p, set()) for p in texts))
        for tree in TREES:
            self.mirror(tree, texts)

    def mirror(self, tree, texts):
        """The tree in links, but for what changed: an include finds the changed file first."""
        for folder, _, names in os.walk(os.path.join(self.build.source, tree)):
            inside = os.path.relpath(folder, self.build.source)
            os.makedirs(os.path.join(self.where, inside), exist_ok=True)
            for name in names:
                path, to = os.path.join(inside, name), os.path.join(self.where, inside, name)
                if os.path.lexists(to):
                    os.unlink(to)
                if path in texts:
                    with open(to, "w") as file:
                        file.write(texts[path])
                else:
                    os.symlink(os.path.join(folder, name), to)

    def moved(self, path, base):
        """Where the mirror has this path of a compile command."""
        inside = os.path.relpath(os.path.join(base, path), self.build.source)
        if inside.split("/")[0] in TREES:
            return os.path.join(self.where, inside)
        return path

    def object(self, obj):
        if obj not in self.changed:
            return obj
        if obj not in self.made:
            entry = self.build.entries[obj]
            base = entry["directory"]
            to = os.path.join(self.where, obj.replace("/", "+"))
            words, command = shlex.split(entry["command"]), []
            for word, before in zip(words, [""] + words):
                if before == "-o":
                    word = to
                elif before in ("-MF", "-MQ") or word in ("-MF", "-MQ", "-MD", "-Werror"):
                    continue
                elif word.startswith("-I"):
                    word = "-I" + self.moved(word[2:], base)
                elif word == entry["file"]:
                    word = self.moved(word, base)
                command.append(word)
            subprocess.run(command + ["-w"], cwd=base, check=True, capture_output=True, text=True)
            self.made[obj] = to
        return self.made[obj]

    def archive(self, word, whole):
        """All of it: an archive of the same name (the linker script goes by it), with other
        members. Else the changed ones first: the linker then takes only the rest from it."""
        members = self.build.members[word]
        if not self.changed & set(members):
            return [word]
        if not whole:
            return [self.object(m) for m in members if m in self.changed] + [word]
        to = os.path.join(self.where, os.path.basename(word))
        if os.path.exists(to):
            os.unlink(to)
        objects = [os.path.join(self.build.build, self.object(m)) for m in members]
        subprocess.run(["ar", "csrDT", to] + objects, check=True)
        return [to]

    def exe_once(self, exe):
        if exe not in self.made:
            self.made[exe] = self.exe(exe)
        return self.made[exe]

    def exe(self, exe):
        to = os.path.join(self.where, os.path.basename(exe))
        whole, command = False, []
        for word in self.build.link_of(exe):
            whole = word == "-Wl,--whole-archive" or whole and word != "-Wl,--no-whole-archive"
            if word in self.build.members:
                command += self.archive(word, whole)
            elif word == exe:
                command.append(to)
            else:
                command.append(self.object(os.path.normpath(word)) if word.endswith(".o") else word)
        subprocess.run(command, cwd=self.build.build, check=True, capture_output=True, text=True)
        return to


def compiler_said(error):
    plain = re.sub(r"\x1b\[[0-9;]*[mK]", "", error.stderr or "")
    lines = [l for l in plain.split("\n") if re.search(r"error|undefined", l)]
    return (lines or ["?"])[0].split("error: ")[-1].strip()[:120]
