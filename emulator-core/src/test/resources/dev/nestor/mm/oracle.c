/*
 * Asks the real kernel what random memory calls answer, for MmOracleTest to replay.
 *
 *     gcc -O1 -static -no-pie -o oracle oracle.c && setarch -R ./oracle SEED CALLS [fork] | gzip -9n > oracle-SEED.txt.gz
 *
 * Each line is a call, its arguments in hexadecimal and its answer; "w" and "r" write and read a byte through a pipe, so
 * that a fault is an answer; "m" is a line of /proc/self/maps, "s" VmSize, VmData, VmStk, VmExe+VmLib, VmLck in KiB.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARENA 0x10000000UL
#define PAGES 48
#define PAGE 4096UL

static unsigned long seed;
static char out[1 << 16], in[1 << 20];
static int fill, pipes[2];
static unsigned long known[64];
static int forks;

static unsigned long rnd(unsigned long n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (seed >> 11) % n;
}

static void flush(void)
{
	if (write(1, out, fill) != fill)
		_exit(1);
	fill = 0;
}

static void text(const char *s)
{
	while (*s)
		out[fill++] = *s++;
	if (fill > 60000)
		flush();
}

static void hex(unsigned long v)
{
	char b[20];
	int n = 0;
	do
		b[n++] = "0123456789abcdef"[v & 15];
	while (v >>= 4);
	out[fill++] = ' ';
	while (n)
		out[fill++] = b[--n];
}

static long call(const char *name, long nr, int n, unsigned long a, unsigned long b, unsigned long c, unsigned long d,
		 unsigned long e)
{
	long r = syscall(nr, a, b, c, d, e, 0);
	unsigned long v[] = { a, b, c, d, e };
	text(name);
	for (int i = 0; i < n; i++)
		hex(v[i]);
	text(" =");
	if (r == -1) {
		text(" -");
		fill += sprintf(out + fill, "%d", errno);
	} else
		hex(r);
	text("\n");
	return r;
}

static unsigned long place(void)
{
	switch (rnd(8)) {
	case 0:
	case 1:
	case 2:
	case 3:
	case 4:
		return ARENA + rnd(PAGES) * PAGE;
	case 5:
	case 6:
		return known[rnd(64)] + rnd(3) * PAGE;
	}
	return rnd(20) ? ARENA + rnd(PAGES) * PAGE : ARENA + rnd(PAGES * PAGE);
}

static unsigned long length(void)
{
	switch (rnd(24)) {
	case 0:
		return rnd(4) ? rnd(4 * PAGE) : 0;
	case 1:
		return 2UL << 20;
	case 2:
		return (2UL << 20) + rnd(3) * PAGE;
	case 3:
		return rnd(40) ? PAGE : -(rnd(2) * PAGE + 1);
	}
	return (1 + rnd(8)) * PAGE;
}

static int prot(void)
{
	static const int prots[] = { 3, 3, 3, 3, 1, 1, 0, 5, 7, 2, 4 };
	return rnd(60) ? prots[rnd(11)] : (int)rnd(32);
}

static void do_mmap(void)
{
	unsigned long a = rnd(3) ? place() : 0;
	unsigned long f = MAP_ANONYMOUS;
	if (a)
		f |= rnd(4) ? MAP_FIXED : rnd(2) ? MAP_FIXED_NOREPLACE : 0;
	f |= rnd(6) ? MAP_PRIVATE : rnd(6) ? MAP_SHARED : rnd(8);
	if (!rnd(8))
		f |= MAP_NORESERVE;
	if (!rnd(20))
		f |= MAP_GROWSDOWN;
	if (!rnd(20))
		f |= MAP_STACK;
	if (!rnd(30))
		f |= MAP_POPULATE;
	if (!rnd(40))
		f |= MAP_LOCKED;
	if (!rnd(40))
		f |= MAP_32BIT;
	long r = call("mmap", SYS_mmap, 4, a, length(), prot(), f, -1);
	if (r != -1)
		known[rnd(64)] = r;
}

static void touch(int w)
{
	unsigned long a = place();
	char c = rnd(255) + 1;
	text(w ? "w" : "r");
	hex(a);
	if (w) {
		hex((unsigned char)c);
		if (write(pipes[1], &c, 1) != 1)
			_exit(2);
		if (read(pipes[0], (void *)a, 1) != 1) {
			text(" = -14\n");
			if (read(pipes[0], &c, 1) != 1)
				_exit(3);
		} else
			text(" = 0\n");
	} else if (write(pipes[1], (void *)a, 1) != 1)
		text(" = -14\n");
	else {
		if (read(pipes[0], &c, 1) != 1)
			_exit(4);
		text(" =");
		hex((unsigned char)c);
		text("\n");
	}
}

static void do_mremap(void)
{
	unsigned long f = rnd(4) ? rnd(2) : rnd(40) ? rnd(8) : rnd(16);
	unsigned long o = length(), n = rnd(4) ? length() : o;
	long r = call("mremap", SYS_mremap, 5, place(), o, n, f, place());
	if (r != -1)
		known[rnd(64)] = r;
}

static void do_madvise(void)
{
	static const int advice[] = { 0, 1, 2, 3, 4, 4, 4, 8, 9, 10, 11, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 5 };
	call("madvise", SYS_madvise, 3, place(), length(), advice[rnd(22)], 0, 0);
}

static void do_mincore(void)
{
	static unsigned char vec[1024];
	unsigned long a = place(), l = length();
	if (l > 100 * PAGE)
		l = PAGE;
	if (call("mincore", SYS_mincore, 2, a, l, (unsigned long)vec, 0, 0) == -1)
		return;
	text("v");
	for (unsigned long i = 0; i < (l + PAGE - 1) / PAGE; i++)
		hex(vec[i] & 1);
	text("\n");
}

static void do_brk(void)
{
	static unsigned long start;
	unsigned long now = syscall(SYS_brk, 0);
	if (!start)
		start = now;
	unsigned long to = rnd(4) ? now + rnd(5 * PAGE) - 2 * PAGE : rnd(8) ? start + rnd(20 * PAGE) : start - PAGE * 60;
	call("brk", SYS_brk, 1, to < start && rnd(8) ? start : to, 0, 0, 0, 0);
}

/* What changed since the last dump; the program itself, below 16 MiB, only the first time. */
static void dump(void)
{
	static unsigned long last;
	unsigned long sum = 1;
	int fd = open("/proc/self/maps", O_RDONLY), n = 0, m, first = !last;
	while ((m = read(fd, in + n, sizeof in - 1 - n)) > 0)
		n += m;
	close(fd);
	in[n] = 0;
	for (int i = 0; i < n; i++)
		sum = sum * 31 + in[i];
	if (sum == last)
		return;
	last = sum;
	for (char *line = in, *end; (end = strchr(line, '\n')); line = end + 1) {
		*end = 0;
		line[strcspn(line, " ") + 5] = 0;
		if (strncmp(line, "ffffffff", 8) && (first || strncmp(line, "00", 2))) {
			text("m ");
			text(line);
			text("\n");
		}
	}
	fd = open("/proc/self/status", O_RDONLY);
	n = read(fd, in, sizeof in - 1);
	close(fd);
	in[n] = 0;
	static const char *const names[] = { "VmSize:", "VmData:", "VmStk:", "VmExe:", "VmLib:", "VmLck:" };
	text("s");
	for (int i = 0; i < 6; i++)
		hex(strtoul(strstr(in, names[i]) + strlen(names[i]), 0, 10));
	text("\n");
}

static void do_fork(void)
{
	flush();
	pid_t child = fork();
	if (child > 0) {
		int status;
		waitpid(child, &status, 0);
		_exit(WEXITSTATUS(status));
	}
	text("fork\n");
}

int main(int argc, char **argv)
{
	seed = strtoul(argv[1], 0, 0) * 0x9e3779b97f4a7c15UL | 1;
	long calls = atol(argv[2]);
	forks = argc > 3;
	if (pipe(pipes))
		return 1;
	for (int i = 0; i < 64; i++)
		known[i] = ARENA;
	syscall(SYS_brk, syscall(SYS_brk, 0) + 1);
	text("b");
	hex(syscall(SYS_brk, 0));
	text("\n");
	dump();
	for (long i = 0; i < calls; i++) {
		switch (rnd(20)) {
		case 0: case 1: case 2: case 3: case 4:
			do_mmap();
			break;
		case 5: case 6:
			call("munmap", SYS_munmap, 2, place(), length(), 0, 0, 0);
			break;
		case 7: case 8: case 9: case 10:
			call("mprotect", SYS_mprotect, 3, place(), length(), prot(), 0, 0);
			break;
		case 11:
			do_mremap();
			break;
		case 12:
			do_madvise();
			break;
		case 13: case 14: case 15:
			touch(1);
			break;
		case 16:
			touch(0);
			break;
		case 17:
			do_mincore();
			break;
		case 18:
			do_brk();
			break;
		case 19:
			switch (rnd(6)) {
			case 0: case 1:
				call("mlock", SYS_mlock, 2, place(), length(), 0, 0, 0);
				break;
			case 2: case 3:
				call("munlock", SYS_munlock, 2, place(), length(), 0, 0, 0);
				break;
			case 4:
				call("msync", SYS_msync, 3, place(), length(), rnd(10), 0, 0);
				break;
			case 5:
				if (forks && !rnd(5))
					do_fork();
				break;
			}
		}
		dump();
	}
	flush();
	return 0;
}
