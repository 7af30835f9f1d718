#!/usr/bin/env python3
"""Writes the calls of sysnet.calls, neighbours.calls, forwarding.calls, routed.calls and arp.calls, whose messages nobody wants to write by hand.

    python3 make.py && sudo python3 ../files/record.py sysnet.calls ...

Descriptor 0 is the netlink socket of the net that the task is in.
"""
import socket, struct

out = []
seq = 0


def q(data):
    text = ''
    for b in data:
        text += {34: '\\"', 92: '\\\\'}.get(b, chr(b) if 32 <= b < 127 else '\\x%02x' % b)
    return '"%s"' % text


def say(line):
    out.append(line)


def attr(kind, data):
    if isinstance(data, str):
        data = data.encode() + b'\0'
    elif isinstance(data, int):
        data = struct.pack('<I', data)
    return struct.pack('<HH', 4 + len(data), kind) + data + b'\0' * (-len(data) % 4)


def request(kind, flags, body, fd=0, answer='>4096 4096'):
    global seq
    seq += 1
    message = struct.pack('<IHHII', 16 + len(body), kind, flags, seq, 0) + body
    say('sendto %d %s %d 0 NULL 0' % (fd, q(message), len(message)))
    if answer:
        say('recvfrom %d %s MSG_DONTWAIT NULL NULL' % (fd, answer))


def link(name, kind=None, data=b'', flags=0, mask=0, extra=b'', nl=0x605, index=0):
    body = struct.pack('<BxHiII', 0, 0, index, flags, mask)
    if name:
        body += attr(3, name)
    body += extra
    if kind:
        body += attr(18, attr(1, kind) + (attr(2, data) if data else b''))
    request(16, nl, body)


def veth(name, peer, address, peer_address):
    data = attr(1, struct.pack('<BxHiII', 0, 0, 0, 0, 0) + attr(3, peer) + attr(1, bytes.fromhex(peer_address)))
    link(name, 'veth', data, extra=attr(1, bytes.fromhex(address)))


def up(name, is_up=True):
    link(name, flags=1 if is_up else 0, mask=1, nl=5)


def move(name, fd):
    link(name, extra=attr(28, fd), nl=5)


def delete(name):
    request(17, 5, struct.pack('<BxHiII', 0, 0, 0, 0, 0) + attr(3, name))


def ip(text):
    return socket.inet_pton(socket.AF_INET6 if ':' in text else socket.AF_INET, text)


def address(index, text, prefix):
    family = 10 if ':' in text else 2
    extra = attr(8, 2) if family == 10 else b''  # IFA_F_NODAD
    request(20, 0x605, struct.pack('<BBBBI', family, prefix, 0, 0, index) + attr(2, ip(text)) + attr(1, ip(text)) + extra)


def route(to, prefix, via=None, index=None, kind=24, nl=0x605):
    family = 10 if ':' in to else 2
    body = struct.pack('<BBBBBBBBI', family, prefix, 0, 0, 254, 3, 0 if via else 253, 1, 0)
    if prefix:
        body += attr(1, ip(to))
    body += (attr(5, ip(via)) if via else b'') + (attr(4, index) if index else b'')
    request(kind, nl, body)


def show(path, size=300, fd=9, kind='>'):
    """What a file tells, as far as it goes."""
    say('openat AT_FDCWD "%s" O_RDONLY 0' % path)
    say('read %d %s%d %d' % (fd, kind, size, size))
    say('close %d' % fd)


def write(path, text, fd=9):
    say('openat AT_FDCWD "%s" O_WRONLY 0' % path)
    say('write %d %s %d' % (fd, q(text.encode()), len(text)))
    say('close %d' % fd)


def save(name):
    global seq
    with open(name, 'w') as f:
        f.write('\n'.join(out) + '\n')
    out.clear()
    seq = 0


def begin(title):
    say('# ' + title)
    say('socket AF_NETLINK SOCK_RAW|SOCK_CLOEXEC 0')


def begin_sysfs():
    say('mkdir "/sys" 0755')
    say('mount "sysfs" "/sys" "sysfs" 0 NULL')
    for i in range(1, 9):  # what is opened from here on is 9
        say('dup2 0 %d' % i)


ATTRIBUTES = '''addr_assign_type addr_len address broadcast carrier carrier_changes carrier_down_count carrier_up_count dev_id
dev_port dormant duplex flags gro_flush_timeout ifalias ifindex iflink link_mode mtu name_assign_type napi_defer_hard_irqs
netdev_group operstate proto_down speed testing threaded tx_queue_len type uevent queues/rx-0/rps_cpus queues/rx-0/rps_flow_cnt
queues/tx-0/traffic_class queues/tx-0/tx_maxrate queues/tx-0/tx_timeout queues/tx-0/xps_cpus queues/tx-0/xps_rxqs
power/autosuspend_delay_ms power/control power/runtime_active_time power/runtime_status power/runtime_suspended_time
statistics/rx_packets statistics/tx_errors'''.split()


def list_directory(path):
    say('openat AT_FDCWD "%s" O_RDONLY|O_DIRECTORY 0' % path)
    say('getdents64 9 >dents 4096')
    say('getdents64 9 >dents 4096')
    say('close 9')


def sysnet():
    begin('what there is of each device')
    begin_sysfs()
    veth('v0', 'v1', '020000000001', '020000000002')
    link('b0', 'bridge', extra=attr(1, bytes.fromhex('020000000003')))
    link('m0', 'macvlan', extra=attr(1, bytes.fromhex('020000000004')) + attr(5, 3))
    link(None, 'ifb', extra=attr(1, bytes.fromhex('020000000005')))
    for dev in 'lo', 'v0', 'b0', 'm0', 'ifb0':
        say('# ' + dev)
        say('readlink "/sys/class/net/%s" >100 100' % dev)
        for path in '', '/statistics', '/queues', '/queues/rx-0', '/queues/tx-0', '/power':
            if dev in ('lo', 'm0') or not path:
                if dev != 'b0':
                    list_directory('/sys/class/net/%s%s' % (dev, path))
        for a in ATTRIBUTES:
            if not a.startswith(('power', 'queues')) or dev == 'lo':
                show('/sys/class/net/%s/%s' % (dev, a), 100)
    say('# up')
    link('v1', extra=attr(10, 4), nl=5)
    for dev in 'lo', 'v0', 'v1', 'b0', 'm0', 'ifb0':
        up(dev)
    for dev in 'lo', 'v0', 'v1', 'b0', 'm0', 'ifb0':
        for a in 'carrier', 'dormant', 'testing', 'operstate', 'carrier_changes':
            show('/sys/class/net/%s/%s' % (dev, a), 100)
        if dev != 'b0':
            for a in 'speed', 'duplex':
                show('/sys/class/net/%s/%s' % (dev, a), 100)
    show('/sys/class/net/v1/flags', 100)
    for path in 'v1/upper_b0', 'v1/master', 'b0/lower_v1', 'v0/upper_m0', 'm0/lower_v0', 'v1/subsystem', 'v0/master', 'lo/lower_v0':
        say('readlink "/sys/class/net/%s" >100 100' % path)
    list_directory('/sys/class/net/m0')
    say('# what may be written')
    for dev in 'v0', 'lo':
        for a in 'mtu', 'netdev_group', 'flags', 'tx_queue_len', 'proto_down', 'threaded', 'carrier', 'ifalias', 'uevent', 'address':
            for text in ('1400', '0x5dc\n', '-1', '', '\n', 'abc', '12 ', '0', '1', '\n5', '+7', '010', '99999999999999999999',
                         '18446744073709551616', '99999999999', '0x', '08'):
                if (a, text) in (('flags', '99999999999'), ('mtu', '99999999999')) and dev == 'lo':
                    continue
                if a == 'flags' and dev == 'v0':
                    continue  # a macvlan stands on it
                write('/sys/class/net/%s/%s' % (dev, a), text)
                show('/sys/class/net/%s/%s' % (dev, a), 100)
    for text in 'a\nb\n', 'x' * 255, 'x' * 256, 'x' * 257, '\n':
        write('/sys/class/net/v0/ifalias', text)
        show('/sys/class/net/v0/ifalias', 300)
    for text in ('add', 'remove', 'change\n', 'Add', 'add ', 'add 12345678-1234-1234-1234-123456789012',
                 'add 12345678-1234-1234-1234-123456789012 A=b', 'add 12345678-1234-1234-1234-123456789012 A=',
                 'add 12345678-1234-1234-1234-12345678901g'):
        write('/sys/class/net/v0/uevent', text)
    for a in 'address', 'operstate', 'statistics/rx_bytes':
        for flags in 'O_WRONLY', 'O_RDWR', 'O_RDONLY|O_TRUNC':
            say('openat AT_FDCWD "/sys/class/net/lo/%s" %s 0' % (a, flags))
            if flags.startswith('O_RDONLY'):
                say('close 9')
    say('# names in it')
    for path in '/sys/class/net/x', '/sys/class/net/lo/x', '/sys/devices/virtual/net/x':
        say('mkdir "%s" 0755' % path)
        say('open "%s" O_CREAT|O_WRONLY 0644' % path)
        say('unlink "%s"' % path)
        say('rmdir "%s"' % path)
        say('symlink "a" "%s"' % path)
        say('stat "%s" >stat' % path)
    for path in '/sys/class/net/lo', '/sys/class/net/lo/mtu':
        say('unlink "%s"' % path)
        say('link "%s" "/sys/class/net/lo/q"' % path)
        say('rename "%s" "/sys/class/net/lo/q"' % path)
    say('rmdir "/sys/devices/virtual/net/lo"')
    for path in '/sys/class/net', '/sys/class/net/lo', '/sys/class/net/lo/mtu', '/sys/class/net/lo/statistics', '/sys/class/net/lo/queues':
        say('stat "%s" >stat' % path)
        say('lstat "%s" >stat' % path)
    say('statfs "/sys/class/net/lo" >statfs')
    say('stat "/sys/class/net/nosuch" >stat')
    say('# another name')
    say('openat AT_FDCWD "/sys/class/net/v0/" O_RDONLY|O_DIRECTORY 0')
    say('openat 9 "mtu" O_RDWR 0')
    say('openat 9 "statistics" O_RDONLY|O_DIRECTORY 0')
    link('w0', nl=5, index=3)
    say('stat "/sys/class/net/v0" >stat')
    say('readlink "/sys/class/net/w0" >100 100')
    say('openat 9 "ifindex" O_RDONLY 0')
    say('read 12 >100 100')
    say('close 12')
    show('/sys/class/net/w0/name_assign_type', 100)
    say('pread64 10 >100 100 0')
    say('pread64 10 >100 100 2')
    say('pread64 10 >100 100 100')
    say('lseek 10 2 SEEK_SET')
    say('read 10 >100 1')
    say('read 10 >100 100')
    say('lseek 10 0 SEEK_END')
    say('lseek 10 -1 SEEK_SET')
    say('read 10 @bad 100')
    say('write 10 @bad 100')
    say('ioctl 10 TCGETS 0')
    say('# gone')
    delete('w0')
    say('pread64 10 >100 100 0')
    say('write 10 "1" 1')
    say('write 10 "" 0')
    say('getdents64 9 >z100 4096')
    say('getdents64 11 >z100 4096')
    say('openat 9 "mtu" O_RDONLY 0')
    say('openat 9 "statistics" O_RDONLY 0')
    say('fstat 9 >stat')
    say('fstat 10 >stat')
    say('stat "/sys/class/net/v1" >stat')
    say('stat "/sys/class/net/m0" >stat')
    say('readlink "/sys/class/net/b0/lower_v1" >100 100')
    for fd in 9, 10, 11:
        say('close %d' % fd)
    say('# another net')
    link('i9', 'ifb')
    say('open "/proc/self/ns/net" O_RDONLY 0')
    say('unshare CLONE_NEWNET')
    say('stat "/sys/class/net/i9" >stat')
    say('mkdir "/sys2" 0755')
    say('mount "sysfs" "/sys2" "sysfs" 0 NULL')
    say('stat "/sys2/class/net/i9" >stat')
    say('stat "/sys2/devices/virtual/net/i9" >stat')
    show('/sys2/class/net/lo/ifindex', 100, 10)
    write('/sys/class/net/i9/mtu', '1300', 10)
    say('open "/proc/self/ns/net" O_RDONLY 0')
    link('i9', extra=attr(28, 10), nl=5)
    say('stat "/sys/class/net/i9" >stat')
    say('readlink "/sys2/class/net/i9" >100 100')
    say('openat AT_FDCWD "/sys2/class/net/i9/mtu" O_RDONLY 0')
    say('read 11 >100 100')
    say('# and it dies')
    say('close 11')
    say('openat AT_FDCWD "/sys2/class/net/" O_RDONLY|O_DIRECTORY 0')
    say('setns 9 0')
    say('close 10')
    say('msleep 300')
    say('getdents64 11 >dents 4096')
    say('stat "/sys2/class/net/lo" >stat')
    say('stat "/sys2/class/net" >stat')
    say('stat "/sys2/devices/virtual/net/lo" >stat')
    say('close 11')
    say('umount2 "/sys2" 0')
    say('# a net of another user namespace')
    say('close 9')
    say('unshare CLONE_NEWUSER|CLONE_NEWNET|CLONE_NEWNS')
    for name, text in ('setgroups', 'deny'), ('uid_map', '0 0 1'), ('gid_map', '7 0 1'):
        say('open "/proc/self/%s" O_WRONLY 0' % name)
        say('write 9 "%s" %d' % (text, len(text)))
        say('close 9')
    say('mount "sysfs" "/sys2" "sysfs" 0 NULL')
    for path in '/sys/class/net/b0/mtu', '/sys2/class/net', '/sys2/class/net/lo', '/sys2/class/net/lo/mtu':
        say('stat "%s" >stat' % path)
        say('lstat "%s" >stat' % path)
    for a in 'mtu', 'tx_queue_len', 'netdev_group', 'ifalias', 'gro_flush_timeout', 'napi_defer_hard_irqs', 'flags', 'proto_down', 'threaded', 'carrier':
        write('/sys2/class/net/lo/' + a, '7')
    for a in 'mtu', 'tx_queue_len', 'netdev_group', 'ifalias', 'gro_flush_timeout', 'flags', 'proto_down', 'threaded', 'carrier', 'uevent':
        write('/sys/class/net/b0/' + a, '7')
    save('sysnet.calls')


def neighbour(kind, nl, family, index, state=0, flags=0, to=None, link=None, extra=b'', answer='>4096 4096'):
    body = struct.pack('<BxxxiHBB', family, index, state, flags, 0)
    if to:
        body += attr(1, ip(to) if isinstance(to, str) else to)
    if link:
        body += attr(2, bytes.fromhex(link))
    request(kind, nl, body + extra, answer=answer)


def two_nets():
    """Net A, that the task is in, with va (2), and net B with vb (2); descriptors 1 and 2 are the nets, no IPv6."""
    say('open "/proc/self/ns/net" O_RDONLY 0')
    say('unshare CLONE_NEWNET')
    say('open "/proc/self/ns/net" O_RDONLY 0')
    say('socket AF_NETLINK SOCK_RAW|SOCK_CLOEXEC 0')  # 3: of net B
    for which in 2, 1:
        say('setns %d 0' % which)
        for name in 'all', 'default':
            write('/proc/sys/net/ipv6/conf/%s/disable_ipv6' % name, '1', 4)


def join(name, peer, address, peer_address, fd, nl_fd=0):
    """A veth from the net of a netlink socket to that of a descriptor."""
    data = attr(1, struct.pack('<BxHiII', 0, 0, 0, 0, 0) + attr(3, peer) + attr(1, bytes.fromhex(peer_address)) + attr(28, fd))
    body = struct.pack('<BxHiII', 0, 0, 0, 0, 0) + attr(3, name) + attr(1, bytes.fromhex(address)) + attr(18, attr(1, 'veth') + attr(2, data))
    request(16, 0x605, body, nl_fd)


def address_in(fd, index, text, prefix):
    request(20, 0x605, struct.pack('<BBBBI', 2, prefix, 0, 0, index) + attr(2, ip(text)) + attr(1, ip(text)), fd)


def up_in(fd, name, is_up=True):
    request(16, 5, struct.pack('<BxHiII', 0, 0, 0, 1 if is_up else 0, 1) + attr(3, name), fd)


def sockaddr(text, port):
    return struct.pack('<H', 2) + struct.pack('>H', port) + ip(text) + b'\0' * 8


def sendto(fd, text, port, data=b'x'):
    say('sendto %d %s %d MSG_DONTWAIT %s 16' % (fd, q(data), len(data), q(sockaddr(text, port))))


def statistics(path, names='rx_packets rx_bytes tx_packets tx_bytes'):
    for name in names.split():
        show('%s/statistics/%s' % (path, name), 30, 8)


def neighbours():
    begin('two nets')
    two_nets()
    join('va', 'vb', '02000000000a', '02000000000b', 2)
    for fd, dev, a in (0, 'va', '10.9.0.1'), (3, 'vb', '10.9.0.2'):
        address_in(fd, 2, a, 24)
        up_in(fd, dev)
    say('socket AF_INET SOCK_DGRAM 0')  # 4: in net A
    say('socket AF_NETLINK SOCK_RAW|SOCK_CLOEXEC 0')  # 5: listens
    say('bind 5 "\\x10\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x04\\x00\\x00\\x00" 12')
    say('mkdir "/sys" 0755')
    say('mount "sysfs" "/sys" "sysfs" 0 NULL')
    for i in 6, 7:
        say('dup2 0 %d' % i)
    def look(what, kind='>'):
        say('# ' + what)
        for _ in range(3):
            say('recvfrom 5 >z4096 4096 MSG_DONTWAIT NULL NULL')
        show('/proc/net/arp', 1000, 8, kind)
        say('setns 2 0')
        show('/proc/thread-self/net/arp', 1000, 8)
        say('setns 1 0')
        statistics('/sys/class/net/va')
    say('msleep 1300')  # linkwatch
    look('nobody is known')
    sendto(4, '10.9.0.2', 500)
    look('asked, and answered')
    sendto(4, '10.9.0.2', 500, b'12345')
    look('known')
    sendto(4, '10.9.0.9', 500)
    look('not answered', '>z')  # two stand in an order of hashes
    say('msleep 1500')
    look('asked again', '>z')
    say('msleep 2500')
    look('given up', '>z')
    sendto(4, '10.9.0.9', 500)
    look('asked anew', '>z')
    say('msleep 4000')
    look('given up again', '>z')
    say('# requests')
    N, C, X, R = 5, 0x405, 0x605, 0x505
    for args in (
            (28, X, 2, 2, 0x80, 0, '10.9.0.20', '020000000020'), (28, X, 2, 2, 0x80, 0, '10.9.0.20', '020000000020'),
            (28, C, 2, 2, 0x80, 0, '10.9.0.20', '020000000021'), (28, R, 2, 2, 0x80, 0, '10.9.0.20', '020000000022'),
            (28, N, 2, 2, 0x80, 0, '10.9.0.77', '020000000022'), (28, X, 2, 2, 4, 0, '10.9.0.21', '020000000023'),
            (28, X, 2, 2, 0x40, 0, '10.9.0.22', '020000000024'), (28, X, 2, 2, 0x80, 0, '10.9.0.30', None),
            (28, X, 2, 99, 0x80, 0, '10.9.0.31', '020000000024'), (28, X, 2, 0, 0x80, 0, '10.9.0.31', '020000000024'),
            (28, X, 7, 2, 0x80, 0, '10.9.0.31', '020000000024'), (28, X, 2, 2, 0x80, 0, None, '020000000024'),
            (28, X, 2, 2, 0x80, 0, b'\1\2', '020000000024'), (28, X, 2, 2, 0x80, 0, '10.9.0.31', '0200000000'),
            (28, X, 2, 2, 2, 0, '10.9.0.32', '020000000032'), (28, X, 10, 2, 0x80, 0, 'fd00::1', '020000000032'),
            (28, X, 2, 2, 0, 8, '10.9.0.50', None), (28, X, 2, 1, 0x80, 0, '10.9.0.60', '020000000060'),
            (29, N, 2, 2, 0, 0, '10.9.0.77', None), (29, N, 2, 2, 0, 8, '10.9.0.77', None), (29, N, 2, 99, 0, 0, '10.9.0.77', None),
            (29, N, 2, 0, 0, 0, '10.9.0.77', None), (29, N, 9, 2, 0, 0, '10.9.0.77', None), (29, N, 2, 2, 0, 0, None, None),
            (30, 1, 2, 2, 0, 0, '10.9.0.77', None), (30, 1, 2, 0, 0, 0, '10.9.0.20', None), (30, 1, 2, 2, 0, 0, None, None),
            (30, 1, 2, 2, 0, 8, '10.9.0.20', None)):
        neighbour(*args)
        say('recvfrom 5 >z4096 4096 MSG_DONTWAIT NULL NULL')
        say('recvfrom 5 >z4096 4096 MSG_DONTWAIT NULL NULL')
    for to in '10.9.0.20', '10.9.0.21', '10.9.0.22', '10.9.0.32':
        neighbour(30, 1, 2, 2, 0, 0, to, None, answer='>z4096 4096')
    neighbour(30, 1, 2, 2, 0, 8, '10.9.0.50', None)
    neighbour(30, 0x301, 2, 0, 0, 8)
    neighbour(30, 0x301, 2, 0, 0, 0, answer='>z8192 8192')
    say('recvfrom 0 >z4096 4096 MSG_DONTWAIT NULL NULL')
    neighbour(30, 0x301, 0, 0, 0, 0, extra=attr(8, 1), answer='>z8192 8192')
    say('recvfrom 0 >z4096 4096 MSG_DONTWAIT NULL NULL')
    neighbour(30, 0x301, 10, 0, 0, 0)
    for to in '10.9.0.20', '10.9.0.21', '10.9.0.22', '10.9.0.32', '10.9.0.9', '10.9.0.30':
        neighbour(29, 5, 2, 2, 0, 0, to, None)
        say('recvfrom 5 >z4096 4096 MSG_DONTWAIT NULL NULL')
        say('recvfrom 5 >z4096 4096 MSG_DONTWAIT NULL NULL')
        say('recvfrom 5 >z4096 4096 MSG_DONTWAIT NULL NULL')
    say('# down')
    up_in(0, 'va', False)
    for _ in range(6):
        say('recvfrom 5 >z4096 4096 MSG_DONTWAIT NULL NULL')
    show('/proc/net/arp', 1000, 8)
    say('setns 2 0')
    show('/proc/thread-self/net/arp', 1000, 8)
    save('neighbours.calls')


def router():
    """Nets A, that the task is in, and C with a router between: 6 is a socket in C, 7 one in A, 8 hears ICMP there."""
    begin('net A, the task\'s, a router, net C')
    two_nets()  # 1 A, 2 the router, 3 its netlink socket
    say('unshare CLONE_NEWNET')
    say('open "/proc/self/ns/net" O_RDONLY 0')  # 4 C
    say('socket AF_NETLINK SOCK_RAW|SOCK_CLOEXEC 0')  # 5 of net C
    for name in 'all', 'default':
        write('/proc/sys/net/ipv6/conf/%s/disable_ipv6' % name, '1', 6)
    say('socket AF_INET SOCK_DGRAM 0')  # 6 in net C
    say('setsockopt 6 0 12 >int=1 4')  # IP_RECVTTL
    say('bind 6 "%s" 16' % ''.join('\\x%02x' % b for b in sockaddr('0.0.0.0', 500)))
    say('setns 1 0')
    join('a0', 'r0', '02000000000a', '02000000000b', 2)
    join('r1', 'c0', '02000000000c', '02000000000d', 4, 3)
    for fd, index, dev, a in (0, 2, 'a0', '10.9.0.1'), (3, 2, 'r0', '10.9.0.254'), (3, 3, 'r1', '10.8.0.254'), (5, 2, 'c0', '10.8.0.1'):
        address_in(fd, index, a, 24)
        up_in(fd, dev)
    for fd, via in (0, '10.9.0.254'), (5, '10.8.0.254'):
        request(24, 0x605, struct.pack('<BBBBBBBBI', 2, 0, 0, 0, 254, 3, 0, 1, 0) + attr(5, ip(via)), fd)
    say('msleep 1300')
    say('socket AF_INET SOCK_DGRAM 0')  # 7 in net A
    say('bind 7 "%s" 16' % ''.join('\\x%02x' % b for b in sockaddr('0.0.0.0', 600)))
    say('socket AF_INET SOCK_RAW IPPROTO_ICMP')  # 8


def forwarding():
    router()
    def look(ms=0):
        if ms:
            say('msleep %d' % ms)
        say('recvmsg 6 >msg=,,16,,64 MSG_DONTWAIT')
        say('recvfrom 7 >a16 16 MSG_DONTWAIT NULL NULL')
        say('recvfrom 8 >ip22 22 MSG_DONTWAIT NULL NULL')
        say('recvfrom 8 >ip22 22 MSG_DONTWAIT NULL NULL')
    def go(what, to, port, ttl=64, ms=0):
        say('# ' + what)
        say('setsockopt 7 0 2 >int=%d 4' % ttl)
        sendto(7, to, port)
        look(ms)
    go('not passed on', '10.8.0.1', 500)
    say('setns 2 0')
    write('/proc/sys/net/ipv4/ip_forward', '1', 9)
    say('setns 1 0')
    go('passed on', '10.8.0.1', 500)
    go('the last hop', '10.8.0.1', 500, 2)
    go('one too many', '10.8.0.1', 500, 1)
    go('nobody listens', '10.8.0.1', 501)
    go('the router\'s other address', '10.8.0.254', 501, 1)
    go('no route', '10.7.0.9', 501)
    go('nobody there', '10.8.0.9', 501, 64, 3500)
    say('# pings')
    for to, ttl in ('10.8.0.1', 64), ('10.8.0.1', 2), ('10.8.0.1', 1), ('10.7.0.1', 64), ('10.8.0.254', 1):
        say('setsockopt 8 0 2 >int=%d 4' % ttl)
        data = bytes.fromhex('08001234e5cb0000')  # with its sum
        say('sendto 8 %s %d 0 %s 16' % (q(data), len(data), q(sockaddr(to, 0))))
        say('recvfrom 8 >ip22 22 MSG_DONTWAIT NULL NULL')
        say('recvfrom 8 >ip22 22 MSG_DONTWAIT NULL NULL')
    say('# a connection')
    say('setns 4 0')
    say('socket AF_INET SOCK_STREAM 0')  # 9
    say('bind 9 "%s" 16' % ''.join('\\x%02x' % b for b in sockaddr('0.0.0.0', 700)))
    say('listen 9 5')
    say('setns 1 0')
    say('socket AF_INET SOCK_STREAM 0')  # 10
    say('connect 10 %s 16' % q(sockaddr('10.8.0.1', 700)))
    say('accept 9 NULL NULL')
    say('write 10 "abc" 3')
    say('read 11 >16 16')
    say('# no longer')
    say('setns 2 0')
    write('/proc/sys/net/ipv4/ip_forward', '0', 12)
    say('setns 1 0')
    go('not passed on any more', '10.8.0.1', 500)
    save('forwarding.calls')


def sum16(data):
    total = sum(struct.unpack('>%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total ^ 0xffff


def ip_frame(to, ttl, protocol, body, flags=0x4000):
    head = struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(body), 7, flags, ttl, protocol, 0) + ip('10.9.0.1') + ip(to)
    head = head[:10] + struct.pack('>H', sum16(head)) + head[12:]
    return bytes.fromhex('02000000000b02000000000a') + b'\x08\0' + head + body


def routed():
    """Packets made by hand that a router gets."""
    router()
    say('socket AF_PACKET SOCK_RAW 0')  # 9

    def go(what, to, ttl, protocol=17, body=struct.pack('>HHHH', 600, 500, 12, 0) + b'hand', ms=0):
        say('# ' + what)
        say('msleep 1100')  # so many errors may be told
        data = ip_frame(to, ttl, protocol, body)
        say('sendto 9 %s %d 0 %s 20' % (q(data), len(data), q(struct.pack('<HHiHBB8x', 17, 8, 2, 0, 0, 6))))
        if ms:
            say('msleep %d' % ms)
        say('recvmsg 6 >msg=,,16,,64 MSG_DONTWAIT')
        say('recvfrom 8 >ip48 48 MSG_DONTWAIT NULL NULL')
        say('recvfrom 8 >ip48 48 MSG_DONTWAIT NULL NULL')
    go('not passed on', '10.8.0.1', 64)
    say('setns 2 0')
    write('/proc/sys/net/ipv4/ip_forward', '1', 10)
    say('setns 1 0')
    go('passed on', '10.8.0.1', 64)
    go('the last hop', '10.8.0.1', 2)
    go('one too many', '10.8.0.1', 1)
    go('none at all', '10.8.0.1', 0)
    go('the router itself, where nobody listens', '10.8.0.254', 1)
    go('no route', '10.7.0.9', 64)
    go('no route, and one too many', '10.7.0.9', 1)
    go('nobody there', '10.8.0.9', 64, ms=3500)
    echo = bytes.fromhex('08001234e5cb0000')
    go('a ping', '10.8.0.1', 64, 1, echo)
    go('a ping that does not arrive', '10.8.0.1', 1, 1, echo)
    go('an error that does not arrive', '10.8.0.1', 1, 1, bytes.fromhex('0301fcfe00000000'))
    go('another without a route', '10.7.0.9', 64, 1, bytes.fromhex('0b00f4ff00000000'))
    go('a protocol that nobody has', '10.8.0.1', 64, 200, b'abcd')
    save('routed.calls')


def arp_frame(op, sender_hw, sender, target_hw, target, to):
    return (bytes.fromhex(to + sender_hw) + b'\x08\x06' + struct.pack('>HHBBH', 1, 0x800, 6, 4, op) + bytes.fromhex(sender_hw) + ip(sender)
            + bytes.fromhex(target_hw) + ip(target))


def arp():
    """Frames of ARP: those that the stack sends, and those made by hand."""
    begin('two nets, each with a packet socket, 4 and 5; 6 sends')
    two_nets()
    join('va', 'vb', '02000000000a', '02000000000b', 2)
    for fd, dev, a in (0, 'va', '10.9.0.1'), (3, 'vb', '10.9.0.2'):
        address_in(fd, 2, a, 24)
        up_in(fd, dev)
    say('msleep 1300')  # linkwatch
    say('socket AF_PACKET SOCK_RAW 0x300')  # 4: in A
    say('setns 2 0')
    say('socket AF_PACKET SOCK_RAW 0x300')  # 5: in B
    say('setns 1 0')
    say('socket AF_INET SOCK_DGRAM 0')  # 6
    say('bind 6 %s 16' % q(sockaddr('0.0.0.0', 400)))
    for i in 7, 8:
        say('dup2 0 %d' % i)

    def look(what, frames=2, kind='>a'):
        say('# ' + what)
        for fd in 4, 5:
            for _ in range(frames):
                say('recvfrom %d %s64 64 MSG_DONTWAIT %s' % (fd, kind, '>a20 >int=20' if kind != '>z' else 'NULL NULL'))

    def table_of_b():
        say('setns 2 0')
        show('/proc/thread-self/net/arp', 1000, 9)
        say('setns 1 0')

    def by_hand(what, *frame):
        data = arp_frame(*frame)
        say('sendto 4 %s %d 0 %s 20' % (q(data), len(data), q(struct.pack('<HHiHBB8x', 17, 0x608, 2, 0, 0, 6))))
        look(what)
        table_of_b()
    sendto(6, '10.9.0.2', 500, b'one')
    look('a question, its answer')
    look('what has asked', 1, '>eth')
    look('what is answered: no port', 2, '>z')
    show('/proc/net/arp', 1000, 9)
    table_of_b()
    sendto(6, '10.9.0.9', 500)
    look('nobody answers')
    say('msleep 1500')
    look('asked again')
    say('msleep 3000')
    look('and once more', 2, '>z')
    say('msleep 1500')
    look('who has asked is asked')
    neighbour(29, 5, 2, 2, 0, 0, '10.9.0.1', None, answer=None)
    out[-1] = out[-1].replace('sendto 0', 'sendto 3')
    say('recvfrom 3 >z4096 4096 MSG_DONTWAIT NULL NULL')
    all_, none, b, own = 'ffffffffffff', '000000000000', '02000000000b', '020000000077'
    by_hand('for nobody', 1, own, '10.9.0.81', none, '10.9.0.22', all_)
    by_hand('to another', 1, own, '10.9.0.80', none, '10.9.0.2', '02000000000c')
    by_hand('whether somebody has the address', 1, own, '0.0.0.0', none, '10.9.0.2', all_)
    by_hand('from the address itself', 1, own, '10.9.0.2', none, '10.9.0.2', all_)
    by_hand('for loopback', 1, own, '10.9.0.82', none, '127.0.0.1', all_)
    by_hand('an answer that nobody asked for', 2, own, '10.9.0.83', b, '10.9.0.2', b)
    by_hand('who asks is remembered', 1, own, '10.9.0.77', none, '10.9.0.2', all_)
    by_hand('and once more, from elsewhere', 1, '020000000078', '10.9.0.77', none, '10.9.0.2', all_)
    by_hand('to one', 1, '020000000079', '10.9.0.77', none, '10.9.0.2', b)
    by_hand('an answer, too soon', 2, '02000000007a', '10.9.0.77', b, '10.9.0.2', b)
    say('msleep 1300')
    by_hand('and late enough', 2, '02000000007b', '10.9.0.77', b, '10.9.0.2', b)
    by_hand('for all', 2, '02000000007c', '10.9.0.77', all_, '10.9.0.77', all_)
    by_hand('a question for another', 1, '02000000007d', '10.9.0.77', none, '10.9.0.22', all_)
    say('msleep 1300')
    by_hand('and later', 1, '02000000007e', '10.9.0.77', none, '10.9.0.22', all_)
    say('# what has been counted')
    say('setns 2 0')
    show('/proc/thread-self/net/dev', 1000, 9)
    save('arp.calls')


if __name__ == '__main__':
    sysnet()
    neighbours()
    forwarding()
    routed()
    arp()
