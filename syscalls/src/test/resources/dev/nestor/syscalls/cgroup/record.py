#!/usr/bin/env python3
"""Makes the calls of *.calls on the kernel that it runs on, in a cgroup of their own, and writes what they answered behind them.

    sudo python3 record.py FILE.calls...

As ../files/record.py, whose calls and arguments these are, with more than one task. Each file is run by "main", pid 1 of a
PID namespace, with a tmpfs for its root and /proc; it is in a new cgroup that has been given the hugetlb controller, which is
the root of a new cgroup namespace, and cgroup2 is mounted at /cg. A file whose first line is "# host" gets no cgroup
namespace of its own, and is in a cgroup /nestor, of which /cg shows the parent; for one that begins with "# delegate" the
hierarchy has the option nsdelegate as long as it runs. What else a line can be:

    fork NAME [of NAME]       a child of main, or of another task; what it is called in PID namespace is in order
    thread NAME of NAME       a thread of a task's process
    into NAME FD              a child of main by clone3 with CLONE_INTO_CGROUP
    newns NAME [of NAME]      a child in a new cgroup namespace
    newuser NAME [of NAME]    a child in new user and cgroup namespaces, mapped to root
    exit NAME                 the process ends
    NAME: call...             a call of another task than main
    cat "path", echo "text" "path", ls "path", poll FD EVENTS
"""
import ctypes, errno, importlib.util, mmap, os, re, select, signal, struct, sys, threading, time

here = os.path.dirname(os.path.abspath(__file__))
spec = importlib.util.spec_from_file_location('filecalls', os.path.join(here, '../files/record.py'))
base = importlib.util.module_from_spec(spec)
spec.loader.exec_module(base)
libc = base.libc
CLONE_NEWUSER, CLONE_NEWCGROUP, CLONE_INTO_CGROUP = 0x10000000, 0x2000000, 0x200000000
base.NAMES.update(CLONE_NEWCGROUP=CLONE_NEWCGROUP)
base.NR.update(clone=56, kill=62, wait4=61, tgkill=234)


def failed(e):
    return '-' + errno.errorcode[e.errno]


def simple(line):
    tokens = base.TOKEN.findall(line)
    args = [base.unescape(t) if t.startswith('"') else t for t in tokens[1:]]
    try:
        if tokens[0] == 'cat':
            fd = os.open(args[0], os.O_RDONLY)
            try:
                return base.escape(os.read(fd, 65536))
            finally:
                os.close(fd)
        if tokens[0] == 'echo':
            fd = os.open(args[1], os.O_WRONLY)
            try:
                return str(os.write(fd, args[0]))
            finally:
                os.close(fd)
        if tokens[0] == 'ls':
            return '0 ' + ' '.join(e.name.decode() for e in os.scandir(args[0]))
        if tokens[0] == 'poll':
            p = select.poll()
            p.register(int(args[0]), base.number(args[1]))
            got = p.poll(0)
            return '0' if not got else '1 %#x' % got[0][1]
    except OSError as e:
        return failed(e)
    return base.call(line)


class Task:
    """A process or thread that makes calls when it is told to."""

    def __init__(self, tasks, make):
        self.inr, self.inw = os.pipe()
        self.outr, self.outw = os.pipe()
        for name in ('inr', 'inw', 'outr', 'outw'):
            fd = getattr(self, name)
            high = 200 + 4 * len(tasks) + ('inr', 'inw', 'outr', 'outw').index(name)
            os.dup2(fd, high)
            os.close(fd)
            setattr(self, name, high)
        make(self)

    def loop(self, tasks):
        while True:
            data = b''
            while not data.endswith(b'\n'):
                data += os.read(self.inr, 65536)
            os.write(self.outw, (run_here(tasks, data.decode().rstrip('\n')) + '\0').encode())

    def ask(self, line):
        os.write(self.inw, (line + '\n').encode())
        data = b''
        while not data.endswith(b'\0'):
            data += os.read(self.outr, 65536)
        return data[:-1].decode()


def fork_loop(tasks, task, flags, before=None):
    """A child with these namespaces; 0 in the parent."""
    def child():
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        task.loop(tasks)
    ready = os.pipe()
    pid = libc.syscall(56, flags | signal.SIGCHLD, 0, 0, 0, 0) if flags else os.fork()
    if pid == 0:
        os.read(ready[0], 1)
        os.close(ready[0]), os.close(ready[1])
        child()
    if pid > 0 and flags & CLONE_NEWUSER:
        for f, t in (('setgroups', 'deny'), ('uid_map', '0 0 1'), ('gid_map', '0 0 1')):
            open('/proc/%d/%s' % (pid, f), 'w').write(t)
    os.write(ready[1], b'x')
    os.close(ready[0]), os.close(ready[1])
    return pid


def run_here(tasks, line):
    words = line.split()
    if words[0] in ('fork', 'newns', 'newuser'):
        flags = dict(fork=0, newns=CLONE_NEWCGROUP, newuser=CLONE_NEWCGROUP | CLONE_NEWUSER)[words[0]]
        pid = fork_loop(tasks, tasks[words[1]], flags)
        return str(pid) if pid >= 0 else '-' + errno.errorcode[ctypes.get_errno()]
    if words[0] == 'thread':
        tid = []
        event = threading.Event()

        def body():
            tid.append(threading.get_native_id())
            event.set()
            tasks[words[1]].loop(tasks)
        try:
            threading.Thread(target=body, daemon=True).start()
        except RuntimeError:
            return '-EAGAIN'
        event.wait()
        return str(tid[0])
    if words[0] == 'into':
        args = struct.pack('<11Q', CLONE_INTO_CGROUP, 0, 0, 0, signal.SIGCHLD, 0, 0, 0, 0, 0, int(words[2]) & (2 ** 64 - 1))
        ctypes.set_errno(0)
        pid = libc.syscall(435, args, 88)
        if pid == 0:
            tasks[words[1]].loop(tasks)
        return str(pid) if pid >= 0 else '-' + errno.errorcode[ctypes.get_errno()]
    return simple(line)


def main_task(lines):
    names = ['main'] + [l.split()[1] for l in lines if l.split()[:1] and
                        l.split()[0] in ('fork', 'thread', 'into', 'newns', 'newuser')]
    tasks = {}
    for name in names[1:]:
        tasks[name] = Task(tasks, lambda t: None)
    out = []
    for line in lines:
        if line and not line.startswith('#'):
            line = re.split(r' = (?=-?[A-Z0-9"])', line)[0].rstrip()
            match = re.match(r'([A-Za-z]\w*): (.*)', line)
            words = line.split()
            if 'cgroup.stat' in line:
                time.sleep(0.4)  # what has been removed goes after a grace period
            if words[0] == 'exit':
                os.write(tasks[words[1]].inw, b'exit_group 0\n')
                answer = '0'
            elif match:
                answer = tasks[match.group(1)].ask(match.group(2))
            elif len(words) > 3 and words[2] == 'of':
                answer = tasks[words[3]].ask(line) if words[3] != 'main' else run_here(tasks, line)
            else:
                answer = run_here(tasks, line)
            line = '%s = %s' % (line, answer)
            time.sleep(0.03)
        out.append(line)
    return out


def run(path):
    lines = [line.rstrip('\n') for line in open(path)]
    host = lines[0] == '# host'
    delegate = lines[0] == '# delegate'
    top = '/sys/fs/cgroup/unified'
    old = open(top + '/cgroup.subtree_control').read().split()
    shared = mmap.mmap(-1, 1 << 22)
    home = top + ('/nestor' if host else '/nestor%d' % os.getpid())
    os.mkdir(home)
    if 'hugetlb' not in old:
        open(top + '/cgroup.subtree_control', 'w').write('+hugetlb')
    try:
        if delegate:
            remount(b'nsdelegate')
        libc.unshare(0x20000000)
        worker = os.fork()
        if worker == 0:
            libc.unshare(0x20000)
            libc.mount(b'none', b'/', None, 0x4000 | 1 << 18, None)
            work(lines, shared, home, host)
        os.waitpid(worker, 0)
    finally:
        if delegate:
            remount(b'')
        time.sleep(0.1)
        for root, dirs, _ in os.walk(home, topdown=False):
            os.rmdir(root)
        if 'hugetlb' not in old:
            open(top + '/cgroup.subtree_control', 'w').write('-hugetlb')
    data = shared[:].rstrip(b'\0')
    if data.startswith(b'FAILED') or not data:
        sys.exit('%s: %s' % (path, data.decode()))
    open(path, 'wb').write(data)


def remount(options):
    """The options of the hierarchy are those of the last mount in the initial cgroup namespace."""
    libc.unshare(0x20000)
    libc.mount(b'none', b'/', None, 0x4000 | 1 << 18, None)
    libc.mount(b'cgroup2', b'/mnt', b'cgroup2', 0, options)
    libc.umount2(b'/mnt', 0)


def work(lines, shared, home, host):
    open(home + '/cgroup.procs', 'w').write('0')
    if not host:
        libc.unshare(CLONE_NEWCGROUP)
    libc.mount(b'root', b'/mnt', b'tmpfs', 0, b'mode=755')
    os.mkdir('/mnt/proc')
    os.mkdir('/mnt/cg')
    libc.mount(b'proc', b'/mnt/proc', b'proc', 0, None)
    libc.mount(b'cgroup2', b'/mnt/cg', b'cgroup2', 0, None)
    os.chdir('/mnt')
    libc.syscall(155, b'.', b'.')
    libc.umount2(b'.', 2)
    os.chdir('/')
    os.umask(0o22)
    os.closerange(0, 5000)
    try:
        out = main_task(lines)
    except Exception as e:
        out = ['FAILED %r' % e]
    shared.write('\n'.join(out).encode() + b'\n')
    os._exit(0)


if __name__ == '__main__':
    base.NR['exit_group'] = 231
    for name in sys.argv[1:]:
        pid = os.fork()
        if pid == 0:
            run(os.path.abspath(name))
            os._exit(0)
        os.waitpid(pid, 0)
