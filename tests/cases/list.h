/* SPDX-License-Identifier: BSD-2-Clause */
/* CASE(the shim it is written on, the file without .c, its identifier) */
CASE(linux, linux-D1-talitos_header, linux_talitos)
