#ifndef PRIV_VERIFY_H
#define PRIV_VERIFY_H

#include <stdint.h>

#include "base/types.h"

/* What the powerful side knows itself of the measurement it is told of. */
struct verify_limits {
	const struct ask *ask;
	int64_t began_mono_ns; /* it took place since then, */
	struct instant ended;  /* and was over when our clocks showed this */
};

/*
 * Whether what was told can be true, field by field.  NULL, or what is wrong.
 * n: so many sources are to follow; m: the head, and the sources before src.
 */
const char *verify_head(const struct measurement *m, unsigned n,
    const struct verify_limits *) __attribute__((warn_unused_result));
const char *verify_source(const struct source *src, const struct measurement *m,
    const struct verify_limits *) __attribute__((warn_unused_result));
const char *verify_all(const struct measurement *m,
    const struct verify_limits *) __attribute__((warn_unused_result));
#endif
