#ifndef CLI_FORMS_H
#define CLI_FORMS_H

#include <stdbool.h>

struct trait;

/* What a line means that begins with a certain word. */
enum effect {
	NAMES_SERVER,        /* a host and what is said of it: one vote */
	NAMES_POOL,          /* the same, and each address has a vote */
	NAMES_HOSTS,         /* hosts and nothing else */
	NAMES_HOSTS_OR_NONE, /* none: those so far are forgotten */
	NAMES_HOSTS_INSTEAD, /* of those so far */
	NAMES_FALLBACK,      /* hosts or none, if no other line names any */
	INCLUDES_FILES,      /* patterns of files */
	INCLUDES_CONFS,      /* folders of *.conf */
	INCLUDES_SOURCES,    /* folders of *.sources */
	NAMES_NO_SERVER      /* another kind of clock, or way to ask */
};

struct directive {
	const char *name; /* NULL ends a table; "": whatever else */
	enum effect effect;
};

/* How a program writes down its servers. */
struct form {
	const char *name;
	const char *marks;   /* begin a comment, at the start of a line */
	bool hash;           /* # begins one anywhere */
	const char *gaps;    /* between words; quotes are gaps */
	bool joins;          /* a \ at the end of a line joins the next one */
	bool fold;           /* words in upper or lower case */
	bool assigns;        /* KEY=VALUE */
	const char *section; /* only what follows this line, NULL: all */
	const struct directive *directives;
	const struct trait *traits;
	const char *flags;          /* other words about a server, */
	const char *values;         /* and those which a value follows */
	const struct form *sources; /* how *.sources are written */
	const char *hint;           /* where it names no server, or NULL */
};

/* Where a program keeps such files. */
struct place {
	const struct form *form; /* NULL ends a table */
	const char *daemons; /* who may read them, as guard_find names them */
	/*
	 * Patterns, in groups that end with NULL, and a NULL more at the end.
	 * Of each group the first that matches counts.
	 */
	const char *const *paths;
	const char *const *dropins; /* folders of *.conf: the first wins */
};

/* In the order in which they are searched. */
extern const struct place places[];

/* What DHCP brought. */
extern const struct place dhcp_places[];

/* All forms that can be told apart by their lines; NULL ends them. */
extern const struct form *const forms[];

/* The form that a file's name tells, or NULL. */
const struct form *form_of(const char *path);
#endif
