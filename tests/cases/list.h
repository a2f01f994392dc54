/* SPDX-License-Identifier: BSD-2-Clause */
/* CASE(the shim it is written on, the file without .c, its identifier) */
CASE(linux, linux-D1-talitos_header, linux_talitos)
CASE(linux, linux-D2-virtio_console_stack, linux_virtio_console)
CASE(linux, linux-D3-mmci_error_unmap, linux_mmci)
CASE(linux, linux-D4-virtqueue_sync_direction, linux_virtqueue_sync)
CASE(linux, linux-D5-dspi_free, linux_dspi)
CASE(linux, linux-D20-v3d_max_seg_size, linux_v3d)
CASE(linux, lwfinger-3-rtl8192ee_leak, lwfinger_rtl8192ee)
CASE(plain, hermit-2669-notify_order, hermit_notify)
CASE(plain, osv-1450-used_id, osv_used_id)
CASE(plain, rt_thread-11326-used_len, rt_thread_used_len)
CASE(plain, zephyr-113343-callback, zephyr_callback)
