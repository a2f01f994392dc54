# SPDX-License-Identifier: BSD-2-Clause
"""A network whose other end is here: every frame is checked and answered, until the machine is off. At
the driver's word the device is asked what it passes, loses its line, and wants to be announced."""
import json
import socket
import threading

from pattern import pattern

FRAMES = 64  # ports/body/net.c
HEADER = 24
LENGTHS = [64, 65, 128, 333, 590, 1023, 1024, 1025, 1500, 1514, 4096, 9014]
STRANGER = bytes.fromhex("020000000099")
ECHO, ECHO_STRANGER, LINE_DOWN, ANNOUNCE = range(4)
RARP = b"\x80\x35"  # what QEMU sends by itself when it announces
FILTER = {"promiscuous": True, "unicast-table": ["02:00:00:00:00:77"],
          "multicast-table": ["01:00:5e:00:00:77"]}


class Monitor:
    """QEMU's, over a socket of its own."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(50)
        self.socket.connect(str(path))
        self.lines = self.socket.makefile()
        self.lines.readline()
        self.ask("qmp_capabilities")

    def ask(self, command, **arguments):
        self.socket.sendall(json.dumps({"execute": command, "arguments": arguments}).encode())
        while "event" in (answer := json.loads(self.lines.readline())):
            pass
        return answer["return"]

    def wait(self, event):
        while json.loads(self.lines.readline()).get("event") != event:
            pass

    def close(self):
        self.lines.close()
        self.socket.close()


class Peer:
    name = "net"
    type = "virtio-net"

    def __init__(self, folder, seed):
        self.theirs, self.ours = folder / "net-qemu", folder / "net-host"
        self.monitor = folder / "net-monitor"
        self.seed = seed & 0xffffff
        self.mac = bytes.fromhex("525400") + self.seed.to_bytes(3, "big")
        self.wrong, self.numbers = [], []

    def options(self):
        """QEMU's options, and the properties of the device."""
        return (["-qmp", f"unix:{self.monitor},server=on,wait=off",
                 "-netdev", f"dgram,id=net,local.type=unix,local.path={self.theirs},"
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

    def take_line(self):
        """Away, until the driver has seen it and says so by a change of the filter."""
        monitor = Monitor(self.monitor)
        [passes] = monitor.ask("query-rx-filter")  # and from now on the next change is told
        wrong = {k: v for k, v in passes.items() if FILTER.get(k, v) != v}
        # QEMU 10 begins with all VLANs, 7.2 with none
        if wrong or passes["main-mac"] != self.mac.hex(":") or 5 not in passes["vlan-table"]:
            self.wrong.append(f"the device passes {passes}")
        monitor.ask("set_link", name="net", up=False)
        monitor.wait("NIC_RX_FILTER_CHANGED")
        monitor.ask("set_link", name="net", up=True)
        monitor.close()

    def announce(self):
        monitor = Monitor(self.monitor)
        monitor.ask("announce-self", initial=1, max=1, rounds=1, step=1)
        monitor.close()

    def serve(self):
        """An empty datagram ends it."""
        while frame := self.socket.recv(1 << 17):
            if frame[12:14] == RARP:
                continue
            number, operation, length = self.check(frame)
            if operation == LINE_DOWN:
                self.take_line()
                continue
            if operation == ANNOUNCE:
                self.announce()
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
        turn = list(range(FRAMES + 5))
        if not self.wrong and (not self.numbers or self.numbers != turn * (len(self.numbers) // len(turn))):
            return f"frames that came: {self.numbers}"
        return "; ".join(self.wrong[:3])
