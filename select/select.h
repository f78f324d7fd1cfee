#ifndef SELECT_SELECT_H
#define SELECT_SELECT_H

struct ask;
struct measurement;
struct verdict;

/*
 * Whom to believe, by the rules of command.md ("One name, one vote", "Who
 * agrees").  Gives every source its status and what its samples come to at the
 * measurement's end, and sets the verdict.  Returns -1 when there is no memory.
 */
int select_verdict(struct verdict *, struct measurement *, const struct ask *)
    __attribute__((warn_unused_result));
#endif
