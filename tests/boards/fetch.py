# SPDX-License-Identifier: BSD-2-Clause
"""The devicetrees of Debian's kernel packages, in a folder that is never committed.

The versions that the facts were written for are taken while Debian has them, else the newest of the
same series. Everything is checked against the SHA-256 of Debian's index of packages."""

import hashlib
import io
import lzma
import re
import tarfile
import urllib.error
import urllib.request
from pathlib import Path

MIRRORS = ["http://deb.debian.org", "http://ftp.debian.org", "http://cdn-fastly.deb.debian.org"]
PACKAGES = {
    "arm64": {
        "index": "dists/bookworm-backports/main/binary-arm64/Packages.xz",
        "name": r"linux-image-6\.12\.\d+\+deb12-arm64",
        "want": "6.12.95-1~bpo12+1", "boards": 1023,
    },
    "armhf": {
        "index": "dists/bookworm/main/binary-armhf/Packages.xz",
        "name": r"linux-image-6\.1\.0-\d+-armmp",
        "want": "6.1.176-1", "boards": 898,
    },
}


class Unreachable(Exception):
    pass


def download(path):
    """From the first mirror that has it."""
    reason = ""
    for mirror in MIRRORS:
        try:
            with urllib.request.urlopen(f"{mirror}/debian/{path}", timeout=60) as answer:
                return answer.read()
        except (urllib.error.URLError, OSError) as e:
            reason = reason or f"{mirror}: {e}"
    raise Unreachable(f"{path}: {reason}")


def choose(index, how):
    """(version, path, sha256) of the package."""
    found = []
    for block in index.decode().split("\n\n"):
        field = dict(re.findall(r"^(Package|Version|Filename|SHA256): (.*)$", block, re.M))
        if re.fullmatch(how["name"], field.get("Package", "")):
            found.append((field["Version"], field["Filename"], field["SHA256"]))
    if not found:
        raise Unreachable(f"no {how['name']} in {how['index']}")
    wanted = [package for package in found if package[0] == how["want"]]
    return (wanted or sorted(found, key=lambda p: [int(n) for n in re.findall(r"\d+", p[0])]))[-1]


def member(deb, start):
    """The bytes of a member of an ar archive."""
    at = 8
    while at + 60 <= len(deb):
        name, size = deb[at:at + 16].decode().strip(), int(deb[at + 48:at + 58])
        if name.startswith(start):
            return deb[at + 60:at + 60 + size]
        at += 60 + size + size % 2
    raise ValueError(f"no {start} in the package")


def unpack(deb, folder):
    """The trees only: usr/lib/linux-image-*/VENDOR/NAME.dtb becomes VENDOR/NAME.dtb."""
    data = member(deb, "data.tar")
    count = 0
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:*") as tar:
        for item in tar:
            match = re.fullmatch(r"\./usr/lib/linux-image-[^/]+/((?:[\w+,-][\w.+,-]*/)*[\w.+,-]+\.dtb)",
                                 item.name)
            if match and item.isfile():
                out = folder / match[1]
                out.parent.mkdir(parents=True, exist_ok=True)
                out.write_bytes(tar.extractfile(item).read())
                count += 1
    return count


def fetch(cache):
    """{architecture: version}; the trees are in cache/ARCHITECTURE afterwards."""
    versions = {}
    for arch, how in PACKAGES.items():
        folder, stamp = cache / arch, cache / f"{arch}.version"
        if not stamp.exists():
            version, path, digest = choose(lzma.decompress(download(how["index"])), how)
            deb = download(path)
            if hashlib.sha256(deb).hexdigest() != digest:
                raise Unreachable(f"{path} is not what the index says")
            count = unpack(deb, folder)
            if version == how["want"] and count != how["boards"]:
                raise ValueError(f"{path}: {count} trees instead of {how['boards']}")
            stamp.write_text(version)
        versions[arch] = stamp.read_text()
    return versions


def boards(cache):
    """Every board's name: ARCHITECTURE/[VENDOR/]NAME, without .dtb."""
    return sorted(str(f.relative_to(cache))[:-4] for arch in PACKAGES
                  for f in Path(cache, arch).rglob("*.dtb"))
