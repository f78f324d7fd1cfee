#ifndef TESTS_FAULTS_H
#define TESTS_FAULTS_H

/*
 * What the two halves of the fault injector agree on.
 */

/* The socket by which the listener leaves the program: out of its way. */
#define FAULTS_CHANNEL 900

/* In the environment: whoever begins with it is to be listened to. */
#define FAULTS_ASKED "FAULTS_LISTEN"

#endif
