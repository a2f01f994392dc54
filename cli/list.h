/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The subcommands. One line here and one file NAME.c, or NAME/NAME.c, with
 * `int cli_NAME(int argc, char **argv)` (start from template.c) make a subcommand; the build, the
 * dispatcher and `anydma help` read this. No include guard: it is included once per use.
 */
CLI_COMMAND(lab, "run the driver on every platform model and report the first wrong DMA event")
CLI_COMMAND(acpi, "say what ACPI tables tell about one device and its IOMMU")
CLI_COMMAND(explain, "say what a devicetree means for every device that masters the bus")
CLI_COMMAND(translate, "say where one address goes, bus by bus, from a device to memory or back")
CLI_COMMAND(lint, "find what contradicts itself or the DMA bindings in a devicetree")
CLI_COMMAND(list, "list the catalogue of platforms, by wart, architecture or mechanism")
CLI_COMMAND(help, "describe anydma or one of its commands")
