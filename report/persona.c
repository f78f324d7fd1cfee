/*
 * What those who speak as another program share.
 */

#include "report/persona.h"

#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/exits.h"
#include "base/types.h"
#include "ntp_proto.h"
#include "report/report.h"

/* The release whose lines these are. */
#define RELEASE "4.2.8p15"

const char persona_months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

const char *
persona_version(char buf[PERSONA_SIZE], const char *name, const char *program)
{
	static const char days[] = "ThuFriSatSunMonTueWed"; /* 1 January 1970 */
	int64_t built_ns = ntp_build_ns();
	struct date d = date_of(built_ns);
	char ours[64], *space;

	snprintf(ours, sizeof(ours), "%s", program);
	if ((space = strchr(ours, ' ')) != NULL)
		*space = '-';
	snprintf(buf, PERSONA_SIZE,
	    "%s " RELEASE "@%s %.3s %.3s %2d %02d:%02d:%02d UTC %lld (1)", name,
	    ours, &days[built_ns / NS_PER_DAY % 7 * 3],
	    &persona_months[(d.month - 1) * 3], d.day, d.hour, d.minute,
	    d.second, (long long)d.year);
	return buf;
}

struct tm
persona_local(int64_t real_ns)
{
	time_t s = (time_t)(real_ns / NS_PER_S - (real_ns % NS_PER_S < 0));
	struct tm tm = { 0 };

	(void)localtime_r(&s, &tm);
	return tm;
}

bool
persona_unresolved(const struct outcome *o, unsigned index)
{
	const struct source *src = o->m.sources[index];
	unsigned i;

	if (src->status != STATUS_UNRESOLVED)
		return false;
	for (i = 0; i < index; i++)
		if (o->m.sources[i]->spec == src->spec)
			return false;
	return true;
}

/* An address of the other family is the name of nobody in this one. */
int
persona_lookup_error(const struct source *src)
{
	switch (src->fault) {
	case FAULT_LOOKUP:
		return src->error;
	case FAULT_FAMILY:
		return EAI_NONAME;
	default:
		return EAI_AGAIN;
	}
}

bool
persona_steps(const struct report_to *to, const struct clock_action *a)
{
	return a->kind == CLOCK_STEP ||
	       (a->kind != CLOCK_SLEW && to->persona.step_over_ns == 0);
}

int
persona_status(int ours, const struct report_to *to, const struct outcome *o)
{
	(void)to;
	(void)o;
	switch (ours) {
	case EXIT_NO_ANSWER:
	case EXIT_NO_MAJORITY:
	case EXIT_CLOCK:
	case EXIT_REFUSED:
	case EXIT_INTERNAL:
		return 1;
	default:
		return ours;
	}
}
