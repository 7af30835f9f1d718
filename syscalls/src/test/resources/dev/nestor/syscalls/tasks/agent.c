/* Makes system calls for record.py: reads them from a pipe, answers on another, goes on as a child or after execve. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ARENA ((char *)0x10000000000)
#define SIZE 65536
#define FIRST_FD 900 /* commands and answers of process n: 900 + 2n, 901 + 2n */

struct command {
    long nr, child, args[6];
};

static void whole(int fd, char *at, size_t size, int out) {
    while (size > 0) {
        ssize_t n = out ? write(fd, at, size) : read(fd, at, size);
        if (n <= 0)
            _exit(99);
        at += n;
        size -= n;
    }
}

static long raw(long nr, const long *a) {
    long result;
    register long r10 __asm__("r10") = a[3];
    register long r8 __asm__("r8") = a[4];
    register long r9 __asm__("r9") = a[5];
    __asm__ volatile("syscall" : "=a"(result) : "a"(nr), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

int main(int argc, char **argv) {
    int me = atoi(argv[argc - 1]);
    int running = argc > 2; /* execve has succeeded: 0 is the answer that is owed */
    mmap(ARENA, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    long result = 0;
    for (;;) {
        if (running) {
            whole(FIRST_FD + 2 * me + 1, (char *)&result, 8, 1);
            whole(FIRST_FD + 2 * me + 1, ARENA, SIZE, 1);
        }
        running = 1;
        struct command c;
        whole(FIRST_FD + 2 * me, (char *)&c, sizeof c, 0);
        whole(FIRST_FD + 2 * me, ARENA, SIZE, 0);
        if (c.nr == SYS_execve) {
            char number[16] = {(char)('0' + me / 10), (char)('0' + me % 10), 0};
            char *const arguments[] = {"agent", "again", number, NULL};
            char *const none[] = {NULL};
            c.args[1] = (long)arguments;
            c.args[2] = (long)none;
            result = raw(c.nr, c.args);
            continue;
        }
        result = raw(c.nr, c.args);
        if (result == 0 && c.child >= 0 && (c.nr == SYS_clone || c.nr == SYS_fork || c.nr == SYS_clone3)) {
            me = (int)c.child;
            running = 0;
        }
    }
}
