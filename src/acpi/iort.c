/* SPDX-License-Identifier: BSD-2-Clause */
/* IORT: which SMMU a device of an Arm machine is behind, under which id, and how far it reaches. */
#include "acpi.h"

#include "base/bits.h"

enum {
	NODE_ITS,
	NODE_NAMED,
	NODE_ROOT_COMPLEX,
	NODE_SMMU,
	NODE_SMMU_V3,
	NODE_PMCG,
	NODE_RMR,
};

#define NODE_HEADER    16u
#define MAPPING	       20u
#define MAPPING_SINGLE 0x1u /* one output id, whatever the input */
#define CHAIN	       4u   /* nodes between a device and its SMMU */
#define CANWBS	       0x4u
#define MSI_BASE       0x8000000u /* the window Linux keeps for an SMMU's doorbells */
#define MSI_SIZE       0x100000u

struct node {
	uint32_t at, n, n_maps, maps;
	uint8_t type, revision;
};

/* Each read goes through get*(), but a node that is cut short would read as zeros. */
static uint32_t least(uint8_t type)
{
	static const uint8_t bytes[] = {20, 30, 32, 60, 44, 24, 28};

	return type < ANY_ARRAY_SIZE(bytes) ? bytes[type] : NODE_HEADER;
}

static int node_at(const struct table *t, uint32_t at, struct node *node)
{
	struct node n = {.at = at, .type = get8(t, at), .n = get16(t, at + 1)};

	n.revision = get8(t, at + 3);
	n.n_maps = get32(t, at + 8);
	n.maps = get32(t, at + 12);
	if (at > t->n || t->n - at < NODE_HEADER || n.n < least(n.type) || n.n > t->n - at)
		return any_acpi_error(t, -ANY_EINVAL, at, "a node runs off the table, or is cut");
	if (n.n_maps && (n.maps > n.n || n.n_maps > (n.n - n.maps) / MAPPING))
		return any_acpi_error(t, -ANY_EINVAL, at, "id mappings run off their node");
	*node = n;
	return 0;
}

/* Calls `visit` for each node in order until it returns something. */
static int each(const struct table *t,
		int (*visit)(const struct table *t, const struct node *n, void *ctx), void *ctx)
{
	uint32_t at = get32(t, 40), count = get32(t, 36);
	struct node node;
	int err = 0;

	for (uint32_t i = 0; i < count && !err; i++, at += node.n) {
		err = node_at(t, at, &node);
		if (!err)
			err = visit(t, &node, ctx);
		if (err)
			break;
	}
	return err;
}

static bool named(const struct table *t, const struct node *n, const char *name)
{
	uint32_t at = n->at + 29, end = n->at + n->n;

	while (at < end && get8(t, at) && get8(t, at) == (uint8_t)*name) {
		at++;
		name++;
	}
	return at < end && !get8(t, at) && !*name;
}

struct search {
	const struct any_acpi_device *device;
	struct node found;
};

static int match(const struct table *t, const struct node *n, void *ctx)
{
	struct search *s = ctx;
	bool hit = s->device->name ? n->type == NODE_NAMED && named(t, n, s->device->name)
				   : n->type == NODE_ROOT_COMPLEX &&
					     get32(t, n->at + 28) == s->device->segment;

	if (hit)
		s->found = *n;
	return hit;
}

/* False: no mapping takes this id. The number of ids is said less one. */
static bool map_id(const struct table *t, const struct node *n, uint32_t id, uint32_t *out,
		   uint32_t *next)
{
	for (uint32_t i = 0; i < n->n_maps; i++) {
		uint32_t at = n->at + n->maps + i * MAPPING, base = get32(t, at);
		bool single = get32(t, at + 16) & MAPPING_SINGLE;

		if (single && n->type == NODE_ROOT_COMPLEX)
			continue; /* for the complex itself, not for its functions */
		if (!single && (id < base || id - base > get32(t, at + 4)))
			continue;
		*out = get32(t, at + 8) + (single ? 0 : id - base);
		*next = get32(t, at + 12);
		return true;
	}
	return false;
}

static int take_smmu(const struct table *t, const struct node *n, uint32_t id,
		     struct any_acpi_answer *a)
{
	bool v3 = n->type == NODE_SMMU_V3;
	uint32_t flags = get32(t, n->at + (v3 ? 24 : 36));

	/* Nothing in the table says how many bits it translates: what every SMMU does. */
	any_acpi_aperture(a, v3 ? ANY_ACPI_UNIT_SMMU_V3 : ANY_ACPI_UNIT_SMMU, get64(t, n->at + 16),
			  32);
	a->platform.machine.iommu.stream_id = a->alias = id;
	a->platform.machine.iommu.tables_noncoherent = !(flags & (v3 ? 1u : 2u));
	return any_acpi_reserve(t, n->at, a, MSI_BASE, MSI_SIZE, false);
}

/* Ids are translated from node to node until one is an SMMU. An ITS ends the way without one. */
static int follow(const struct table *t, struct node n, uint32_t id, struct any_acpi_answer *a,
		  uint32_t *smmu)
{
	for (unsigned depth = 0; depth < CHAIN; depth++) {
		uint32_t next;
		int err;

		if (!map_id(t, &n, id, &id, &next))
			return 0;
		err = node_at(t, next, &n);
		if (err)
			return err;
		if (n.type == NODE_SMMU || n.type == NODE_SMMU_V3) {
			*smmu = n.at;
			return take_smmu(t, &n, id, a);
		}
		if (n.type == NODE_ITS)
			return 0;
		if (n.type != NODE_NAMED && n.type != NODE_ROOT_COMPLEX)
			return any_acpi_error(t, -ANY_EINVAL, n.at, "is no node to send ids to");
	}
	return any_acpi_error(t, -ANY_EINVAL, n.at, "the way to an SMMU never ends");
}

struct regions {
	struct any_acpi_answer *answer;
	uint32_t smmu, id;
};

static bool concerns(const struct table *t, const struct node *n, const struct regions *r)
{
	for (uint32_t i = 0; i < n->n_maps; i++) {
		uint32_t at = n->at + n->maps + i * MAPPING, out = get32(t, at + 8);
		uint32_t more = get32(t, at + 16) & MAPPING_SINGLE ? 0 : get32(t, at + 4);

		if (get32(t, at + 12) == r->smmu && r->id >= out && r->id - out <= more)
			return true;
	}
	return false;
}

/* Memory that a device uses before any driver runs stays mapped as it is. */
static int reserve(const struct table *t, const struct node *n, void *ctx)
{
	const struct regions *r = ctx;
	uint32_t count = get32(t, n->at + 20), from = get32(t, n->at + 24);
	int err = 0;

	if (n->type != NODE_RMR || !concerns(t, n, r))
		return 0;
	if (from > n->n || count > (n->n - from) / 20)
		return any_acpi_error(t, -ANY_EINVAL, n->at, "memory ranges run off their node");
	for (uint32_t i = 0, at = n->at + from; i < count && !err; i++, at += 20)
		err = any_acpi_reserve(t, at, r->answer, get64(t, at), get64(t, at + 8), true);
	return err;
}

static void take_properties(const struct table *t, const struct node *n, struct any_acpi_answer *a,
			    bool *has_cca, bool has_dma)
{
	bool component = n->type == NODE_NAMED;
	uint32_t at = n->at + (component ? 20 : 16);
	uint8_t limit = get8(t, n->at + (component ? 28 : 32));

	if (!*has_cca)
		a->platform.facts.coherent = get32(t, at) == 1;
	*has_cca = true;
	a->can_force_coherent = get8(t, at + 7) & CANWBS;
	if (has_dma || !limit || limit >= 64 || (!component && (n->revision < 1 || n->n < 33)))
		return; /* a limit of 0 bits is firmware's mistake */
	a->platform.facts.dma_max = (1ull << limit) - 1;
}

int any_acpi_read_iort(const struct any_acpi *acpi, const struct any_acpi_device *d,
		       struct any_acpi_answer *a, bool *has_cca, bool has_dma,
		       struct any_platform_error *error)
{
	struct search s = {.device = d};
	struct regions r = {.answer = a};
	struct table t;
	int err = any_acpi_open(&t, &acpi->iort, "IORT", 48, error);

	if (err > 0)
		err = each(&t, match, &s);
	if (err <= 0)
		return err;
	take_properties(&t, &s.found, a, has_cca, has_dma);
	err = follow(&t, s.found, d->name ? 0 : requester(d), a, &r.smmu);
	if (err || !a->platform.machine.iommu.present)
		return err;
	r.id = a->alias;
	return each(&t, reserve, &r);
}
