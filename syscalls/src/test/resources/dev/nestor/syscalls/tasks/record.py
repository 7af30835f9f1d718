#!/usr/bin/env python3
"""Makes the calls of *.calls on the kernel that it runs on, by several processes, and writes what they answered behind them.

    sudo python3 record.py FILE.calls...

The format is that of ../files/record.py, with more: a line may begin with the letter of a process and a colon (A, where it
does not); A is pid 1 of a PID namespace with a tmpfs for its root, /proc mounted there, no descriptors below 900, umask
022. What ends in "-> B" makes process B, when it is clone; else the result is called B from then on, and $B is written for
it in arguments and results. /agent is an ELF file that goes on with the calls when it is executed. More places for what
comes out: >caps (effective, permitted, inheritable of capget and capset), >sattr (struct sched_attr: size, policy, flags, nice, priority, runtime, deadline, period), >keys (serial numbers, by their names), >idsN (N bytes of mount ids, by their names). `mntid "PATH" -> M` calls the unique id of a
mount M.
"""
import os, re, select, shutil, struct, subprocess, sys, tempfile

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, '..', 'files'))
import record as one

ARENA, SIZE, FIRST_FD, MOST = 0x10000000000, 65536, 900, 12
NR = {m[1]: int(m[2]) for m in re.finditer(r'#define __NR_(\w+) (\d+)',
                                           open('/usr/include/x86_64-linux-gnu/asm/unistd_64.h').read())}
NR = {**one.NR, **NR}
NAMES = one.NAMES
for line in open('/usr/include/linux/prctl.h').read().split('\n') + open('/usr/include/linux/keyctl.h').read().split('\n') + \
        open('/usr/include/linux/capability.h').read().split('\n') + open('/usr/include/linux/securebits.h').read().split('\n'):
    m = re.match(r'#\s*define\s+(PR_\w+|KEYCTL_\w+|KEY_\w+|CAP_\w+|SECBIT_\w+)\s+\(?(-?\d+|0x[0-9a-fA-F]+)\)?\s*(/\*.*)?$', line)
    if m:
        NAMES[m[1]] = int(m[2], 0)
NAMES.update(CLONE_NEWNET=0x40000000, CLONE_NEWIPC=0x8000000, CLONE_NEWCGROUP=0x2000000, CLONE_NEWTIME=0x80, CLONE_VM=0x100,
             CLONE_FS=0x200, CLONE_FILES=0x400, CLONE_THREAD=0x10000, CLONE_SIGHAND=0x800, SIGCHLD=17, SIGKILL=9, SIGUSR1=10,
             RLIMIT_NPROC=6, RLIMIT_SIGPENDING=11, RLIMIT_MEMLOCK=8, RLIMIT_MSGQUEUE=12, PRIO_PROCESS=0, PRIO_PGRP=1,
             PRIO_USER=2, RLIMIT_NICE=13, RLIMIT_RTPRIO=14, CAP_SYS_NICE=23,
             SCHED_NORMAL=0, SCHED_FIFO=1, SCHED_RR=2, SCHED_BATCH=3, SCHED_IDLE=5, SCHED_DEADLINE=6, SCHED_RESET_ON_FORK=1 << 30,
             RESET_ON_FORK=1, RECLAIM=2, DL_OVERRUN=4, KEEP_POLICY=8, KEEP_PARAMS=16, CLAMP_MIN=32, CLAMP_MAX=64, CAPV3=0x20080522, CAPV2=0x20071026, CAPV1=0x19980330)


class Run:
    def __init__(self):
        self.slots = {}  # process to its number
        self.names = {}  # name to value

    def number(self, token):
        if token.startswith('$'):
            return self.names[token[1:]]
        return one.number(token)

    def call(self, tokens, child):
        memory, args, outs = bytearray(SIZE), [], []
        at = 0

        def place(data):
            nonlocal at
            address = ARENA + at
            memory[at:at + len(data)] = data
            at += (len(data) + 15) & -16
            return address
        for token in tokens[1:]:
            if token.startswith('"'):
                args.append(place(one.unescape(token) + b'\0'))
            elif token == 'NULL':
                args.append(0)
            elif token == '@bad':
                args.append(8)
            elif token.startswith('>'):
                kind, _, value = token[1:].partition('=')
                if kind == 'caps':
                    v = [self.number(x) & (1 << 64) - 1 for x in value.split(',')] if value else [0, 0, 0]
                    data = struct.pack('<6I', *(x & 0xffffffff for x in v), *(x >> 32 for x in v))
                elif kind == 'sattr':
                    v = [self.number(x) for x in value.split(',')] if value else []
                    v += [0] * (8 - len(v))
                    data = b''.join((x & (1 << 8 * n) - 1).to_bytes(n, 'little') for x, n in zip(v, (4, 4, 8, 4, 4, 8, 8, 8)))
                    data = data.ljust(64, b'\0')
                elif kind == 'keys':
                    data = bytes(400)
                elif value and kind in ('req', 'mattr') and '$' in value:
                    v = [self.number(x) & (1 << 64) - 1 for x in value.split(',')]
                    data = struct.pack('<IIQQQ', *v) if kind == 'req' else struct.pack('<QQQQ', *v)
                elif value and kind in ('int', 'ints', 'long', 'iov'):
                    size = 4 if kind.startswith('int') else 8
                    data = b''.join((self.number(v) & (1 << 8 * size) - 1).to_bytes(size, 'little') for v in value.split(','))
                    data = data.ljust(8 if kind != 'int' else 4, b'\0')
                else:
                    data = one.buffer(token[1:]).raw
                outs.append((token[1:], place(data), len(data)))
                args.append(outs[-1][1])
            else:
                args.append(self.number(token))
        args += [0] * (6 - len(args))
        fd = FIRST_FD + 2 * self.slots[self.process]
        message = struct.pack('<2q', NR[tokens[0]], child) + b''.join(struct.pack('<Q', a & (1 << 64) - 1) for a in args)
        memory, written = message + bytes(memory), 0
        while written < len(memory):
            if not select.select([], [self.commands[self.slots[self.process]]], [], 1)[1]:
                return None, None
            written += os.write(self.commands[self.slots[self.process]], memory[written:written + 4096])
        if tokens[0] in ('exit', 'exit_group'):
            return None, None
        answer, data = self.answers[self.slots[self.process]], b''
        while len(data) < 8 + SIZE:
            if not select.select([answer], [], [], 1)[0]:
                return None, None
            data += os.read(answer, 8 + SIZE - len(data))
        result = struct.unpack_from('<q', data)[0]
        memory = data[8:]
        return result, [(kind, memory[a - ARENA:a - ARENA + n]) for kind, a, n in outs]

    def named(self, value):
        for name, known in self.names.items():
            if known == value:
                return '$' + name
        return str(value)

    def shown(self, kind, raw, result):
        kind = kind.partition('=')[0]
        if kind == 'caps':
            v = struct.unpack('<6I', raw)
            return ' '.join('%x' % (v[i] | v[i + 3] << 32) for i in range(3))
        if kind == 'sattr':
            v = struct.unpack_from('<IIQiIQQQ', raw)
            return 'size=%d' % v[0] if result < 0 else ','.join(map(str, v))
        if kind == 'keys':
            return ' '.join(self.named(k) for k in struct.unpack_from('<%di' % (result // 4), raw))
        if kind.startswith('ids'):
            ids = struct.unpack_from('<%dQ' % max(result, 0), raw)
            return ' '.join(self.named(i) if self.named(i).startswith('$') else '?' for i in ids)
        if kind.isdigit():
            return one.escape(raw[:min(result, len(raw))])
        return one.shown(kind, raw, result)

    def line(self, line):
        before = re.split(r' = (?=-?[A-Z0-9$g])', line)[0].rstrip()
        m = re.match(r'(?:([A-Z]): )?(.*?)(?: -> (\w+))?$', before)
        self.process, text, name = m[1] or 'A', m[2], m[3]
        tokens = one.TOKEN.findall(text)
        child = -1
        if name and tokens[0] == 'clone':
            child = max(self.slots.values()) + 1
            self.slots[name] = child
        if tokens[0] == 'mntid':
            result, outs = self.call(['statx', 'AT_FDCWD', tokens[1], '0', '0x4000', '>z256'], -1)
            if result == 0:
                self.names[name] = struct.unpack_from('<Q', outs[0][1], 144)[0]
                return before + ' = $' + name
            return before + ' = -' + one.errno.errorcode[-result]
        result, outs = self.call(tokens, child)
        if result is None:
            return before + ' = gone'
        if -4096 < result < 0:
            tells = result == -one.errno.E2BIG and outs and outs[0][0].startswith('sattr')
            return before + ' = -' + one.errno.errorcode[-result] + (' ' + self.shown(*outs[0], result) if tells else '')
        if name and child < 0:
            self.names[name] = result
        parts = ['$' + name if name and child < 0 else self.named(result) if result > 4096 else str(result)]
        parts += [s for s in (self.shown(kind, raw, result) for kind, raw in outs) if s]
        return before + ' = ' + ' '.join(parts)


def serve(agent, pipes):
    """Becomes process A."""
    libc = one.libc
    libc.mount(b'none', b'/', None, 0x4000 | 1 << 18, None)
    libc.mount(b'root', b'/mnt', b'tmpfs', 0, b'mode=755')
    os.mkdir('/mnt/proc')
    libc.mount(b'proc', b'/mnt/proc', b'proc', 0, None)
    shutil.copy(agent, '/mnt/agent')
    os.chmod('/mnt/agent', 0o755)
    os.chdir('/mnt')
    libc.syscall(155, b'.', b'.')
    libc.umount2(b'.', 2)
    os.chdir('/')
    os.umask(0o22)
    libc.syscall(250, 1, 0)
    high = []
    for i, (commands, answers) in enumerate(pipes):
        for j, fd in enumerate((commands[0], answers[1])):
            os.dup2(fd, FIRST_FD + 2 * i + j)
    os.closerange(0, FIRST_FD)
    os.closerange(FIRST_FD + 2 * MOST, 5000)
    os.execve('/agent', ['agent', 'a'], {})


def run(path, agent):
    lines = [line.rstrip('\n') for line in open(path)]
    pipes = [(os.pipe(), os.pipe()) for _ in range(MOST)]
    one.libc.unshare(0x20000 | 0x20000000)
    pid = os.fork()
    if pid == 0:
        serve(agent, pipes)
    self = Run()
    self.commands = [c[1] for c, _ in pipes]
    self.answers = [a[0] for _, a in pipes]
    self.slots['A'] = 0
    out = []
    try:
        for line in lines:
            out.append(self.line(line) if line and not line.startswith('#') else line)
    except Exception:
        print('FAILED', line, file=sys.stderr)
        raise
    finally:
        os.kill(pid, 9)
        os.wait()
    open(path, 'w').write('\n'.join(out) + '\n')


if __name__ == '__main__':
    with tempfile.TemporaryDirectory() as folder:
        agent = os.path.join(folder, 'agent')
        subprocess.run(['gcc', '-O1', '-static', '-nostdlib', '-fno-builtin', '-fno-stack-protector', '-o', agent, os.path.join(here, 'agent.c')], check=True)
        for name in sys.argv[1:]:
            pid = os.fork()
            if pid == 0:
                run(name, agent)
                os._exit(0)
            if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]):
                sys.exit(name)
