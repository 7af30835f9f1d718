package dev.nestor.uapi;

/** ioctl(2) of loop devices and what is in struct loop_info64: linux/loop.h. */
public final class Loop {
    public static final int LOOP_SET_FD = 0x4C00;
    public static final int LOOP_CLR_FD = 0x4C01;
    public static final int LOOP_SET_STATUS = 0x4C02;
    public static final int LOOP_GET_STATUS = 0x4C03;
    public static final int LOOP_SET_STATUS64 = 0x4C04;
    public static final int LOOP_GET_STATUS64 = 0x4C05;
    public static final int LOOP_CHANGE_FD = 0x4C06;
    public static final int LOOP_SET_CAPACITY = 0x4C07;
    public static final int LOOP_SET_DIRECT_IO = 0x4C08;
    public static final int LOOP_SET_BLOCK_SIZE = 0x4C09;
    public static final int LOOP_CONFIGURE = 0x4C0A;
    public static final int LOOP_CTL_ADD = 0x4C80;
    public static final int LOOP_CTL_REMOVE = 0x4C81;
    public static final int LOOP_CTL_GET_FREE = 0x4C82;

    public static final int LO_FLAGS_READ_ONLY = 1;
    public static final int LO_FLAGS_AUTOCLEAR = 4;
    public static final int LO_FLAGS_PARTSCAN = 8;
    public static final int LO_FLAGS_DIRECT_IO = 16;

    private Loop() {}
}
