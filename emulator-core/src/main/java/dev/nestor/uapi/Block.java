package dev.nestor.uapi;

/** ioctl(2) of block devices: linux/fs.h and linux/hdreg.h. */
public final class Block {
    public static final int BLKGETSIZE64 = 0x80081272;
    public static final int BLKROSET = 0x125D;
    public static final int BLKROGET = 0x125E;
    public static final int BLKRRPART = 0x125F;
    public static final int BLKGETSIZE = 0x1260;
    public static final int BLKFLSBUF = 0x1261;
    public static final int BLKRASET = 0x1262;
    public static final int BLKRAGET = 0x1263;
    public static final int BLKFRASET = 0x1264;
    public static final int BLKFRAGET = 0x1265;
    public static final int BLKSECTGET = 0x1267;
    public static final int BLKSSZGET = 0x1268;
    public static final int BLKBSZGET = 0x80081270;
    public static final int BLKBSZSET = 0x40081271;
    public static final int BLKDISCARD = 0x1277;
    public static final int BLKIOMIN = 0x1278;
    public static final int BLKIOOPT = 0x1279;
    public static final int BLKALIGNOFF = 0x127A;
    public static final int BLKPBSZGET = 0x127B;
    public static final int BLKDISCARDZEROES = 0x127C;
    public static final int BLKSECDISCARD = 0x127D;
    public static final int BLKROTATIONAL = 0x127E;
    public static final int BLKZEROOUT = 0x127F;
    public static final int BLKGETZONESZ = 0x80041284;
    public static final int BLKGETNRZONES = 0x80041285;
    public static final int HDIO_GETGEO = 0x301;

    private Block() {}
}
