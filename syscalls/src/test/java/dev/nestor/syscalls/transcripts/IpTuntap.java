package dev.nestor.syscalls.transcripts;

import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** ip tuntap add: a device that stays when its file is closed. */
final class IpTuntap {
    private static final int TUNSETIFF = 0x400454ca;
    private static final int TUNSETPERSIST = 0x400454cb;
    private static final int IFREQ = 40; // bytes
    private static final int IFF_TUN = 1;
    private static final int IFF_TAP = 2;
    private static final int IFF_NO_PI = 0x1000;

    private IpTuntap() {}

    /** ip tuntap add dev NAME mode tun|tap. */
    static int run(UserProcess process, List<String> words) {
        byte[] name = words.get(words.indexOf("dev") + 1).getBytes(StandardCharsets.UTF_8);
        byte[] ifreq = new byte[IFREQ];
        System.arraycopy(name, 0, ifreq, 0, name.length);
        int mode = words.get(words.indexOf("mode") + 1).equals("tun") ? IFF_TUN : IFF_TAP;
        ifreq[16] = (byte) mode;
        ifreq[17] = IFF_NO_PI >> 8;
        long fd = process.open("/dev/net/tun", Fcntl.O_RDWR);
        if (fd < 0) {
            return process.err("open: " + Errors.text((int) -fd));
        }
        long result = process.call(Nr.NR_ioctl, fd, TUNSETIFF, process.bytes(ifreq));
        if (result < 0) {
            return process.err("ioctl(TUNSETIFF): " + Errors.text((int) -result));
        }
        result = process.call(Nr.NR_ioctl, fd, TUNSETPERSIST, 1);
        process.close(fd);
        return result < 0 ? process.err("ioctl(TUNSETPERSIST): " + Errors.text((int) -result)) : 0;
    }
}
