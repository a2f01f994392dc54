# SPDX-License-Identifier: BSD-2-Clause
# Two commands: `make run` shows the lab on every platform, `make check` proves the tree. Both
# install what Debian lacks first. Meson does the building: see CONTRIBUTING.md.
.PHONY: run check build bench boot packages clean

run:      ; @scripts/packages run && scripts/run
check:    ; @scripts/packages check && scripts/check
build:    ; @scripts/build
bench:    ; @scripts/build && scripts/bench
boot:     ; @scripts/packages boot && scripts/boot
packages: ; @scripts/packages check
clean:    ; rm -rf build
