# SPDX-License-Identifier: BSD-2-Clause
"""Every place in src/ where order, caches, the last mile, directions, copies or ownership are seen
to, and each way of getting it wrong: found in the text, not in a list of places.

A function belongs to a kind by a word of its name (any_dma_iommu_flush has `flush`), so a new one
is found without a change here; what no word tells is in NAMED. A mutant is one place and one
change, named file:function:change:nth, which stays as lines move.
"""
import re
from collections import Counter, namedtuple
from pathlib import Path

# What moves no bytes and gives no orders: descriptions of machines, observers. arch is what barriers
# are made of; the lab has its own.
NOT_IN = ("arch", "acpi", "platform", "watch")

Mutant = namedtuple("Mutant", "name kind file start end put change")

# kind -> words of a function's name
WORDS = {
    "barrier": {"mb", "wmb", "rmb", "fence"},
    "cache": {"clean", "inval", "flush", "sync"},
    "drain": {"drain"},
    "copy": {"memcpy", "memset", "pad"},
    "release": {"unmap", "free", "give", "leave", "release", "forget", "undo", "detach", "fini",
                "reset"},
}
NAMED = {
    "order_stores": "barrier", "order_loads": "barrier", "order_all": "barrier",
    "for_device": "cache", "all_for_cpu": "cache", "all_for_device": "cache",
    "any_dma_iommu_ready": "cache", "lend_out": "cache", "show": "cache",
    "bounce_in": "copy", "bounce_out": "copy", "copy_in": "copy", "copy_out": "copy",
    "mark": "release", "any_vtd_seen": "cache", "any_vtd_wait": "cache", "any_vtd_close": "release",
}
# A word of theirs, but they only look, or ask.
NOT = re.compile(r"is_|has_|any_ring_free_at$|any_virtio_needs_reset$|any_dma_needs_sync$|needs_"
                 r"|.*_has$|any_dma_cache_alignment$")

SWAPS = [  # the whole name of a call, what it becomes, how the change is told
    (r"any_(dma|smp)_mb", [r"any_\1_wmb", r"any_\1_rmb"]),
    (r"any_dma_(w|r)?mb", [r"any_smp_\1mb"]),
    (r"any_mmio_(w|r)?mb", [r"any_dma_\1mb"]),
    (r"order_all", ["order_stores", "order_loads"]),
    (r"order_stores", ["order_loads"]),
    (r"order_loads", ["order_stores"]),
    (r"(.*cache->)clean", [r"\1inval"]),
    (r"(.*cache->)inval", [r"\1clean"]),
    (r"(.*cache->)clean_inval", [r"\1clean", r"\1inval"]),
    (r"any_dma_cache_clean", ["any_dma_cache_inval"]),
    (r"any_dma_cache_inval", ["any_dma_cache_clean"]),
    (r"any_dma_sync_(sg_)?for_cpu(_slow)?", [r"any_dma_sync_\1for_device\2"]),
    (r"any_dma_sync_(sg_)?for_device(_slow)?", [r"any_dma_sync_\1for_cpu\2"]),
    (r"inval_for_cpu", ["for_device"]),
    (r"for_device", ["inval_for_cpu"]),
    (r"all_for_cpu", ["all_for_device"]),
    (r"all_for_device", ["all_for_cpu"]),
]

# The argument that says how strong a call is, and every direction: a pattern, its kind, and pairs
# of what it becomes and how the change is told.
TO, FROM, BOTH = "ANY_DMA_TO_DEVICE", "ANY_DMA_FROM_DEVICE", "ANY_DMA_BOTH"
TEXTS = [
    (r"(\border_(?:stores|loads|all))\([^()]+\)", "barrier",
     [(r"\1(false)", r"\1 for another CPU")]),
    (r"(\.order_platform = )[^\n]+(?=,\n)", "barrier", [(r"\1false", "order_platform=false")]),
    (r"(\bany_dma_iommu_(?:unmap|release)\([^;]*, )true\)", "release",
     [(r"\1false)", "strict->deferred")]),
    (r"(\bmark\([^;]*,\s*)false\)", "release", [(r"\1true)", "mark free->taken")]),
    (rf"\b{TO}\b", "direction", [(FROM, "TO->FROM"), (BOTH, "TO->BOTH")]),
    (rf"\b{FROM}\b", "direction", [(TO, "FROM->TO"), (BOTH, "FROM->BOTH")]),
    (rf"\b{BOTH}\b", "direction", [(TO, "BOTH->TO"), (FROM, "BOTH->FROM")]),
    (r"([\w\[\]>.-]+) & ANY_DMA_(TO|FROM)_DEVICE", "direction",
     [(r"(\1 == ANY_DMA_\2_DEVICE ? ANY_DMA_\2_DEVICE : 0)", r"\2 without BOTH")]),
    (r"\bANY_IOMMU_READ\b", "direction", [("ANY_IOMMU_WRITE", "READ->WRITE")]),
    (r"\bANY_IOMMU_WRITE\b", "direction", [("ANY_IOMMU_READ", "WRITE->READ")]),
    (r"\bANY_VRING_DESC_WRITE\b", "direction", [("0", "drop DESC_WRITE")]),
    (r"\([\w>.-]+dirs & \w+\) != \([^()]*\)\w+|[\w>.-]+drains & [^?;)]*\)?\w+", "direction",
     [("1", "test->1"), ("0", "test->0")]),
]


def blank(text):
    """Comments, strings and preprocessor lines become spaces: offsets stay."""
    def spaces(match):
        return re.sub(r"[^\n]", " ", match.group(0))
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|(?m:^[ \t]*#(?:[^\n]*\\\n)*[^\n]*)',
                  spaces, text, flags=re.S)


def functions(code):
    """(name, start of the body, its end)"""
    for brace in re.finditer(r"\n\{\n", code):
        head = re.split(r"[;}]\s*\n", code[:brace.start()])[-1]
        name = re.search(r"(\w+)\s*\(", head)
        end = code.find("\n}", brace.end())
        if name and end > 0:
            yield name.group(1), brace.end(), end


def closing(code, at):
    depth = 0
    for i in range(at, len(code)):
        depth += (code[i] == "(") - (code[i] == ")")
        if not depth:
            return i + 1
    raise ValueError("unbalanced")


def kind_of(name):
    if name in NAMED:
        return NAMED[name]
    words = set(name.split("_"))
    return next((k for k, w in WORDS.items() if words & w), None) if not NOT.match(name) else None


def calls(code, start, end):
    """(kind, whole callee, offset, end of the call)"""
    for call in re.finditer(r"(?<![\w.>])((?:\w+(?:->|\.))*)(\w+)\(", code[start:end]):
        kind = kind_of(call.group(2))
        if kind:
            at = start + call.start()
            yield kind, call.group(1) + call.group(2), at, closing(code, start + call.end() - 1)


def changes(code, start, end):
    """(kind, start, end, what it becomes, the change in words), of one function."""
    for kind, callee, at, after in calls(code, start, end):
        yield kind, at, after, "0", f"drop {callee.split('->')[-1] if '->' in callee else callee}"
        for pattern, others in SWAPS:
            match = re.fullmatch(pattern, callee)
            for other in others if match else ():
                put = match.expand(other)
                yield (kind, at, at + len(callee), put,
                       f"{callee.split('->')[-1]}->{put.split('->')[-1]}")
    for pattern, kind, puts in TEXTS:
        for match in re.finditer(pattern, code[start:end]):
            for put, told in puts:
                yield (kind, start + match.start(), start + match.end(), match.expand(put),
                       match.expand(told))


def of_text(file, text):
    code, seen, found = blank(text), Counter(), []
    for name, start, end in functions(code):
        for kind, at, after, put, told in sorted(changes(code, start, end), key=lambda c: c[1]):
            told = told.replace(" ", "-")
            key = f"{file}:{name}:{told}"
            seen[key] += 1
            found.append(Mutant(f"{key}:{seen[key]}", kind, file, at, after, put, told))
    return found


def sources(root):
    root = Path(root)
    for folder in sorted(p for p in (root / "src").iterdir() if p.is_dir()):
        if folder.name not in NOT_IN:
            yield from sorted(p for p in folder.rglob("*") if p.suffix in (".c", ".h"))
    yield from sorted(p for p in (root / "include/anydma").glob("*.h") if p.name != "lab.h")


def find(root):
    return [m for path in sources(root)
            for m in of_text(str(path.relative_to(root)), path.read_text())]


def plant(text, mutant):
    return text[:mutant.start] + mutant.put + text[mutant.end:]
