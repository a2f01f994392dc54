# SPDX-License-Identifier: BSD-2-Clause
"""A network whose other end is here: every frame is checked and answered, until the machine is off."""
import socket
import threading

from pattern import pattern

FRAMES = 64  # ports/body/net.c
HEADER = 24
LENGTHS = [64, 65, 128, 333, 590, 1023, 1024, 1025, 1500, 1514, 4096, 9014]
STRANGER = bytes.fromhex("020000000099")
ECHO, ECHO_STRANGER = 0, 1


class Peer:
    name = "net"
    type = "virtio-net"

    def __init__(self, folder, seed):
        self.theirs, self.ours = folder / "net-qemu", folder / "net-host"
        self.seed = seed & 0xffffff
        self.mac = bytes.fromhex("525400") + self.seed.to_bytes(3, "big")
        self.wrong, self.numbers = [], []

    def options(self):
        """QEMU's options, and the properties of the device."""
        return (["-netdev", f"dgram,id=net,local.type=unix,local.path={self.theirs},"
                 f"remote.type=unix,remote.path={self.ours}"],
                {"netdev": "net", "mac": self.mac.hex(":"), "host_mtu": 9000})

    def start(self):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(self.ours))
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def check(self, frame):
        """The number, the operation, and the length wanted of the answer."""
        number = int.from_bytes(frame[16:20], "little")
        self.numbers.append(number)
        if frame[6:12] != self.mac or frame[12:14] != b"\x88\xb5":
            self.wrong.append(f"frame {number}: its addresses")
        elif len(frame) != LENGTHS[number % len(LENGTHS)]:
            self.wrong.append(f"frame {number}: {len(frame)} bytes")
        elif frame[HEADER:] != pattern(self.seed, number * 65536, len(frame) - HEADER):
            self.wrong.append(f"frame {number}: its bytes")
        return number, frame[14], int.from_bytes(frame[20:24], "little")

    def serve(self):
        """An empty datagram ends it."""
        while frame := self.socket.recv(1 << 17):
            number, operation, length = self.check(frame)
            answer = self.mac + self.mac + frame[12:20] + bytes(4) + \
                pattern(self.seed + 1, number * 65536, length - HEADER)
            try:
                if operation == ECHO_STRANGER:
                    self.socket.sendto(STRANGER + answer[6:], str(self.theirs))
                self.socket.sendto(answer, str(self.theirs))
            except OSError as error:
                self.wrong.append(f"frame {number}: not answered: {error}")

    def verify(self):
        """What is wrong on this side when the machine is off; empty: nothing."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
            end.sendto(b"", str(self.ours))
        self.thread.join()
        self.socket.close()
        turn = list(range(FRAMES + 2))
        if not self.wrong and (not self.numbers or self.numbers != turn * (len(self.numbers) // len(turn))):
            return f"frames that came: {self.numbers}"
        return "; ".join(self.wrong[:3])
