#!/usr/bin/env python3
"""Writes cli/src/main/resources/dev/nestor/cli/strace/symbols.csv: values of the constants that strace names.

Two sources. The corpus, recorded with `strace -X verbose`, has raw numbers with their names beside them: what one name
alone stands for is the kernel's own value, and new. The system headers, compiled, give the other members of the families
(O_*, CLONE_*, ...) of which the corpus shows at least one. Where they disagree the corpus is right: glibc's O_LARGEFILE is
0. A name that means different numbers in different calls gets a row for each call that differs.

    tools/strace-symbols.py ../shared/corpus [compiler]
"""
import collections
import glob
import gzip
import pathlib
import re
import subprocess
import sys
import tempfile

OUT = pathlib.Path(__file__).parent.parent / "cli/src/main/resources/dev/nestor/cli/strace/symbols.csv"

# linux/ headers that repeat what a C library header defines are left out; they do not compile beside it.
HEADERS = """
errno.h fcntl.h sched.h signal.h sys/types.h sys/stat.h sys/mman.h sys/mount.h sys/socket.h sys/un.h sys/wait.h
sys/resource.h sys/epoll.h sys/eventfd.h sys/signalfd.h sys/timerfd.h sys/inotify.h sys/fanotify.h sys/ipc.h sys/msg.h
sys/sem.h sys/shm.h sys/prctl.h sys/ptrace.h sys/random.h sys/reboot.h sys/personality.h sys/klog.h sys/quota.h
sys/xattr.h sys/ioctl.h sys/utsname.h sys/sendfile.h sys/uio.h sys/statfs.h sys/statvfs.h sys/time.h sys/timex.h sys/poll.h
sys/syscall.h netinet/in.h netinet/tcp.h netinet/udp.h netpacket/packet.h net/if.h net/if_arp.h termios.h time.h
unistd.h ucontext.h dirent.h linux/capability.h linux/futex.h linux/keyctl.h linux/netlink.h linux/rtnetlink.h
linux/if_link.h linux/if_addr.h linux/neighbour.h linux/genetlink.h linux/sockios.h linux/if_tun.h linux/veth.h
linux/fs.h linux/magic.h linux/memfd.h linux/seccomp.h linux/filter.h linux/bpf.h linux/audit.h linux/securebits.h
linux/loop.h linux/ioprio.h linux/membarrier.h linux/mempolicy.h linux/nsfs.h linux/openat2.h linux/perf_event.h
linux/rseq.h linux/sched.h linux/sock_diag.h linux/inet_diag.h linux/unix_diag.h linux/netlink_diag.h linux/packet_diag.h
linux/stat.h linux/userfaultfd.h linux/io_uring.h linux/landlock.h linux/kcmp.h linux/close_range.h linux/aio_abi.h
linux/netfilter.h linux/netfilter/nfnetlink.h linux/netfilter/nf_tables.h linux/kd.h linux/vt.h linux/random.h
linux/watchdog.h linux/fiemap.h linux/fscrypt.h linux/mqueue.h linux/net_tstamp.h linux/errqueue.h linux/icmp.h
linux/filter.h linux/rfkill.h linux/btrfs.h asm/prctl.h asm/ldt.h asm/hwcap2.h asm/sembuf.h linux/vm_sockets.h
linux/if_bridge.h linux/if_alg.h linux/pidfd.h linux/mount.h linux/lsm.h
""".split()

# Not in any user header.
KERNEL_ONLY = {
    "ERESTARTSYS": 512, "ERESTARTNOINTR": 513, "ERESTARTNOHAND": 514, "ENOIOCTLCMD": 515, "ERESTART_RESTARTBLOCK": 516,
    "EPROBE_DEFER": 517, "EOPENSTALE": 518, "ENOPARAM": 519, "EBADHANDLE": 521, "ENOTSUPP": 524, "SIG_DFL": 0,
    "SIG_IGN": 1, "SIG_ERR": -1, "SIG_BLOCK": 0, "SIG_UNBLOCK": 1, "SIG_SETMASK": 2, "RLIM64_INFINITY": -1,
    "RLIM_INFINITY": -1, "MAP_FAILED": -1, "SA_RESTORER": 0x04000000, "AT_FDCWD": -100, "O_LARGEFILE": 0x8000, "MADV_NORMAL": 0,
    "NULL": 0, "SUID_DUMP_DISABLE": 0, "SUID_DUMP_USER": 1, "SUID_DUMP_ROOT": 2,
    "STICKY_TIMEOUTS": 0x4000000, "MFD_HUGE_SHIFT": 26, "MAP_HUGE_SHIFT": 26, "CAP_CHECKPOINT_RESTORE": 40,
    "SIGRTMIN": 32, "SIGRTMAX": 64, "STATMOUNT_SB_BASIC": 0x1, "STATMOUNT_MNT_BASIC": 0x2, "STATMOUNT_PROPAGATE_FROM": 0x4,
    "STATMOUNT_MNT_ROOT": 0x8, "STATMOUNT_MNT_POINT": 0x10, "STATMOUNT_FS_TYPE": 0x20, "STATMOUNT_MNT_NS_ID": 0x40,
    "STATMOUNT_MNT_OPTS": 0x80, "STATMOUNT_FS_SUBTYPE": 0x100, "STATMOUNT_SB_SOURCE": 0x200, "STATMOUNT_OPT_ARRAY": 0x400,
    "STATMOUNT_OPT_SEC_ARRAY": 0x800, "STATMOUNT_SUPPORTED_MASK": 0x1000, "STATMOUNT_MNT_UIDMAP": 0x2000,
    "STATMOUNT_MNT_GIDMAP": 0x4000, "PIDFD_INFO_PID": 0x1, "PIDFD_INFO_CREDS": 0x2, "PIDFD_INFO_CGROUPID": 0x4,
    "PIDFD_INFO_EXIT": 0x8, "PIDFD_INFO_COREDUMP": 0x10, "PIDFD_SIGNAL_THREAD": 1, "PIDFD_SIGNAL_THREAD_GROUP": 2,
    "PIDFD_SIGNAL_PROCESS_GROUP": 4, "FAN_MARK_MNTNS": 0x110, "FAN_MNT_ATTACH": 0x1000000, "FAN_MNT_DETACH": 0x2000000,
    "XFEATURE_MASK_FPSSE": 0x3, "XFEATURE_MASK_YMM": 0x4, "XFEATURE_MASK_AVX512": 0xE0, "XFEATURE_MASK_PKRU": 0x200,
    "XFEATURE_MASK_XTILE_CFG": 0x20000, "XFEATURE_MASK_XTILE_DATA": 0x40000, "XFEATURE_MASK_XTILE": 0x60000,
    "_IOC_NONE": 0, "_IOC_WRITE": 1, "_IOC_READ": 2, "TFD_IOC_SET_TICKS": 0x40085400, "RSEQ_CPU_ID_UNINITIALIZED": -1, "RSEQ_CPU_ID_REGISTRATION_FAILED": -2,
}

PAIR = re.compile(rb"(-?\d+|0x[0-9a-f]+) /\* ((?:[1-9]\d*<<)?[A-Za-z_][\w|<]*) \*/")
NAME = re.compile(r"^[A-Z_][A-Z0-9_a-z]*$")
CALL = re.compile(rb"\] (?:<\.\.\. )?(\w+)[( ]")


def number(text):
    octal = re.fullmatch(rb"0\d+", text)
    value = int(text, 8 if octal else 0)
    return value - (1 << 64) if value >= 1 << 63 else value


def read_corpus(root):
    """Pairs (call, number, names) with counts, and for each name alone its value in each call."""
    pairs = collections.Counter()
    for log in glob.glob(f"{root}/*/*.strace.gz"):
        with gzip.open(log) as lines:
            for line in lines:
                call = CALL.search(line)
                if call:
                    line = re.sub(rb'"(?:[^"\\]|\\.)*"', b"", line)
                    for raw, names in PAIR.findall(line):
                        pairs[call[1].decode(), number(raw), names.decode()] += 1
    alone = collections.defaultdict(collections.Counter)
    for (call, value, names), count in pairs.items():
        if NAME.match(names):
            alone[names][call, value] += count
    return pairs, alone


def read_headers(compiler, families):
    """What the headers define as an integer, of these families."""
    existing = [h for h in HEADERS if compiles(compiler, f"#include <{h}>\n")]
    includes = ""
    for header in existing:
        if compiles(compiler, f"#define _GNU_SOURCE\n{includes}#include <{header}>\n"):
            includes += f"#include <{header}>\n"
    source = "#define _GNU_SOURCE\n" + includes
    macros = run([compiler, "-E", "-dM", "-"], source)
    names = set(re.findall(r"^#define (\w+) .", macros, re.M))
    names |= set(re.findall(r"^\s*([A-Z][A-Z0-9_]+)\s*(?:=[^,]*)?,?\s*$", run([compiler, "-E", "-P", "-"], source), re.M))
    names = sorted(n for n in names if NAME.match(n) and family(n) in families)
    while True:
        rows = "".join(f'    printf("%s,%lld\\n", "{n}", (long long) ({n}));\n' for n in names)
        program = source + "#include <stdio.h>\nint main(void) {\n" + rows + "    return 0;\n}\n"
        errors = compile_errors(compiler, program)
        bad = {int(line) for line in errors}
        if not bad:
            break
        first = source.count("\n") + 3
        names = [n for i, n in enumerate(names) if first + i not in bad]
    with tempfile.NamedTemporaryFile(suffix=".bin") as binary:
        path = binary.name + "x"
        subprocess.run([compiler, "-w", "-x", "c", "-o", path, "-"], input=program, text=True, check=True)
        rows = subprocess.run([path], capture_output=True, text=True, check=True).stdout.split()
        pathlib.Path(path).unlink()
    return {name: int(value) for name, value in (row.split(",") for row in rows)}


def run(command, source):
    return subprocess.run(command, input=source, capture_output=True, text=True).stdout


def compiles(compiler, source):
    command = [compiler, "-w", "-fsyntax-only", "-x", "c", "-"]
    return subprocess.run(command, input=source, capture_output=True, text=True).returncode == 0


def compile_errors(compiler, source):
    command = [compiler, "-w", "-fsyntax-only", "-fmax-errors=0", "-x", "c", "-"]
    result = subprocess.run(command, input=source, capture_output=True, text=True)
    return re.findall(r"^<stdin>:(\d+):\d+: error", result.stderr, re.M)


def family(name):
    head = name.lstrip("_").split("_")[0]
    return "E" if re.match(r"^E[A-Z0-9]+$", name) else "SIG" if name.startswith("SIG") else head


def resolve(table, special, call, names):
    value = 0
    for part in names.split("|"):
        shift, _, name = part.rpartition("<<")
        if name[0].isdigit():
            known = number(name.encode())
        elif (call, name) in special:
            known = special[call, name]
        elif name in table:
            known = table[name]
        else:
            return None
        value |= int(shift) << known if shift else known
    if names.startswith("1<<CAP_") and value >= 1 << 32:
        value >>= 32  # strace shows each word of a set of capabilities by itself
    return value


def is_brief_signal(table, name):
    """Sets show signals without SIG; SignalNames.java knows them."""
    return "SIG" + name in table or re.match(r"^RT_\d+$", name)


def eliminate(pairs, table):
    """Names that the corpus shows among others only: what is left of the number when the others are taken away."""
    found = True
    while found:
        found = False
        for (call, value, names), _ in sorted(pairs.items(), key=lambda pair: len(pair[0][2])):
            parts = names.split("|")
            unknown = [p for p in parts if resolve(table, {}, call, p) is None]
            if len(unknown) == 1 and len(parts) > 1 and NAME.match(unknown[0]):
                rest = value & ~resolve(table, {}, call, "|".join(p for p in parts if p != unknown[0]))
                if rest and rest & (rest - 1) == 0:
                    table[unknown[0]] = rest
                    found = True


def main():
    corpus = sys.argv[1]
    compiler = sys.argv[2] if len(sys.argv) > 2 else "cc"
    pairs, alone = read_corpus(corpus)
    names = {n.rpartition("<<")[2] for (_, _, many) in pairs for n in many.split("|")}
    families = {family(n) for n in names} | {"E", "SIG"}
    table = read_headers(compiler, families)
    table.update(KERNEL_ONLY)
    special = {}
    for name, seen in alone.items():
        if is_brief_signal(table, name):
            continue
        totals = collections.Counter()
        for (_, value), count in seen.items():
            totals[value] += count
        common = totals.most_common(1)[0][0]
        table[name] = common
        for call, value in seen:
            if value != common:
                special[call, name] = value
    eliminate(pairs, table)
    check(pairs, table, special)
    rows = [f"{name},{hexadecimal(value)}" for name, value in table.items()]
    rows += [f"{name},{hexadecimal(value)},{call}" for (call, name), value in special.items()]
    head = (
        "# name,value[,call]: constants as strace names them, x86-64; the third column where a call has its own value.\n"
        "# Generated by tools/strace-symbols.py from recorded logs and the system headers; do not edit.\n"
    )
    OUT.write_text(head + "\n".join(sorted(rows)) + "\n")
    print(len(rows), "rows,", len(special), "of one call")


def hexadecimal(value):
    return f"{value:d}" if -256 < value < 256 else f"{value:#x}"


def check(pairs, table, special):
    """Says which rows of names the table would read as another number than the corpus has beside them."""
    for (call, value, names), count in sorted(pairs.items()):
        made = resolve(table, special, call, names)
        if is_brief_signal(table, names):
            continue
        if made is None or (made ^ value) & 0xFFFFFFFF:
            print("mismatch", call, hex(value), names, made if made is None else hex(made), count, file=sys.stderr)


if __name__ == "__main__":
    main()
