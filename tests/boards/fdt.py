# SPDX-License-Identifier: BSD-2-Clause
"""A flattened devicetree as nested objects, by chapter 5 of the Devicetree Specification. Shares
nothing with src/platform, which it is there to contradict: no libfdt, no index, no cleverness."""

import struct

BEGIN_NODE, END_NODE, PROP, NOP, END = 1, 2, 3, 4, 9


class Node:
    def __init__(self, name, parent):
        self.name, self.parent, self.props, self.children = name, parent, {}, []

    def path(self):
        if not self.parent:
            return "/"
        return self.parent.path().rstrip("/") + "/" + self.name

    def has(self, name):
        return name in self.props

    def cells(self, name):
        """The property as 32-bit numbers; without it none."""
        data = self.props.get(name, b"")
        return list(struct.unpack(f">{len(data) // 4}I", data[:len(data) // 4 * 4]))

    def number(self, name, missing):
        return self.cells(name)[0] if self.cells(name) else missing

    def strings(self, name):
        data = self.props.get(name, b"")
        return [s.decode("ascii", "replace") for s in data.split(b"\0")[:-1]]

    def text(self, name):
        return (self.strings(name) or [None])[0]

    def enabled(self):
        return not self.has("status") or self.text("status") in ("okay", "ok")

    def ancestors(self):
        """Itself, its parent, and so on to the root."""
        return [self] + (self.parent.ancestors() if self.parent else [])

    def everything(self):
        """Itself and all below, in the order of the tree."""
        yield self
        for child in self.children:
            yield from child.everything()


class Tree:
    def __init__(self, data):
        (magic, _, structure, strings, reserved, version) = struct.unpack(">6I", data[:24])
        if magic != 0xd00dfeed or version < 17:
            raise ValueError("not a flattened devicetree")
        self.reservations = []
        while struct.unpack(">QQ", data[reserved:reserved + 16]) != (0, 0):
            self.reservations.append(struct.unpack(">QQ", data[reserved:reserved + 16]))
            reserved += 16
        self.root = self._node(data, structure, strings)
        self.phandles = {}
        for node in self.root.everything():
            handle = node.number("phandle", node.number("linux,phandle", 0))
            if handle:
                self.phandles.setdefault(handle, node)

    @staticmethod
    def _node(data, at, strings):
        here, root = None, None
        while True:
            (tag,) = struct.unpack(">I", data[at:at + 4])
            at += 4
            if tag == BEGIN_NODE:
                end = data.index(b"\0", at)
                node = Node(data[at:end].decode("ascii", "replace"), here)
                if here:
                    here.children.append(node)
                root, here = root or node, node
                at = (end + 4) & ~3
            elif tag == PROP:
                size, name = struct.unpack(">II", data[at:at + 8])
                end = data.index(b"\0", strings + name)
                here.props[data[strings + name:end].decode()] = data[at + 8:at + 8 + size]
                at = (at + 8 + size + 3) & ~3
            elif tag == END_NODE:
                here = here.parent
            elif tag == END:
                return root
            elif tag != NOP:
                raise ValueError(f"tag {tag}")

    def child(self, name):
        """A child of the root."""
        found = [n for n in self.root.children if n.name == name]
        return found[0] if found else None

    def node(self, handle):
        return self.phandles.get(handle)

    def find(self, path):
        here = self.root
        for part in path.strip("/").split("/"):
            here = next((n for n in here.children if n.name == part), None)
            if here is None:
                return None
        return here
