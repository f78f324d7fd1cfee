#ifndef CLI_FORMS_H
#define CLI_FORMS_H

#include <stdbool.h>

struct trait;

/* What a line means that begins with a certain word. */
enum effect {
	NAMES_SERVER,   /* a host and what is said of it: one vote */
	NAMES_POOL,     /* the same, and each address has a vote */
	NAMES_HOSTS,    /* hosts and nothing else; none: forget those so far */
	NAMES_FALLBACK, /* hosts, if no other line names any */
	INCLUDES_FILES, /* patterns of files */
	INCLUDES_CONFS, /* folders of *.conf */
	INCLUDES_SOURCES, /* folders of *.sources */
	NAMES_NO_SERVER   /* another kind of clock, or way to ask */
};

struct directive {
	const char *name; /* NULL ends a table; "": whatever else */
	enum effect effect;
};

/* How one program writes down its servers, and where. */
struct form {
	const char *name;
	const char *daemon; /* who reads it, as guard_find names him, or NULL */
	/*
	 * Where: patterns, in groups that end with NULL, and a NULL more at the
	 * end.  All that match the first pattern with a match are read.
	 */
	const char *const *places;
	const char *const *dropins; /* folders of *.conf: the first wins */

	const char *marks;   /* begin a comment, at the start of a line */
	bool hash;           /* # begins one anywhere */
	const char *gaps;    /* between words; quotes are gaps */
	bool joins;          /* a \ at the end joins the next line */
	bool fold;           /* words in upper or lower case */
	bool assigns;        /* KEY=VALUE */
	const char *section; /* only what follows this line, NULL: all */
	const struct directive *directives;
	const struct trait *traits;
	const char *hint; /* where it names no server; or NULL */
};

/* In the order in which they are searched; a name of NULL ends the table. */
extern const struct form forms[];

/* What DHCP brought, in the same way. */
extern const struct form dhcp_forms[];

/*
 * The form of a file that the user names, by the file's name; NULL: that does
 * not tell.
 */
const struct form *form_of(const char *path);
#endif
