/*
 * Asks the running kernel what clone(2) and unshare(2) answer to every set of up to three flags, as root and as nobody,
 * and prints lines "call user flags errno". Makes nothing that outlives it: each try is a process of its own.
 * gcc -O1 -o /tmp/record tools/record-clone-flags.c && /tmp/record > syscalls/src/test/resources/dev/nestor/syscalls/clone-flags.txt
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif
#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x1000
#endif

static const unsigned long clone_flags[] = {
    CLONE_VM, CLONE_FS, CLONE_FILES, CLONE_SIGHAND, CLONE_PIDFD, CLONE_PARENT, CLONE_THREAD, CLONE_NEWNS, CLONE_SYSVSEM,
    CLONE_DETACHED, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET};
static const unsigned long unshare_flags[] = {
    CLONE_VM, CLONE_FS, CLONE_FILES, CLONE_SIGHAND, CLONE_PARENT, CLONE_THREAD, CLONE_NEWNS, CLONE_SYSVSEM, CLONE_VFORK,
    CLONE_NEWTIME, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET};
static char stack[65536] __attribute__((aligned(16)));

static long raw_clone(unsigned long flags, void *top, int *ptid) {
    long ret;
    register long r10 __asm__("r10") = 0;
    register long r8 __asm__("r8") = 0;
    __asm__ volatile("syscall\n\t"
                     "test %%rax,%%rax\n\t"
                     "jnz 1f\n\t"
                     "xor %%edi,%%edi\n\t"
                     "mov $60,%%eax\n\t"
                     "syscall\n"
                     "1:"
                     : "=a"(ret)
                     : "a"(56L), "D"(flags), "S"(top), "d"(ptid), "r"(r10), "r"(r8)
                     : "rcx", "r11", "memory");
    return ret;
}

static void try(const char *call, int nobody, unsigned long flags) {
    pid_t pid = fork();
    if (pid == 0) {
        int fd;
        long ret;
        alarm(10);
        if (nobody && (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))) _exit(255);
        if (call[0] == 'c') {
            ret = raw_clone(flags | SIGCHLD, stack + sizeof stack, &fd);
        } else {
            ret = syscall(SYS_unshare, flags);
            if (ret < 0) ret = -errno;
        }
        usleep(ret > 0 ? 200 : 0);
        while (ret > 0 && waitpid(-1, NULL, __WALL) > 0) {}
        _exit(ret < 0 ? -ret : 0);
    }
    int status;
    while (waitpid(pid, &status, 0) != pid) {}
    printf("%s %s 0x%lx %d\n", call, nobody ? "nobody" : "root", flags, WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

static void all(const char *call, const unsigned long *flags, int n) {
    for (int nobody = 0; nobody < 2; nobody++) {
        for (int i = 0; i < n; i++) {
            try(call, nobody, flags[i]);
            for (int j = i + 1; j < n; j++) {
                try(call, nobody, flags[i] | flags[j]);
                for (int k = j + 1; k < n; k++) try(call, nobody, flags[i] | flags[j] | flags[k]);
            }
        }
    }
}

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    all("clone", clone_flags, sizeof clone_flags / sizeof *clone_flags);
    all("unshare", unshare_flags, sizeof unshare_flags / sizeof *unshare_flags);
    return 0;
}
