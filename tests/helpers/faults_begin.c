/*
 * Preloaded into the program that faults.c starts: when all libraries are in
 * place and main() is next, it puts every system call from then on before that
 * one's eyes, by a seccomp filter with a listener.
 *
 * Two calls pass unseen: the one that hands the listener over, and the end of a
 * thread.  The first two that are seen are close(), of the listener and of the
 * channel; the program's own come after them.
 */
#define _GNU_SOURCE
#include "faults.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOW_HALF (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0)

static int
listen_to_calls(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit, 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sendmsg, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, args[0]) + LOW_HALF),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, FAULTS_CHANNEL, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return -1;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
	    SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
}

static int
hand_over(int listener)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .head = { .cmsg_len = CMSG_LEN(sizeof(int)),
			  .cmsg_level = SOL_SOCKET,
			  .cmsg_type = SCM_RIGHTS } };
	struct iovec iov = { (char[1]){ 0 }, 1 };
	struct msghdr msg = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };

	memcpy(CMSG_DATA(&control.head), &listener, sizeof(listener));
	return sendmsg(FAULTS_CHANNEL, &msg, 0) == -1 ? -1 : 0;
}

__attribute__((constructor)) static void
begin(void)
{
	int listener;

	if (getenv(FAULTS_ASKED) == NULL)
		return;
	unsetenv(FAULTS_ASKED);
	if ((listener = listen_to_calls()) == -1 || hand_over(listener) == -1) {
		perror("faults_begin");
		_exit(126);
	}
	close(listener);
	close(FAULTS_CHANNEL);
}
