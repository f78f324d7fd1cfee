#ifndef TESTS_HOSTILE_H
#define TESTS_HOSTILE_H

/*
 * Hostile replies, as tests/hostile/replies lists them: each line has a name,
 * what must come of it, and a recipe that spoils an honest reply.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define HOSTILE_MAX  65507 /* what UDP carries over IPv4 */
#define HOSTILE_LINE 1024

enum { HEADER = 48, ORIGIN = 24, RECEIVE = 32, TRANSMIT = 40 };

/* What a server knows when it answers; stamps as they are on the wire. */
struct occasion {
	const uint8_t *request; /* HEADER octets at least */
	size_t request_len;
	uint64_t previous; /* the transmit stamp of an earlier request */
	uint64_t receive, transmit;
};

/* Where a reply comes from. */
enum origin { FROM_SERVER, FROM_PORT, FROM_ADDRESS, FROM_NOWHERE };

struct hostile {
	const struct occasion *occasion;
	size_t len;
	unsigned copies;  /* how often it is sent */
	bool replay;      /* after all earlier ones of this server */
	enum origin from; /* FROM_NOWHERE: it is not sent */
	uint8_t wire[HOSTILE_MAX];
};

/* A line of the list; its three parts point into text. */
struct recipe {
	char text[HOSTILE_LINE];
	const char *name, *outcome, *words;
};

/* The next line that is neither empty nor a comment; false at the end. */
bool recipe_read(struct recipe *, FILE *);

/* The honest reply, spoiled; false when a word of the recipe is none. */
bool
recipe_follow(struct hostile *, const struct recipe *, const struct occasion *);

/* 64 bits as they are on the wire. */
uint64_t hostile_load(const uint8_t *);
void hostile_store(uint8_t *, uint64_t);
#endif
