#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""An object that calls the C library itself, whatever the linker puts in its place: what is wrapped
has its other name there. Arguments: OBJCOPY WRAP IN OUT."""
import subprocess
import sys
from pathlib import Path

objcopy, wrap, old, new = sys.argv[1:]
names = [f"--redefine-sym={name}=__real_{name}" for name in Path(wrap).read_text().split()
         if "alloc" not in name and "memalign" not in name and name != "free"]
sys.exit(subprocess.run([objcopy, *names, old, new], check=False).returncode)
