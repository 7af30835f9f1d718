#!/usr/bin/env python3
"""Makes the calls of *.futex on the kernel that it runs on, by several threads, and writes what they answered behind them.

    python3 record.py FILE.futex...

    thread B | fork B      a thread of the main one, A, or a process
    B: CALL ARGUMENTS      by that thread; without a letter by A
    set WORD VALUE         writes a word of memory; get WORD reads it
    signal B               sends SIGUSR1, which has a handler (without SA_RESTART), to that thread
    exit B                 ends it
    sleep MS

A call that has not come back after a while is BLOCKED; what comes back later is told behind the line that let it: " B:0".
Words: p0..p9 of private memory, s0..s9 of shared anonymous memory, f0..f9 of a memfd that is mapped shared, g0..g9 the same
words of a second mapping of it, c0..c9 of a private mapping of it that was never written, r0..r9 of private memory that can
only be read, q0..q9 of a private mapping of it that can only be read, +N an offset. @bad is an unmapped address, @high the
kernel's. rel=SECONDS, mono=SECONDS, real=SECONDS are a timespec so far from now, of a duration or of a clock; ts=SEC,NSEC is
one as it stands. v=WORD,VALUE,FLAGS;... is a struct futex_waitv for each. &WORD in `set` is the word's address, =B the number
of a thread; setlong writes 8 bytes.
"""
import ctypes, mmap, os, queue, re, signal, struct, sys, threading, time

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
import errno
NR = dict(futex=202, futex_waitv=449, futex_wake=454, futex_wait=455, futex_requeue=456, set_robust_list=273,
          get_robust_list=274, set_tid_address=218, munmap=11, gettid=186)
BASE = 0x10000000000
AREAS = {'p': BASE, 's': BASE + 0x10000, 'f': BASE + 0x20000, 'g': BASE + 0x30000, 'c': BASE + 0x40000,
         'r': BASE + 0x50000, 'q': BASE + 0x60000}
SCRATCH = BASE + 0x70000
PATIENCE = 0.25
NAMES = dict(WAIT_REQUEUE_PI=11, CMP_REQUEUE_PI=12, LOCK_PI2=13, WAIT=0, WAKE=1, FD=2, REQUEUE=3, CMP_REQUEUE=4, WAKE_OP=5, LOCK_PI=6, UNLOCK_PI=7, TRYLOCK_PI=8, WAIT_BITSET=9,
             WAKE_BITSET=10, PRIVATE=128, REALTIME=256, ANY=0xffffffff, U8=0, U16=1, U32=2, U64=3, NUMA=4, MPOL=8, NULL=0)


def mapping():
    MAP_FIXED, SHARED, PRIVATE, ANON = 0x10, 1, 2, 0x20
    fd = os.memfd_create('words')
    os.ftruncate(fd, 4096)
    for area, prot, flags, of in (('p', 3, PRIVATE | ANON, -1), ('s', 3, SHARED | ANON, -1), ('f', 3, SHARED, fd),
                                  ('g', 3, SHARED, fd), ('c', 3, PRIVATE, fd), ('r', 1, PRIVATE | ANON, -1),
                                  ('q', 1, PRIVATE, fd)):
        assert libc.mmap(AREAS[area], 4096, prot, flags | MAP_FIXED, of, 0) == AREAS[area]
    assert libc.mmap(SCRATCH, 0x10000, 3, PRIVATE | ANON | MAP_FIXED, -1, 0) == SCRATCH


class Worker:
    """Makes calls; stands for a thread, or for all of a process that is made by fork."""

    def __init__(self, number, tids):
        self.number, self.commands, self.answers = number, queue.Queue(), queue.Queue()
        ready = threading.Event()

        def loop():
            self.tid = threading.get_native_id()
            ready.set()
            while True:
                nr, args = self.commands.get()
                if nr < 0:
                    return
                self.answers.put(call(nr, args))
        threading.Thread(target=loop, daemon=True).start()
        ready.wait()

    def send(self, nr, args):
        self.commands.put((nr, args))

    def poll(self, seconds):
        try:
            return self.answers.get(timeout=seconds)
        except queue.Empty:
            return None


class Process:
    def __init__(self, number, tids):
        self.number = number
        c, a = os.pipe(), os.pipe()
        self.tid = os.fork()
        if self.tid == 0:
            while True:
                data = os.read(c[0], 56)
                if len(data) < 56:
                    os._exit(0)
                nr, *args = struct.unpack('<7Q', data)
                os.write(a[1], struct.pack('<q', call(nr, args)))
        os.close(c[0])
        self.to, self.back = c[1], a[0]

    def send(self, nr, args):
        os.write(self.to, struct.pack('<7Q', nr, *(x & (1 << 64) - 1 for x in args)))

    def poll(self, seconds):
        import select
        if not select.select([self.back], [], [], seconds)[0]:
            return None
        return struct.unpack('<q', os.read(self.back, 8))[0]


def call(nr, args):
    result = libc.syscall(ctypes.c_long(nr), *(ctypes.c_ulong(x & (1 << 64) - 1) for x in args))
    return -ctypes.get_errno() if result == -1 else result


class Run:
    def __init__(self):
        self.threads, self.blocked = {}, []

    def address(self, text):
        m = re.fullmatch(r'([psfgcrq])(\d)(?:\+(\d+))?', text)
        return AREAS[m[1]] + 64 * int(m[2]) + int(m[3] or 0) if m else None

    def number(self, text):
        total = 0
        for part in text.split('|'):
            if part.startswith('&'):
                total |= self.address(part[1:])
            elif part.startswith('='):
                total |= self.threads[part[1:]].tid
            else:
                total |= NAMES[part] if part in NAMES else int(part, 0)
        return total

    def argument(self, text):
        if text == '@bad':
            return 8
        if text == '@high':
            return 0xffff800000000000
        if self.address(text):
            return self.address(text)
        kind, _, value = text.partition('=')
        if kind in ('rel', 'mono', 'real'):
            clock = {'rel': 0, 'mono': time.clock_gettime(time.CLOCK_MONOTONIC), 'real': time.time()}[kind]
            at = clock + float(value)
            return self.place(struct.pack('<qq', int(at), int(at % 1 * 1e9)))
        if kind == 'ts':
            return self.place(struct.pack('<qq', *(int(v) for v in value.split(','))))
        if kind == 'v':
            data = b''
            for one in value.split(';'):
                word, expected, flags = one.split(',')
                where = self.argument(word)
                data += struct.pack('<QQQ', self.number(expected), where, self.number(flags))
            return self.place(data)
        return self.number(text)

    def place(self, data):
        ctypes.memmove(self.next, data, len(data))
        self.next += (len(data) + 15) & -16
        return self.next - ((len(data) + 15) & -16)

    def told(self, result):
        return '-' + errno.errorcode[-result].replace('EDEADLOCK', 'EDEADLK') if -4096 < result < 0 else str(result)

    def line(self, line):
        m = re.match(r'(?:([A-Z]): )?(.*)', line)
        who, words = m[1] or 'A', m[2].split()
        if words[0] in ('thread', 'fork'):
            made = (Worker if words[0] == 'thread' else Process)(len(self.threads), None)
            self.threads[words[1]] = made
            return '0'
        if words[0] in ('set', 'setlong'):
            value = self.number(words[2])
            size = 4 if words[0] == 'set' else 8
            ctypes.memmove(self.address(words[1]), (value & (1 << 8 * size) - 1).to_bytes(size, 'little'), size)
            return '0'
        if words[0] == 'get':
            value = ctypes.c_uint32.from_address(self.address(words[1])).value
            for name, thread in self.threads.items():
                if value & 0x3fffffff == thread.tid:
                    return hex(value & 0xc0000000) + '|' + name
            return hex(value)
        if words[0] == 'sleep':
            time.sleep(int(words[1]) / 1000)
            return '0'
        if words[0] == 'signal':
            os.kill(self.threads[words[1]].tid, 0)
            libc.syscall(234, os.getpid() if isinstance(self.threads[words[1]], Worker) else self.threads[words[1]].tid,
                         self.threads[words[1]].tid, 10)
            return '0'
        if words[0] == 'exit':
            made = self.threads[words[1]]
            if isinstance(made, Worker):
                made.commands.put((60, [0]))
            else:
                os.kill(made.tid, 9)
                os.waitpid(made.tid, 0)
            time.sleep(0.02)
            return '0'
        self.next = SCRATCH + 4096 * (1 + 'ABCDEFGHIJ'.index(who))
        args = [self.argument(w) for w in words[1:]]
        args += [0] * (6 - len(args))
        thread = self.threads[who]
        if isinstance(thread, Process):
            libc.process_vm_writev(thread.tid, (ctypes.c_void_p * 2)(self.next & -4096, 4096), 1,
                                   (ctypes.c_void_p * 2)(self.next & -4096, 4096), 1, 0)
        thread.send(NR[words[0]], args)
        result = thread.poll(PATIENCE)
        if result is None:
            self.blocked.append(who)
            return 'BLOCKED'
        return ('=' + who) if result == thread.tid and words[0] in ('gettid', 'set_tid_address') else self.told(result)

    def run(self, path):
        lines = [line.rstrip('\n') for line in open(path)]
        mapping()
        self.threads['A'] = Worker(0, None)
        out = []
        for line in lines:
            if not line or line.startswith('#'):
                out.append(line)
                continue
            before = line.split(' = ')[0]
            before_blocked = list(self.blocked)
            answer = self.line(before)
            time.sleep(0.08)
            for name in sorted(before_blocked):
                result = self.threads[name].poll(0.005)
                if result is not None:
                    self.blocked.remove(name)
                    answer += ' %s:%s' % (name, self.told(result))
            out.append(before + ' = ' + answer)
        open(path, 'w').write('\n'.join(out) + '\n')


if __name__ == '__main__':
    signal.signal(signal.SIGUSR1, lambda *a: None)
    for name in sys.argv[1:]:
        pid = os.fork()
        if pid == 0:
            Run().run(name)
            os._exit(0)
        if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]):
            sys.exit(name)
