/* SPDX-License-Identifier: BSD-2-Clause */
/* One cell: a machine from a tree, a driver told the truth or the lie, a disk, a verdict. */
#include <openssl/evp.h>
#include <stdlib.h>
#include <time.h>

#include "run.h"
#include "small/small.h"
#include "../core/words.h"
#include "../oracle/history.h"
#include "../oracle/oracle.h"
#include "../port/port.h"
#include "../scenario/scenario.h"

struct run {
	const struct any_lab_config *config;
	struct any_lab_cell *cell;
	struct any_platform plat;
	struct lab_machine *m;
	struct lab_port port;
	struct lab_disk disk;
	struct lab_model model;
	struct lab_work work;
	const struct lab_small_kind *kind; /* NULL: none */
	struct any_dma_dev dma;
	struct any_lab *lab; /* of a scenario */
	struct lab_tape *tape;
};

static int bad(struct run *r, int err, const char *why)
{
	r->cell->verdict = ANY_LAB_BAD_RUN;
	if (why != r->cell->report.text)
		snprintf(r->cell->report.text, sizeof(r->cell->report.text), "%s", why);
	return err;
}

/* The block driver's: its disk, its device, its work. */
static int build_block(struct run *r)
{
	int err = lab_disk_open(&r->disk, r->config);

	if (err)
		return bad(r, err, r->disk.error);
	err = lab_model_blk(&r->model, r->m, &r->disk, r->config);
	if (err)
		return bad(r, err, "the device model refuses its configuration");
	r->work = (struct lab_work){.machine = r->m,
				    .disk = &r->disk,
				    .dma = &r->dma,
				    .result = malloc(r->disk.size),
				    .staging = malloc(LAB_SLOT_DATA),
				    .write = r->config->write,
				    .two_queues = r->config->two_queues,
				    .indirect = r->config->indirect,
				    .progress = r->config->progress,
				    .progress_ctx = r->config->progress_ctx};
	if (!r->work.result || !r->work.staging)
		return bad(r, -ANY_ENOMEM, "out of memory");
	lab_place_slots(r->m, r->work.slots);
	return 0;
}

static int build_net(struct run *r)
{
	int err = lab_model_net(&r->model, r->m, r->config);

	if (err)
		return bad(r, err, "the device model refuses its configuration");
	r->work = (struct lab_work){.machine = r->m, .dma = &r->dma};
	lab_place_slots(r->m, r->work.slots);
	return 0;
}

static int build_small(struct run *r)
{
	int err;

	r->kind = lab_small_kind(r->config->small);
	if (!r->kind)
		return bad(r, -ANY_ENOENT, "there is no such small device");
	err = r->kind->model(&r->model, r->m, r->config);
	if (err)
		return bad(r, err, "the device model refuses its configuration");
	r->work = (struct lab_work){.machine = r->m, .dma = &r->dma};
	lab_place_slots(r->m, r->work.slots);
	return 0;
}

static int build_scenario(struct run *r)
{
	r->lab = calloc(1, sizeof(*r->lab));
	if (!r->lab)
		return bad(r, -ANY_ENOMEM, "out of memory");
	r->lab->m = r->m;
	r->lab->port = &r->port;
	r->lab->dma = &r->dma;
	r->lab->scenario = r->config->scenario;
	r->lab->operations = r->config->operations;
	r->m->lab = r->lab;
	r->m->raw = r->config->scenario->flags & ANY_LAB_RAW;
	return 0;
}

static int build(struct run *r)
{
	char why[ANY_LAB_TEXT] = "out of memory";
	int err;

	r->m = lab_machine_create(&r->plat, r->config->seed, why);
	if (!r->m)
		return bad(r, -ANY_ENOTSUP, why);
	r->m->report = &r->cell->report;
	r->m->chance.adversary = r->cell->adversary;
	r->m->chance.holds_back = r->cell->adversary && !(r->config->seed >> 1 & 1);
	r->m->chance.tape = r->tape;
	r->m->strict = r->config->strict;
	r->m->identity = r->cell->identity;
	r->m->suppress = r->config->suppress;
	r->m->n_suppress = r->config->n_suppress < ANY_LAB_SUPPRESSIONS ? r->config->n_suppress
									: ANY_LAB_SUPPRESSIONS;
	err = lab_port_build(&r->port, r->m, r->config->bypass, why);
	if (err)
		return bad(r, err, why);
	if (r->config->log && !lab_log_open(&r->m->sinks[r->m->n_sinks++], r->config->log)) {
		r->m->n_sinks--;
		return bad(r, -ANY_EIO, "cannot write the event log");
	}
	if (r->config->trace && !lab_trace_open(&r->m->sinks[r->m->n_sinks++], r->config->trace)) {
		r->m->n_sinks--;
		return bad(r, -ANY_EIO, "cannot write the trace");
	}
	if (r->tape && r->tape->history)
		lab_history_open(&r->m->sinks[r->m->n_sinks++], r->tape->history);
	if (r->config->scenario)
		return build_scenario(r);
	if (r->config->small)
		return build_small(r);
	return r->config->net ? build_net(r) : build_block(r);
}

static uint64_t device_mask(const struct run *r)
{
	unsigned bits = r->plat.machine.master_bits;

	return bits && bits < 64 ? (1ull << bits) - 1 : ~0ull;
}

/* What a driver knows of its own device beside the mask (DA-36, DA-37). */
static int set_limits(struct any_dma_dev *dma, const struct any_platform_machine *device)
{
	int err = 0;

	if (device->boundary)
		err = any_dma_set_boundary(dma, device->boundary);
	if (!err && device->max_segment)
		err = any_dma_set_max_segment(dma, device->max_segment);
	if (!err && device->min_align)
		err = any_dma_set_min_align(dma, device->min_align);
	return err;
}

/* The driver's life, under the oracle's eyes. Leaves early by longjmp when it finds something. */
static int drive(struct run *r)
{
	uint64_t mask = r->config->bypass ? ~0ull : device_mask(r);
	int err = any_dma_attach(&r->dma, &r->port.plat);

	if (!err)
		err = any_dma_set_mask(&r->dma, mask);
	if (!err)
		err = any_dma_set_coherent_mask(&r->dma, mask);
	if (err) {
		r->work.why = "the DMA API refuses the platform";
		return err;
	}
	if (!err && !r->config->bypass)
		err = set_limits(&r->dma, &r->plat.machine);
	if (err) {
		r->work.why = "the DMA API refuses the device's limits";
		return err;
	}
	if (!r->config->bypass)
		lab_port_boot(&r->port, r->m);
	lab_oracle_watch(r->m, &r->dma);
	if (r->lab)
		return lab_scenario_run(r->lab);
	r->m->calm = false;
	lab_chance_begin(r->m);
	if (r->kind)
		err = lab_work_small(&r->work, r->kind->verbs);
	else
		err = r->config->net ? lab_work_net(&r->work) : lab_work_run(&r->work);
	r->m->calm = true;
	if (!err)
		lab_judge_end(r->m);
	any_dma_detach(&r->dma);
	return err;
}

static void verdict_of_error(struct run *r, int err)
{
	struct any_lab_report *report = &r->cell->report;

	r->cell->verdict = ANY_LAB_FAIL;
	report->rule = err == -ANY_EPERM ? ANY_LAB_REFUSED : ANY_LAB_DRIVER_ERROR;
	report->step = r->m->step;
	if (r->lab)
		snprintf(report->text, sizeof(report->text), "The scenario returned %d (%s).", err,
			 any_strerror(err));
	else
		snprintf(report->text, sizeof(report->text), "%s (%s)",
			 r->work.why ? r->work.why : "the driver failed", any_strerror(err));
	if (r->disk.error[0])
		r->cell->verdict = ANY_LAB_BAD_RUN;
}

/* The last net: rules should have caught whatever makes this differ. */
static void compare(struct run *r)
{
	uint8_t *want = r->work.staging;

	for (uint64_t at = 0; at < r->disk.size; at += LAB_SLOT_DATA) {
		size_t n = r->disk.size - at < LAB_SLOT_DATA ? (size_t)(r->disk.size - at)
							     : LAB_SLOT_DATA;

		if (lab_disk_source(&r->disk, at, want, n)) {
			bad(r, -ANY_EIO, r->disk.error);
			return;
		}
		if (!memcmp(want, r->work.result + at, n))
			continue;
		r->cell->verdict = ANY_LAB_FAIL;
		r->cell->report.rule = ANY_LAB_DATA;
		snprintf(
			r->cell->report.text, sizeof(r->cell->report.text),
			"What the driver read differs from the source between bytes %llu and %llu.",
			(unsigned long long)at, (unsigned long long)(at + n));
		return;
	}
	EVP_Digest(r->work.result, r->disk.size, r->cell->sha256, NULL, EVP_sha256(), NULL);
}

static void execute(struct run *r)
{
	struct lab_machine *m = r->m;
	int err;

	lab_current = m;
	lab_stack_reset();
	m->armed = true;
	switch (setjmp(m->out)) {
	case LAB_OUT_NONE:
		err = drive(r);
		m->armed = false;
		if (err)
			verdict_of_error(r, err);
		else if (!r->lab && !r->config->net && !r->kind)
			compare(r);
		break;
	case LAB_OUT_ALLOWED:
		break;
	case LAB_OUT_CANNOT:
		r->cell->verdict = ANY_LAB_BAD_RUN;
		break;
	default:
		r->cell->verdict = ANY_LAB_FAIL;
		break;
	}
	lab_stack_back();
	m->armed = false;
}

/* What no rule of the machine's found: an error that was returned, bytes that differ. */
static void mend(struct run *r)
{
	struct any_lab_report *report = &r->cell->report;
	struct lab_sayings words = lab_words_at(r->m, NULL, 0);

	if (r->cell->verdict == ANY_LAB_FAIL && !report->fix[0])
		lab_words_fix(&words, report->rule, report->fix, sizeof(report->fix));
}

static void count(struct run *r)
{
	r->m->count.bounced_bytes =
		r->port.bounce.counters.bytes_in + r->port.bounce.counters.bytes_out;
	r->m->count.events = r->m->step;
	r->cell->counters = r->m->count;
	r->cell->log_hash = r->m->hash;
	r->cell->allowed = r->m->n_allowed;
	lab_copy(r->cell->suppressed, r->m->suppressed, sizeof(r->m->suppressed));
	if (r->tape)
		r->tape->ticks = lab_ticks(r->m);
}

static void release(struct run *r)
{
	lab_current = NULL; /* what is freed from here on is the lab's */
	for (uint32_t i = 0; r->m && i < r->m->n_sinks; i++)
		if (!lab_sink_close(&r->m->sinks[i], r->m, r->cell) &&
		    r->cell->verdict == ANY_LAB_PASS)
			bad(r, -ANY_EIO, "cannot write the event log or the trace");
	free(r->work.state);
	free(r->work.result);
	free(r->work.staging);
	free(r->model.wire);
	free(r->model.small);
	lab_disk_close(&r->disk);
	if (r->lab)
		lab_scenario_end(r->lab);
	lab_machine_destroy(r->m);
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

static void replay_line(const struct any_lab_config *config, struct any_lab_cell *cell)
{
	const char *device = config->device ? cell->device : "";

	snprintf(cell->report.replay, sizeof(cell->report.replay),
		 "anydma lab --platform %s%s%s --seed %llu%s%s", cell->platform,
		 device[0] ? ":" : "", device, (unsigned long long)config->seed,
		 config->write ? " --write" : "",
		 config->bypass ? " --bypass-only" : " --no-bypass");
}

bool any_lab_adversarial(enum any_lab_adversary adversary, uint64_t seed)
{
	return adversary == ANY_LAB_BY_SEED ? seed & 1 : adversary == ANY_LAB_ADVERSARY;
}

static bool prefers_pain(const struct any_lab_config *config, const struct lab_tape *tape)
{
	if (tape && tape->plan)
		return false;
	return any_lab_adversarial(config->adversary, config->seed);
}

int lab_run_taped(const struct any_lab_config *config, struct lab_tape *tape,
		  struct any_lab_cell *cell)
{
	struct run *r = calloc(1, sizeof(*r));
	double start = now();
	int err;

	if (!r)
		return -ANY_ENOMEM;
	memset(cell, 0, sizeof(*cell));
	r->config = config;
	r->cell = cell;
	r->tape = tape;
	cell->adversary = prefers_pain(config, tape);
	cell->bypass = config->bypass;
	cell->seed = config->seed;
	err = lab_describe_tree(config->dtb, config->dtb_size, config->device, &r->plat, cell);
	if (config->name)
		snprintf(cell->platform, sizeof(cell->platform), "%s", config->name);
	if (!err)
		err = build(r);
	if (!err) {
		execute(r);
		mend(r);
		count(r);
	}
	release(r);
	free(r);
	replay_line(config, cell);
	cell->seconds = now() - start;
	return err;
}

int any_lab_run(const struct any_lab_config *config, struct any_lab_cell *cell)
{
	struct lab_list plan = {0};
	struct lab_tape tape = {0};
	int err;

	if (!config->plan)
		return lab_run_taped(config, NULL, cell);
	if (!lab_list_parse(&plan, config->plan) || !lab_list_reserve(&plan)) {
		memset(cell, 0, sizeof(*cell));
		cell->verdict = ANY_LAB_BAD_RUN;
		snprintf(cell->report.text, sizeof(cell->report.text), "This is no plan: %.120s",
			 config->plan);
		err = -ANY_EINVAL;
	} else {
		tape.plan = plan.at;
		tape.n_plan = plan.n;
		err = lab_run_taped(config, &tape, cell);
		snprintf(cell->report.plan, sizeof(cell->report.plan), "%s", config->plan);
	}
	lab_list_free(&plan);
	return err;
}
