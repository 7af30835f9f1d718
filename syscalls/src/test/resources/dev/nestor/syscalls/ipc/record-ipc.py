#!/usr/bin/env python3
"""Makes the calls of *.ipc on the kernel that it runs on, and writes what they answered behind them.

    sudo python3 record-ipc.py FILE.ipc...

The tasks of a file are called by letters. `a` is pid 1 of a PID, an IPC and a mount namespace of its own, with its own
/proc; others are made by clone. A line is

    TASK: name argument... = result [what came out]

The result is `blocked` when there is none after a tenth of a second; `TASK: result` asks for it again. An argument is a
number, names or-ed together, NULL, @bad (an address that is not mapped), $x (an address that `x:= call` has kept, shown as
ptr), or a structure: < goes in, > comes out.

    <msg:TYPE:"text" >msg:ROOM     struct msgbuf          <ops:num,op,flag;...   struct sembuf array
    <ts:sec,nsec                   struct timespec        <shorts:1,2 >shorts:N  semctl arrays
    <ds:uid,gid,mode,qbytes        msqid_ds and its kind, qbytes for msqid_ds alone
    <text:"text" >text:ROOM >int   bytes and an int            <until:ms              CLOCK_REALTIME so much from now
    <mqattr:flags,maxmsg,msgsize   struct mq_attr              <sev:value,signo,notify  struct sigevent
    >siginfo                       siginfo_t of a queue
    >msqid_ds >semid_ds >shmid_ds >msginfo >seminfo >shminfo >shm_info

Calls that are none: `clone FLAGS x` makes task x; `exit`; `handle N` catches a signal; `poke $p "text"` and `peek $p N` are the
program's own accesses; `cat FILE`, `echo FILE "text"`, `openfile FILE` and `readfile` read and write a file. Times are shown
as T. Lines that begin with # are comments.
"""
import ctypes, encodings.latin_1, encodings.unicode_escape, errno, os, re, select, signal, socket, struct, sys, time

NR = dict(shmget=29, shmat=30, shmctl=31, semget=64, semop=65, semctl=66, shmdt=67, msgget=68, msgsnd=69, msgrcv=70, msgctl=71,
          semtimedop=220, setresuid=117, setresgid=119, setgroups=116, unshare=272, kill=62, munmap=11, mprotect=10,
          mq_open=240, mq_unlink=241, mq_timedsend=242, mq_timedreceive=243, mq_notify=244, mq_getsetattr=245, close=3,
          setpriority=141, rt_sigprocmask=14, rt_sigtimedwait=128, setrlimit=160, prctl=157, mlockall=151, munlockall=152, getpid=39, setuid=105, mremap=25, madvise=28, mlock=149,
          munlock=150)
NAMES = dict(IPC_PRIVATE=0, IPC_CREAT=0o1000, IPC_EXCL=0o2000, IPC_NOWAIT=0o4000, IPC_RMID=0, IPC_SET=1, IPC_STAT=2, IPC_INFO=3,
             MSG_NOERROR=0o10000, MSG_EXCEPT=0o20000, MSG_COPY=0o40000, MSG_STAT=11, MSG_INFO=12, MSG_STAT_ANY=13,
             SEM_UNDO=0x1000, GETPID=11, GETVAL=12, GETALL=13, GETNCNT=14, GETZCNT=15, SETVAL=16, SETALL=17, SEM_STAT=18,
             SEM_INFO=19, SEM_STAT_ANY=20, SHM_LOCK=11, SHM_UNLOCK=12, SHM_STAT=13, SHM_INFO=14, SHM_STAT_ANY=15,
             SHM_RDONLY=0o10000, SHM_RND=0o20000, SHM_REMAP=0o40000, SHM_EXEC=0o100000, SHM_HUGETLB=0o4000,
             SHM_NORESERVE=0o10000, SHM_DEST=0o1000, SHM_LOCKED=0o2000, PROT_READ=1, PROT_WRITE=2, PROT_EXEC=4, PROT_NONE=0, MREMAP_MAYMOVE=1, MREMAP_FIXED=2,
             MADV_REMOVE=9, MADV_DONTFORK=10, MADV_DOFORK=11,
             O_RDONLY=0, O_WRONLY=1, O_RDWR=2, O_CREAT=0o100, O_NONBLOCK=0o4000, SIGUSR1=10, SIGEV_SIGNAL=0, SIGEV_NONE=1,
             CLONE_FILES=0x400, CLONE_SYSVSEM=0x40000, CLONE_NEWIPC=0x8000000, CLONE_NEWUSER=0x10000000, CLONE_NEWPID=0x20000000, SIGCHLD=17)
LAYOUT = dict(
    msqid_ds=(120, '<iIIIII', 'key uid gid cuid cgid mode', 'QQQQQQii', 'stime rtime ctime cbytes qnum qbytes lspid lrpid'),
    semid_ds=(104, '<iIIIII', 'key uid gid cuid cgid mode', 'QQQQQ', 'otime _ ctime _ nsems'),
    shmid_ds=(112, '<iIIIII', 'key uid gid cuid cgid mode', 'QQQQiiQ', 'segsz atime dtime ctime cpid lpid nattch'))
INFO = dict(msginfo=(32, '<7iH', 'pool map max mnb mni ssz tql seg'),
            seminfo=(40, '<10i', 'map mni mns mnu msl opm ume usz vmx aem'),
            shminfo=(72, '<5Q', 'max min mni seg all'), shm_info=(48, '<iiQQQQQ', 'used _ tot rss swp attempts successes'))
TIMES = 'stime rtime ctime otime atime dtime'.split()
TOKEN = re.compile(r'[<>]\w+:\S*?"(?:[^"\\]|\\.)*"|"(?:[^"\\]|\\.)*"|\S+')
TASKS = 'abcdefgh'
WAIT = 0.1
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
kept = {}
held = []


def escape(data):
    return '"%s"' % ''.join({34: '\\"', 92: '\\\\', 10: '\\n', 9: '\\t', 0: '\\0'}.get(b, chr(b) if 32 <= b < 127 else
                                                                                '\\x%02x' % b) for b in data)


def unescape(token):
    return token[1:-1].encode().decode('unicode_escape').encode('latin-1')


def number(token):
    value = 0
    for part in token.split('|'):
        negative = part.startswith('~')
        part = part.lstrip('~')
        v = NAMES[part] if part in NAMES else int(part, 8) if re.fullmatch(r'0[0-7]+', part) else int(part, 0)
        value |= ~v if negative else v
    return value


def untimed(text):
    return re.sub(r'\b1[6-9]\d{8}\b', 'TTTTTTTTTT', text)


def structure(token):
    """The memory of an argument, and what shows it afterwards."""
    kind, _, value = token[1:].partition(':')
    if token[0] == '<':
        if kind == 'msg':
            mtype, _, text = value.partition(':')
            return struct.pack('<q', number(mtype)) + unescape(text), None
        if kind == 'ops':
            return b''.join(struct.pack('<Hhh', *(s if i else s & 0xffff for i, s in enumerate(map(number, op.split(',')))))
                            for op in value.split(';')), None
        if kind == 'ts':
            return struct.pack('<qq', *map(number, value.split(','))), None
        if kind == 'text':
            return unescape(value) + b'\0', None
        if kind == 'until':
            at = time.time_ns() + number(value) * 1000000
            return struct.pack('<qq', at // 1000000000, at % 1000000000), None
        if kind == 'mqattr':
            return struct.pack('<qqqq', *map(number, value.split(',')), 0).ljust(64, b'\0'), None
        if kind == 'sev':
            return struct.pack('<qii', *map(number, value.split(','))).ljust(64, b'\0'), None
        if kind == 'set':
            return struct.pack('<q', number(value)), None
        if kind == 'shorts':
            return b''.join(struct.pack('<H', number(s) & 0xffff) for s in value.split(',')), None
        uid, gid, mode, qbytes = (list(map(number, value.split(','))) + [0])[:4]
        ds = bytearray(128)
        struct.pack_into('<iIIIII', ds, 0, 0, uid & 0xffffffff, gid & 0xffffffff, 0, 0, mode)
        struct.pack_into('<Q', ds, 88, qbytes & (1 << 64) - 1)
        return bytes(ds), None
    if kind == 'msg':
        return bytes(8 + number(value)), lambda raw, result: '%d %s' % (struct.unpack_from('<q', raw)[0], escape(raw[8:8 + result]))
    if kind == 'text':
        return bytes(number(value)), lambda raw, result: escape(raw[:result])
    if kind == 'int':
        return bytes(4), lambda raw, result: str(struct.unpack_from('<i', raw)[0])
    if kind == 'siginfo':
        return bytes(128), lambda raw, result: 'code=%d pid=%d uid=%d value=%d' % (
            struct.unpack_from('<i', raw, 8) + struct.unpack_from('<iiq', raw, 16))
    if kind == 'shorts':
        count = number(value)
        return bytes(2 * count), lambda raw, result: ','.join(map(str, struct.unpack_from('<%dH' % count, raw)))
    if kind in INFO:
        size, form, names = INFO[kind]
        return bytes(size), lambda raw, result: ' '.join('%s=%d' % both for both in zip(names.split(), struct.unpack_from(form, raw))
                                                        if both[0] != '_')
    size, form, names, rest, more = LAYOUT[kind]

    def show(raw, result):
        values = list(zip(names.split(), struct.unpack_from(form, raw))) + list(zip(more.split(), struct.unpack_from('<' + rest, raw, 48)))
        seq = struct.unpack_from('<H', raw, 24)[0]
        return ' '.join('%s=%s' % (name, ('T' if v else '0') if name in TIMES else oct(v) if name == 'mode' else v)
                        for name, v in values + [('seq', seq)] if name != '_')
    return bytes(size), show


def call(line):
    keep = re.match(r'(\w+):= ', line)
    tokens = TOKEN.findall(line[keep.end():] if keep else line)
    name, args = tokens[0], tokens[1:]
    if name == 'handle':
        signal.signal(number(args[0]), lambda *_: None)
        return '0'
    if name == 'poke':
        text = unescape(args[1])
        ctypes.memmove(kept[args[0][1:]], text, len(text))
        return '0'
    if name == 'peek':
        return escape(ctypes.string_at(kept[args[0][1:]], number(args[1])))
    try:
        if name == 'cat':
            with open(args[0], 'rb', buffering=0) as f:
                return untimed(escape(f.read()))
        if name == 'echo':
            fd = os.open(args[0], os.O_WRONLY)
            try:
                return str(os.write(fd, unescape(args[1])))
            finally:
                os.close(fd)
        if name == 'openfile':
            held.append(os.open(args[0], os.O_RDONLY))
            return '0'
        if name == 'readfile':
            return untimed(escape(os.pread(held[-1], 4096, 0)))
    except OSError as e:
        return '-' + errno.errorcode[e.errno]
    values, shown = [], []
    for token in args:
        if token[0] in '<>':
            data, show = structure(token)
            memory = ctypes.create_string_buffer(data, max(1, len(data)))
            values.append(memory)
            shown.append((memory, show))
        elif token[0] == '$':
            base, _, offset = token[1:].partition('+')
            values.append(ctypes.c_long(kept[base] + (int(offset, 0) if offset else 0)))
        elif token == 'NULL':
            values.append(ctypes.c_long(0))
        elif token == '@bad':
            values.append(ctypes.c_long(8))
        else:
            values.append(ctypes.c_long(number(token) if number(token) < 1 << 63 else number(token) - (1 << 64)))
    ctypes.set_errno(0)
    result = libc.syscall(NR[name], *values)
    if result == -1 and ctypes.get_errno():
        return '-' + errno.errorcode[ctypes.get_errno()]
    if keep:
        kept[keep.group(1)] = result
        return 'ptr'
    return ' '.join([str(result)] + [show(memory.raw, result) for memory, show in shown if show])


def task(ends, me):
    """Does what it is told until it is told to end."""
    wire = ends[me][1]
    while True:
        line = wire.recv(4096).decode('latin-1')
        if not line or line == 'exit':
            os._exit(0)
        if line.startswith('clone '):
            _, flags, other = line.split()
            pid = libc.syscall(56, ctypes.c_long(number(flags) | 17), 0, 0, 0, 0)
            if pid == 0:
                me, wire = other, ends[other][1]
                continue
            wire.send(str(pid).encode())
            continue
        wire.send(call(line).encode('latin-1'))


def answer(wire, seconds):
    ready = select.select([wire], [], [], seconds)[0]
    return wire.recv(65536).decode('latin-1') if ready else 'blocked'


def record(path):
    lines = open(path, encoding='latin-1').read().split('\n')
    ends = {name: socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET) for name in TASKS}
    starter = os.fork()
    if starter == 0:
        assert libc.unshare(0x20000 | 0x8000000 | 0x20000000) == 0  # CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWPID
        libc.mount(b'none', b'/', None, 0x4000 | 1 << 18, None)
        if os.fork() == 0:
            libc.mount(b'proc', b'/proc', b'proc', 0, None)
            os.chdir('/')
            task(ends, 'a')
        os.wait()
        os._exit(0)
    out = []
    for line in lines:
        if not line or line.startswith('#'):
            out.append(line)
            continue
        line = re.split(r' = (?=-?[A-Z0-9"]|blocked|ptr|ended)', line)[0].rstrip()
        name, text = line.split(': ', 1)
        wire = ends[name][0]
        if text == 'exit':
            wire.send(b'exit')
            time.sleep(WAIT)
            result = 'ended'
        elif text == 'result':
            result = answer(wire, WAIT)
        else:
            wire.send(text.encode('latin-1'))
            result = answer(wire, WAIT)
        out.append('%s = %s' % (line, result))
    os.kill(starter, signal.SIGKILL)
    for name in TASKS:
        try:
            ends[name][0].send(b'exit')
        except OSError:
            pass
    os.waitpid(starter, 0)
    open(path, 'w', encoding='latin-1').write('\n'.join(out))


for each in sys.argv[1:]:
    record(each)
