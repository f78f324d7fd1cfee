/*
 * Fuzzer of clock/decide: any verdict, policy and situation.
 *
 * Whatever they are, no correction is made that somebody has ruled out: the
 * user's limits, the floor, the horizon, or another who steers this clock.
 */

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/num.h"
#include "base/types.h"
#include "clock/decide.h"
#include "ntp_proto.h"
#include "tests/fuzz/fuzz.h"

#define YEARS_30   (INT64_C(30) * 31556952 * NS_PER_S)
#define YEARS_100  (INT64_C(100) * 31556952 * NS_PER_S)
#define SLEW_MAX   (1000 * NS_PER_S)
#define UNRELIABLE (16 * NS_PER_S)

struct scene {
	struct verdict v;
	struct policy policy;
	struct situation now;
};

/* Small, a round figure that limits have too, or anything; never negative. */
static int64_t
a_size(struct reader *r)
{
	static const int64_t marks[] = { 0, 1, 999, NS_PER_US, 500 * NS_PER_MS,
		NS_PER_S, 16 * NS_PER_S, SLEW_MAX, SLEW_MAX + 1,
		86400 * NS_PER_S, YEARS_30, YEARS_100, INT64_MAX };
	uint8_t how = read_u8(r);

	if (how & 1)
		return marks[(how >> 1) % (sizeof(marks) / sizeof(marks[0]))];
	return (int64_t)(read_u64(r) >> 1 >> (how >> 2));
}

static void
read_policy(struct policy *p, struct reader *r, uint8_t bits)
{
	p->may_step = bits & 1;
	p->may_slew = bits & 2;
	p->force = bits & 4;
	p->finish = bits & 8;
	p->step_over_ns = num_min(a_size(r), YEARS_100);
	p->limit_ns = a_size(r);
	p->limit_back_ns = a_size(r);
}

static void
read_verdict(struct verdict *v, struct reader *r, uint8_t bits, uint8_t more)
{
	v->kind = (enum verdict_kind)(more & 3);
	if (bits & 32)
		v->kind = VERDICT_AGREED;
	v->bound_ns = num_min(a_size(r), 1500 * NS_PER_MS);
	v->widened_ns = more & 4 ? NS_PER_MS : 0;
	v->offset_ns = a_size(r);
	if (bits & 64)
		v->offset_ns = -v->offset_ns;
}

/*
 * What the local clock shows: anything, or something after the build, or what
 * puts the true time at the floor or the horizon, or next to it.
 */
static int64_t
a_moment(struct reader *r, bool late, uint8_t how, int64_t offset_ns)
{
	int64_t size_ns = a_size(r);

	if (!(how & 8))
		return late ? num_add(ntp_build_ns(), size_ns) : size_ns;
	size_ns = ntp_build_ns() + (late ? YEARS_30 : 0);
	size_ns += (how & 32 ? 1 : 0) - (how & 64 ? 1 : 0);
	return num_sub(size_ns, offset_ns);
}

static struct scene
scene_of(struct reader *r)
{
	uint8_t bits = read_u8(r), more = read_u8(r);
	struct scene s = { 0 };

	read_policy(&s.policy, r, bits);
	read_verdict(&s.v, r, bits, more);
	s.now.disturbed = bits & 16;
	s.now.real_ns = a_moment(r, bits & 128, more, s.v.offset_ns);
	if (more & 16)
		s.now.rival =
		    (struct rival){ 1234, "systemd-timesyncd", "stop it" };
	return s;
}

/* Nobody forbids a correction of this clock by so much. */
static bool
is_allowed(const struct scene *s)
{
	__int128 goal = (__int128)s->now.real_ns + s->v.offset_ns;
	bool forced = s->policy.force;

	if (s->v.kind != VERDICT_AGREED || goal < ntp_build_ns())
		return false;
	if (goal > (__int128)ntp_build_ns() + YEARS_30 && !forced)
		return false;
	return (s->now.rival.pid == 0 || forced) &&
	       num_abs(s->v.offset_ns) <= (uint64_t)s->policy.limit_ns;
}

static bool
is_too_far_back(const struct scene *s)
{
	return s->v.offset_ns < 0 &&
	       num_abs(s->v.offset_ns) > (uint64_t)s->policy.limit_back_ns;
}

static void
check_step(const struct scene *s)
{
	HOLDS(s->policy.may_step && s->v.offset_ns != 0);
	HOLDS(!is_too_far_back(s));
	if (s->policy.may_slew)
		HOLDS(num_abs(s->v.offset_ns) >=
		      (uint64_t)s->policy.step_over_ns);
}

static void
check_slew(const struct scene *s, const struct clock_action *a)
{
	uint64_t size_ns = num_abs(s->v.offset_ns);

	HOLDS(s->policy.may_slew);
	HOLDS(size_ns >= 1000 && size_ns <= (uint64_t)SLEW_MAX);
	if (s->policy.may_step)
		HOLDS(size_ns < (uint64_t)s->policy.step_over_ns ||
		      is_too_far_back(s));
	/* 500 us in a second, from the next full one on, as whole seconds */
	HOLDS(a->takes_ns > (int64_t)size_ns * 2000 - NS_PER_MS);
	HOLDS(
	    a->takes_ns <= (int64_t)size_ns * 2000 + NS_PER_MS + 2 * NS_PER_S);
	if (a->vouch)
		HOLDS(size_ns + (uint64_t)s->v.bound_ns < UNRELIABLE);
}

static void
check_action(const struct scene *s, const struct clock_action *a)
{
	bool acts = a->kind == CLOCK_STEP || a->kind == CLOCK_SLEW;
	bool asked = s->policy.may_slew || s->policy.may_step;

	HOLDS(a->kind <= CLOCK_REFUSE);
	HOLDS(memchr(a->why, '\0', sizeof(a->why) - 1) != NULL);
	HOLDS(!acts || is_allowed(s));
	HOLDS(!a->vouch || is_allowed(s));
	HOLDS(asked || (a->kind == CLOCK_LEAVE && !a->vouch));
	HOLDS(a->kind != CLOCK_REFUSE || (!a->vouch && a->why[0] != '\0'));
	HOLDS(!acts || a->offset_ns == s->v.offset_ns);
	HOLDS(a->bound_ns >= 0 && !a->begun && !a->failed);
	if (asked && s->v.kind == VERDICT_AGREED && !is_allowed(s))
		HOLDS(a->kind == CLOCK_REFUSE);
	if (a->kind == CLOCK_STEP)
		check_step(s);
	if (a->kind == CLOCK_SLEW)
		check_slew(s, a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct reader r = reader_of(bytes, n);
	struct scene s = scene_of(&r);
	struct clock_action a;

	memset(&a, '?', sizeof(a));
	clock_decide(&a, &s.v, &s.policy, &s.now);
	check_action(&s, &a);
	return 0;
}
