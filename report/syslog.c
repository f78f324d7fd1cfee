/*
 * One line a run for the log of the system: what the text ends with.
 */

#include <syslog.h>

#include "base/exits.h"
#include "base/types.h"
#include "report/report.h"
#include "report/sentence.h"
#include "report/style.h"

void
report_syslog(const struct outcome *o, int status)
{
	static const struct style plain = { .plus_minus = "+/-", .micro = "u" };
	char verdict[SENTENCE_SIZE], action[SENTENCE_SIZE];
	const char *and;

	sentence_verdict(verdict, o, &plain);
	sentence_action(action, o, &plain);
	and = verdict[0] != '\0' && action[0] != '\0' ? "; " : "";
	style_hide(action);
	openlog("ntpsync", LOG_PID, LOG_DAEMON);
	syslog(status == EXIT_DONE ? LOG_INFO : LOG_WARNING, "%s%s%s", verdict,
	    and, action);
	closelog();
}
