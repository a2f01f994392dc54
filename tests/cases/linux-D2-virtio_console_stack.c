/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linux, virtio-console, commit c4baad50297d: the console core prints through put_chars() from a
 * buffer on its stack, and the driver gave that very buffer to the device. A stack may lie in
 * vmalloc memory, whose addresses mean nothing to a device; the mend is a copy from the heap.
 */
#include "linux.h"

#define N_OUTBUF 16

struct port {
	struct engine out; /* its FIFO is the host's side of the console */
};

/* Waits until the host has taken it: the console core wants its buffer back. */
static int send_buf(struct port *port, const void *buf, size_t count)
{
	struct device *dev = port->out.dev;
	void *p = (void *)(uintptr_t)buf;
	dma_addr_t dma;
	int err;

	dma = dma_map_single(dev, p, count, DMA_TO_DEVICE); /* BUG: the stack, unless copied */
	if (dma_mapping_error(dev, dma))
		return -ENOMEM;
	engine_start(&port->out, ANY_LAB_ENGINE_TO_FIFO, dma, 0, (u32)count);
	err = engine_finish(&port->out);
	dma_unmap_single(dev, dma, count, DMA_TO_DEVICE);
	return err ? err : (int)count;
}

static int put_chars(struct port *port, const char *buf, int count, bool fixed)
{
	char *data;
	int ret;

	if (!fixed)
		return send_buf(port, buf, (size_t)count);
	data = kmalloc((size_t)count, GFP_ATOMIC);
	if (!data)
		return -ENOMEM;
	memcpy(data, buf, (size_t)count);
	ret = send_buf(port, data, (size_t)count);
	kfree(data);
	return ret;
}

/* The console core: gathers a few characters, a carriage return before each newline. */
static int console_print(struct port *port, const char *b, size_t count, bool fixed)
{
	char c[N_OUTBUF] __attribute__((aligned(sizeof(long))));
	int i = 0, ret = 0;

	for (size_t done = 0; done < count || i;) {
		if (done < count && i < N_OUTBUF - 1) {
			if (b[done] == '\n')
				c[i++] = '\r';
			c[i++] = b[done++];
			continue;
		}
		ret = put_chars(port, c, i, fixed);
		if (ret < 0)
			return ret;
		i = 0;
	}
	return 0;
}

static int run(struct any_lab *lab, bool fixed)
{
	static const char text[] = "virtio console\nhello from the guest\n",
			  want[] = "virtio console\r\nhello from the guest\r\n";
	char got[sizeof(want)] = {0};
	struct port port;
	int err = engine_probe(&port.out, lab, 0);

	if (!err)
		err = console_print(&port, text, sizeof(text) - 1, fixed);
	if (!err) {
		ANY_LAB_CHECK(lab, any_lab_engine_consumed(lab, 0, 0, got, sizeof(got)) ==
					   sizeof(want) - 1);
		ANY_LAB_CHECK(lab, !memcmp(got, want, sizeof(want)));
	}
	any_linux_unbind(port.out.pdev);
	return err;
}

ANY_CASE(linux_virtio_console, run, .name = "linux-D2-virtio_console_stack",
	 .issue = "Linux c4baad50297d (conformance D2)",
	 .bug = "the console core's stack buffer given to the device", .rule = ANY_LAB_BAD_MEMORY,
	 .platform = "x86-vtd");
