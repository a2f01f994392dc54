# SPDX-License-Identifier: BSD-2-Clause
"""The other ends of a console and of a serial port: every message is checked and answered, until the
machine is off. A last word past all queues comes between two messages (ports/body/console.c)."""
import socket
import threading

from pattern import pattern

HEADER = 8  # number, -, length of the message, length of the answer
LAST_WORD = 0xe1
SPAN = 65536
ANSWER = 1 << 32


class Line:
    """One port's other end."""

    def __init__(self, path, seed):
        self.seed, self.messages, self.last_words, self.wrong = seed, 0, 0, []
        self.server = socket.socket(socket.AF_UNIX)
        self.server.bind(str(path))
        self.server.listen(1)
        self.thread = threading.Thread(target=self.serve, daemon=True)

    def read(self, n):
        """Exactly so many bytes; fewer: the machine is off."""
        got = b""
        while len(got) < n and (more := self.connection.recv(n - len(got))):
            got += more
        return got

    def serve(self):
        self.connection, _ = self.server.accept()
        while first := self.read(1):
            if first[0] == LAST_WORD:
                self.last_words += 1
                continue
            header = first + self.read(HEADER - 1)
            number, length, want = header[0], *(int.from_bytes(header[i:i + 2], "little") for i in (2, 4))
            if self.read(length) != pattern(self.seed, number * SPAN, length):
                self.wrong.append(f"message {number}: its bytes")
            self.messages += 1
            self.connection.sendall(pattern(self.seed, ANSWER + number * SPAN, want))

    def end(self):
        if self.thread.is_alive():
            self.thread.join(10)
        self.server.close()


class Peer:
    name = "console"
    type = "virtio-serial"

    def __init__(self, folder, seed):
        self.seed = seed
        self.paths = [folder / f"console-{i}" for i in range(2)]
        self.lines = [Line(path, seed + 8 * i) for i, path in enumerate(self.paths)]

    def options(self):
        """QEMU's options, and the properties of the device."""
        return ([word for i, path in enumerate(self.paths)
                 for word in ("-chardev", f"socket,id=line{i},path={path}")],
                {"id": "console", "max_ports": 2})

    def behind(self):
        """What sits on the device: its ports, and in their names what both sides start from."""
        return [word for i, type in enumerate(("virtconsole", "virtserialport")) for word in
                ("-device", f"{type},bus=console.0,nr={i},chardev=line{i},name=anydma-{self.seed + 8 * i:x}")]

    def start(self):
        for line in self.lines:
            line.thread.start()

    def verify(self):
        """What is wrong on this side when the machine is off; empty: nothing."""
        for line in self.lines:
            line.end()
        first, second = self.lines
        wrong = first.wrong + second.wrong
        if not wrong and not (0 < second.messages < first.messages and first.last_words):
            wrong.append(f"messages: {first.messages} and {second.messages}, last words: {first.last_words}")
        return "; ".join(wrong[:3])
