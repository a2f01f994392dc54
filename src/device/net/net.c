/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio network, the device: registers, configuration, memory. */
#include "net.h"

#include "base/bits.h"
#include "base/mem.h"

#define KNOWN                                                                                      \
	(ANY_NET_F_CSUM | ANY_NET_F_GUEST_CSUM | ANY_NET_F_CTRL_GUEST_OFFLOADS | ANY_NET_F_MTU |   \
	 ANY_NET_F_MAC | ANY_NET_F_GUEST_GSO | ANY_NET_F_GUEST_ECN | ANY_NET_F_HOST_GSO |          \
	 ANY_NET_F_HOST_ECN | ANY_NET_F_MRG_RXBUF | ANY_NET_F_STATUS | ANY_NET_F_CTRL_VQ |         \
	 ANY_NET_F_CTRL_RX | ANY_NET_F_CTRL_VLAN | ANY_NET_F_CTRL_RX_EXTRA |                       \
	 ANY_NET_F_GUEST_ANNOUNCE | ANY_NET_F_MQ | ANY_NET_F_CTRL_MAC_ADDR |                       \
	 ANY_NET_F_SPEED_DUPLEX)
/* A packet may be many chains; a chain of more pieces than the ring has would be too many. */
#define RINGS                                                                                      \
	(ANY_VIRTIO_F_EVENT_IDX | ANY_VIRTIO_F_ACCESS_PLATFORM | ANY_VIRTIO_F_RING_PACKED |        \
	 ANY_VIRTIO_F_ORDER_PLATFORM | ANY_VIRTIO_F_NOTIFICATION_DATA | ANY_VIRTIO_F_RING_RESET)

/* ---- what the transport asks ------------------------------------------------------------------
 */

/* VD-NT-01 is about what was accepted, too. */
static bool features_ok(void *ctx, uint64_t features)
{
	struct any_net_device *dev = ctx;

	dev->offloads =
		features & (ANY_NET_F_GUEST_CSUM | ANY_NET_F_GUEST_GSO | ANY_NET_F_GUEST_ECN);
	return !any_net_unmet(features);
}

static unsigned status(const struct any_net_device *dev)
{
	return (dev->down ? 0 : ANY_NET_S_LINK_UP) | (dev->announce ? ANY_NET_S_ANNOUNCE : 0);
}

static uint32_t config_byte(const struct any_net_device *dev, uint32_t at)
{
	const struct any_net_device_config *c = &dev->config;

	if (at < ANY_NET_CFG_STATUS)
		return dev->filter.mac[at];
	if (at < ANY_NET_CFG_MAX_PAIRS)
		return status(dev) >> 8 * (at - ANY_NET_CFG_STATUS);
	if (at < ANY_NET_CFG_MTU)
		return (unsigned)c->pairs >> 8 * (at - ANY_NET_CFG_MAX_PAIRS);
	if (at < ANY_NET_CFG_SPEED)
		return (unsigned)c->mtu >> 8 * (at - ANY_NET_CFG_MTU);
	if (at < ANY_NET_CFG_DUPLEX)
		return c->speed >> 8 * (at - ANY_NET_CFG_SPEED);
	return c->duplex;
}

static uint32_t config_read(void *ctx, uint32_t offset, unsigned width)
{
	uint32_t value = 0;

	for (unsigned i = 0; i < width; i++)
		value |= (config_byte(ctx, offset + i) & 0xff) << 8 * i;
	return value;
}

static void forget(struct any_net_device *dev)
{
	for (uint32_t i = 0; i < dev->config.pairs; i++) {
		dev->hands[i].n = dev->hands[i].n_pieces = 0;
		dev->hands[i].room = 0;
	}
	dev->active = 1; /* VD-NT-26 */
	dev->announce = false;
	dev->offloads = 0;
	any_net_filter_reset(&dev->filter, dev->config.mac);
}

static void reset(void *ctx)
{
	forget(ctx);
}

static const struct any_virtio_device_ops net_ops = {
	.features_ok = features_ok,
	.config_read = config_read,
	.reset = reset,
};

uint32_t any_net_device_control_queue(const struct any_net_device *dev)
{
	return any_net_device_has(dev, ANY_NET_F_MQ) ? 2u * dev->config.pairs : 2;
}

/* ---- memory ---------------------------------------------------------------------------------- */

static void *carve(char **at, size_t bytes)
{
	void *here = *at;

	*at += (bytes + 7) & ~(size_t)7;
	return here;
}

static struct any_virtio_device_queue *carve_all(struct any_net_device *dev, void *memory)
{
	const uint32_t pairs = dev->config.pairs, max = dev->config.queue_max, n = 2 * pairs + 1;
	char *at = memory;
	struct any_virtio_device_queue *queues = carve(&at, n * sizeof(*queues));

	dev->hands = carve(&at, pairs * sizeof(*dev->hands));
	for (uint32_t i = 0; i < n; i++)
		queues[i] = (struct any_virtio_device_queue){
			.max = max,
			.pieces = carve(&at, max * sizeof(*queues->pieces)),
			.held = carve(&at, max * sizeof(*queues->held)),
		};
	for (uint32_t i = 0; i < pairs; i++)
		dev->hands[i] = (struct any_net_hand){
			.chains = carve(&at, max * sizeof(*dev->hands->chains)),
			.pieces = carve(&at, max * sizeof(*dev->hands->pieces)),
		};
	return queues;
}

static bool makes_sense(const struct any_net_backend *backend,
			const struct any_net_device_config *c)
{
	const uint64_t f = c->features;

	if ((f & ~(KNOWN | RINGS)) || any_net_unmet(f) || !any_is_pow2(c->queue_max) ||
	    c->queue_max > ANY_RING_MAX_SIZE)
		return false;
	if ((f & ANY_NET_F_HOST_GSO) && !backend->takes_csum)
		return false;
	if ((f & ANY_NET_F_MTU) && c->mtu < ANY_NET_MTU_MIN) /* VD-NT-02 */
		return false;
	if ((f & ANY_NET_F_MAC) && (c->mac[0] & 1))
		return false;
	if ((f & ANY_NET_F_SPEED_DUPLEX) && /* VD-NT-05 */
	    ((c->speed > 0x7fffffffu && c->speed != ANY_NET_SPEED_UNKNOWN) ||
	     (c->duplex > 1 && c->duplex != ANY_NET_DUPLEX_UNKNOWN)))
		return false;
	if (!c->pairs || c->pairs >= ANY_NET_MAX_PAIRS) /* the control queue has a number, too */
		return false;
	return c->pairs == 1 || (f & ANY_NET_F_MQ);
}

int any_net_device_init(struct any_net_device *dev, const struct any_net_backend *backend,
			void *ctx, const struct any_net_device_config *config,
			struct any_space *space, void *memory, size_t bytes, void *stage,
			size_t stage_bytes)
{
	struct any_virtio_device_queue *queues;
	uint32_t n_queues;
	int err;

	if (!makes_sense(backend, config) || (uintptr_t)memory % 8)
		return -ANY_EINVAL;
	if (bytes < ANY_NET_DEVICE_BYTES(config->pairs, config->queue_max))
		return -ANY_ENOSPC;
	*dev = (struct any_net_device){
		.backend = backend,
		.ctx = ctx,
		.config = *config,
		.stage = stage,
		.stage_bytes = stage_bytes,
	};
	queues = carve_all(dev, memory);
	forget(dev);
	n_queues = 2u * config->pairs + (config->features & ANY_NET_F_CTRL_VQ ? 1 : 0);
	err = any_virtio_device_init(&dev->virtio, &net_ops, dev, space, queues, (uint16_t)n_queues,
				     config->features);
	if (err)
		return err;
	dev->virtio.device_id = ANY_VIRTIO_ID_NET;
	dev->virtio.config_len = ANY_NET_CFG_BYTES;
	return 0;
}

/* ---- the line -------------------------------------------------------------------------------- */

void any_net_device_set_link(struct any_net_device *dev, bool up)
{
	dev->down = !up;
	any_virtio_device_config_changed(&dev->virtio);
}

void any_net_device_announce(struct any_net_device *dev)
{
	if (!any_net_device_has(dev, ANY_NET_F_GUEST_ANNOUNCE))
		return;
	dev->announce = true;
	any_virtio_device_config_changed(&dev->virtio);
}
