/*
 * A time of its own for every host: --splay.
 *
 * It is made of the machine's id, so that a host comes at the same moment each
 * time and its requests stay evenly apart; a twentieth of it is drawn by lot,
 * for hosts that are copies of one another.
 */

#include "cli/splay.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/num.h"
#include "base/types.h"

#define ID_FILE   "/etc/machine-id" /* machine-id(5): 32 hexadecimal digits */
#define ID_LENGTH 32
#define LOT       20 /* the part that is drawn by lot */

static bool
read_machine_id(char id[ID_LENGTH + 1])
{
	FILE *f = fopen(ID_FILE, "re");
	size_t n = 0;

	if (f == NULL)
		return false;
	id[fread(id, 1, ID_LENGTH, f)] = '\0';
	fclose(f);
	while (isxdigit((unsigned char)id[n]))
		n++;
	return n == ID_LENGTH;
}

/* FNV-1a, and then mixed, since names that differ in the last letter only must
 * be far apart (the finalizer of MurmurHash3). */
static uint64_t
hash(const char *text)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (; *text != '\0'; text++)
		h = (h ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	h = (h ^ h >> 33) * UINT64_C(0xff51afd7ed558ccd);
	h = (h ^ h >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
	return h ^ h >> 33;
}

/* So much of a time as h is of 2^64. */
static int64_t
part(int64_t ns, uint64_t h)
{
	return (int64_t)((double)ns * ((double)(h >> 11) / 0x1p53));
}

static int64_t
time_of_host(int64_t max_ns)
{
	char host[256] = "";
	uint64_t own, lot;

	if (getentropy(&lot, sizeof(lot)) == -1)
		lot = (uint64_t)getpid();
	own = lot;
	if (read_machine_id(host))
		own = hash(host);
	else if (gethostname(host, sizeof(host) - 1) == 0 && host[0] != '\0')
		own = hash(host);
	return part(max_ns - max_ns / LOT, own) + part(max_ns / LOT, lot);
}

void
splay_sleep(int64_t max_ns)
{
	int64_t ns = time_of_host(max_ns);
	struct timespec ts = { ns / NS_PER_S, (long)(ns % NS_PER_S) };
	char text[NUM_TEXT_SIZE];

	log_waiting("sleeping for %s, as --splay wants it",
	    num_text(text, ns, NUM_SHORT, "u"));
	while (nanosleep(&ts, &ts) == -1 && errno == EINTR)
		;
}
