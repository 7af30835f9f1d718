/* Makes system calls for record.py: reads them from a pipe, answers on another, goes on as a child or after execve. */
#include <asm/unistd.h>

#define ARENA ((char *)0x10000000000)
#define SIZE 65536
#define FIRST_FD 900 /* commands and answers of process n: 900 + 2n, 901 + 2n */

struct command {
    long nr, child, args[6];
};

static long raw(long nr, const long *a) {
    long result;
    register long r10 __asm__("r10") = a[3];
    register long r8 __asm__("r8") = a[4];
    register long r9 __asm__("r9") = a[5];
    __asm__ volatile("syscall" : "=a"(result) : "a"(nr), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

static void whole(int fd, char *at, long size, long nr) {
    while (size > 0) {
        long args[6] = {fd, (long)at, size};
        long n = raw(nr, args);
        if (n <= 0) {
            long status[6] = {99};
            raw(__NR_exit_group, status);
        }
        at += n;
        size -= n;
    }
}

static void serve(int me, int running) {
    long map[6] = {(long)ARENA, SIZE, 3, 0x32, -1, 0};
    raw(__NR_mmap, map);
    char number[2] = {0};
    char *const arguments[] = {"agent", "again", number, 0};
    long result = 0; /* of the execve that this is after */
    for (;;) {
        if (running) {
            whole(FIRST_FD + 2 * me + 1, (char *)&result, 8, __NR_write);
            whole(FIRST_FD + 2 * me + 1, ARENA, SIZE, __NR_write);
        }
        running = 1;
        struct command c;
        whole(FIRST_FD + 2 * me, (char *)&c, sizeof c, __NR_read);
        whole(FIRST_FD + 2 * me, ARENA, SIZE, __NR_read);
        if (c.nr == __NR_execve) {
            number[0] = (char)('a' + me);
            c.args[1] = (long)arguments;
            c.args[2] = (long)(arguments + 3);
        }
        result = raw(c.nr, c.args);
        if (result == 0 && c.child >= 0 && (c.nr == __NR_clone || c.nr == __NR_fork || c.nr == __NR_clone3)) {
            me = (int)c.child;
            running = 0;
        }
    }
}

/* Without a C library, which would want the standard descriptors of a set-id program. */
__attribute__((naked, used)) void _start(void) {
    __asm__("mov %rsp, %rdi\n andq $-16, %rsp\n call start");
}

__attribute__((used)) void start(long *stack) {
    long argc = stack[0];
    char **argv = (char **)(stack + 1);
    serve(argv[argc - 1][0] - 'a', argc > 2);
}
