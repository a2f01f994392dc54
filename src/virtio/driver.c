/* SPDX-License-Identifier: BSD-2-Clause */
/* Bring-up, feature negotiation and configuration, as the driver does them (A1 to A4). */
#include <anydma/virtio.h>

#include "any_arch.h"
#include "lost.h"

#define RESET_POLLS  1000000u /* status reads before a device is given up (VG-ST-12, bounded) */
#define GONE_POLLS   1000u    /* from then on a status of all ones is no device */
#define CONFIG_TRIES 100u

/* Ring and transport features this library has, always accepted when offered. */
#define CORE_FEATURES                                                                              \
	(ANY_VIRTIO_F_VERSION_1 | ANY_VIRTIO_F_ACCESS_PLATFORM | ANY_VIRTIO_F_ORDER_PLATFORM |     \
	 ANY_VIRTIO_F_EVENT_IDX | ANY_VIRTIO_F_NOTIFICATION_DATA | ANY_VIRTIO_F_SUSPEND)

/* Of the ring, where the driver asks for them. */
#define RING_FEATURES (ANY_VIRTIO_F_INDIRECT_DESC | ANY_VIRTIO_F_IN_ORDER)

static const struct any_virtio_transport_ops *ops_of(const struct any_virtio_driver *driver)
{
	return driver->transport->ops;
}

/* Bits are only ever added (VG-ST-09). */
static void add_status(struct any_virtio_driver *driver, unsigned bits)
{
	driver->status = (uint8_t)(driver->status | bits);
	if (driver->removed) /* what answers there now is somebody else */
		return;
	ops_of(driver)->set_status(driver->transport->ctx, driver->status);
}

void any_virtio_fail(struct any_virtio_driver *driver, const char *why)
{
	driver->why = why;
	add_status(driver, ANY_VIRTIO_STATUS_FAILED);
}

static int fail(struct any_virtio_driver *driver, int err, const char *why)
{
	any_virtio_fail(driver, why);
	return err;
}

/* A failed one leaves the status: what the device holds stays its own (any_queue_let_go). Ones are
 * believed where they last. */
int any_virtio_reset(struct any_virtio_driver *driver)
{
	const struct any_virtio_transport *t = driver->transport;
	uint8_t now = 0;

	if (driver->removed)
		return 0;
	t->ops->set_status(t->ctx, 0);
	for (uint32_t i = 0; i < RESET_POLLS; i++) {
		now = t->ops->get_status(t->ctx);
		if (!now) {
			driver->status = 0;
			driver->resuming = driver->lost = false;
			return 0;
		}
		if (now == ANY_VIRTIO_STATUS_GONE && i >= GONE_POLLS)
			break;
		any_cpu_relax();
	}
	driver->lost = true;
	driver->status = (uint8_t)(driver->status & ~ANY_VIRTIO_STATUS_DRIVER_OK);
	driver->why = now == ANY_VIRTIO_STATUS_GONE ? any_virtio_gone
						    : "the device does not complete its reset";
	return -ANY_ENODEV;
}

/* What the driver can take of an offer: known bits only, unknown ones never harm (VG-FT-04, -07).
 */
static uint64_t choose(const struct any_virtio_driver *driver, uint64_t wanted)
{
	uint64_t known =
		CORE_FEATURES | (wanted & ANY_VIRTIO_F_DEVICE_TYPE) | driver->transport->features;

	if (driver->dma->plat->coherent) /* a packed ring's lines have two writers */
		known |= ANY_VIRTIO_F_RING_PACKED | (wanted & RING_FEATURES);
	return driver->offered & known;
}

static int check_offer(struct any_virtio_driver *driver, uint64_t required)
{
	if (!(driver->offered & ANY_VIRTIO_F_VERSION_1)) /* VG-FB-05 */
		return fail(driver, -ANY_ENODEV, "the device is not a virtio 1.x device");
	/* Without bit 33 the device sends CPU physical addresses past the platform (AP-2, AP-3). */
	if (!(driver->offered & ANY_VIRTIO_F_ACCESS_PLATFORM) && !any_dma_is_flat(driver->dma))
		return fail(driver, -ANY_EPERM,
			    "the device does not offer ACCESS_PLATFORM, and this platform's DMA is "
			    "not plain physical memory: it would read and write the wrong bytes");
	if (required & ~driver->offered) /* VG-FT-06 */
		return fail(driver, -ANY_ENODEV, "the device lacks a feature the driver needs");
	return 0;
}

static int negotiate(struct any_virtio_driver *driver, uint64_t wanted, uint64_t required,
		     uint64_t (*unmet)(uint64_t features))
{
	const struct any_virtio_transport *t = driver->transport;
	uint8_t now;
	int err;

	driver->offered = t->ops->get_features(t->ctx);
	err = check_offer(driver, required);
	if (err)
		return err;
	driver->features = choose(driver, wanted | required);
	while (unmet && unmet(driver->features)) /* VG-FT-02, -03 */
		driver->features &= ~unmet(driver->features);
	t->ops->set_features(t->ctx, driver->features);
	add_status(driver, ANY_VIRTIO_STATUS_FEATURES_OK);
	now = t->ops->get_status(t->ctx);
	if (now == ANY_VIRTIO_STATUS_GONE) /* it has every bit, and accepts everything */
		return fail(driver, -ANY_ENODEV, any_virtio_gone);
	if (!(now & ANY_VIRTIO_STATUS_FEATURES_OK)) /* VG-ST-04 */
		return fail(driver, -ANY_ENODEV, "the device does not accept these features");
	return 0;
}

int any_virtio_begin(struct any_virtio_driver *driver, const struct any_virtio_transport *transport,
		     struct any_dma_dev *dma, uint64_t wanted, uint64_t required)
{
	return any_virtio_begin_met(driver, transport, dma, wanted, required, NULL);
}

int any_virtio_begin_met(struct any_virtio_driver *driver,
			 const struct any_virtio_transport *transport, struct any_dma_dev *dma,
			 uint64_t wanted, uint64_t required, uint64_t (*unmet)(uint64_t features))
{
	int err;

	*driver = (struct any_virtio_driver){.transport = transport, .dma = dma};
	err = any_virtio_reset(driver); /* the first write is 0 (VG-ST-01, VG-ST-10) */
	if (err)
		return fail(driver, err, driver->why);
	add_status(driver, ANY_VIRTIO_STATUS_ACKNOWLEDGE);
	add_status(driver, ANY_VIRTIO_STATUS_DRIVER);
	return negotiate(driver, wanted, required, unmet);
}

void any_virtio_ready(struct any_virtio_driver *driver)
{
	add_status(driver, ANY_VIRTIO_STATUS_DRIVER_OK);
}

bool any_virtio_needs_reset(const struct any_virtio_driver *driver)
{
	return ops_of(driver)->get_status(driver->transport->ctx) & ANY_VIRTIO_STATUS_NEEDS_RESET;
}

/* ---- suspend -----------------------------------------------------------------------------------
 */

#define RUNNING(status)                                                                            \
	(((status) & (ANY_VIRTIO_STATUS_SUSPEND | ANY_VIRTIO_STATUS_DRIVER_OK)) ==                 \
	 ANY_VIRTIO_STATUS_DRIVER_OK)
#define SUSPENDED(status)                                                                          \
	(((status) & (ANY_VIRTIO_STATUS_SUSPEND | ANY_VIRTIO_STATUS_DRIVER_OK)) ==                 \
	 ANY_VIRTIO_STATUS_SUSPEND)

static uint8_t read_status(const struct any_virtio_driver *driver)
{
	return ops_of(driver)->get_status(driver->transport->ctx);
}

/* From the write on DRIVER_OK is off in our own copy: queues do not kick (VG-ST-19). */
int any_virtio_suspend(struct any_virtio_driver *driver)
{
	uint8_t now;

	if (RUNNING(driver->status)) {
		if (!any_virtio_has(driver, ANY_VIRTIO_F_SUSPEND))
			return -ANY_ENOTSUP;
		add_status(driver, ANY_VIRTIO_STATUS_SUSPEND);
		driver->status = (uint8_t)(driver->status & ~ANY_VIRTIO_STATUS_DRIVER_OK);
	} else if (!SUSPENDED(driver->status)) {
		return -ANY_ENOTSUP;
	}
	now = read_status(driver); /* VG-ST-18 */
	if (now & ANY_VIRTIO_STATUS_NEEDS_RESET)
		return -ANY_EPROTO;
	return SUSPENDED(now) ? 0 : -ANY_EAGAIN;
}

int any_virtio_resume(struct any_virtio_driver *driver)
{
	uint8_t now;

	if (!driver->resuming) {
		const int err =
			SUSPENDED(driver->status) ? any_virtio_suspend(driver) : -ANY_ENOTSUP;

		if (err)
			return err;
		ops_of(driver)->set_status(driver->transport->ctx,
					   driver->status | ANY_VIRTIO_STATUS_DRIVER_OK);
		driver->status = (uint8_t)(driver->status & ~ANY_VIRTIO_STATUS_SUSPEND);
		driver->resuming = true;
	}
	now = read_status(driver); /* VG-ST-20 */
	if (now & ANY_VIRTIO_STATUS_NEEDS_RESET)
		return -ANY_EPROTO;
	if (!RUNNING(now))
		return -ANY_EAGAIN;
	driver->status |= ANY_VIRTIO_STATUS_DRIVER_OK;
	driver->resuming = false;
	return 0;
}

/* ---- configuration --------------------------------------------------------------------------- */

struct any_virtio_config_read any_virtio_config_begin(const struct any_virtio_driver *driver)
{
	return (struct any_virtio_config_read){
		.generation = ops_of(driver)->config_generation(driver->transport->ctx),
	};
}

bool any_virtio_config_again(const struct any_virtio_driver *driver,
			     struct any_virtio_config_read *read)
{
	uint32_t now = ops_of(driver)->config_generation(driver->transport->ctx);

	if (now == read->generation)
		return false;
	read->generation = now;
	read->torn = ++read->tries == CONFIG_TRIES;
	return !read->torn;
}

static uint32_t config(const struct any_virtio_driver *driver, uint32_t offset, unsigned width)
{
	const struct any_virtio_transport *t = driver->transport;

	/* Shorter than the field: as if it were 0, whatever the transport would do (VG-CF-05). */
	if (t->config_len < width || offset > t->config_len - width)
		return 0;
	return t->ops->config_read(t->ctx, offset, width);
}

uint8_t any_virtio_config8(const struct any_virtio_driver *driver, uint32_t offset)
{
	return (uint8_t)config(driver, offset, 1);
}

uint16_t any_virtio_config16(const struct any_virtio_driver *driver, uint32_t offset)
{
	return (uint16_t)config(driver, offset, 2);
}

uint32_t any_virtio_config32(const struct any_virtio_driver *driver, uint32_t offset)
{
	return config(driver, offset, 4);
}

uint64_t any_virtio_config64(const struct any_virtio_driver *driver, uint32_t offset)
{
	return config(driver, offset, 4) | (uint64_t)config(driver, offset + 4, 4) << 32;
}
