package dev.nestor.syscalls.transcripts;

import dev.nestor.uapi.Errno;

/** strerror(3), as far as the transcripts have its texts. */
final class Errors {
    private Errors() {}

    static String text(int errno) {
        return switch (errno) {
            case Errno.EPERM -> "Operation not permitted";
            case Errno.ENOENT -> "No such file or directory";
            case Errno.ESRCH -> "No such process";
            case Errno.EBADF -> "Bad file descriptor";
            case Errno.ENOMEM -> "Cannot allocate memory";
            case Errno.EACCES -> "Permission denied";
            case Errno.EBUSY -> "Device or resource busy";
            case Errno.EEXIST -> "File exists";
            case Errno.EINVAL -> "Invalid argument";
            case Errno.ENOSPC -> "No space left on device";
            case Errno.ENODEV -> "No such device";
            case Errno.EOPNOTSUPP -> "Operation not supported";
            case Errno.ENETUNREACH -> "Network is unreachable";
            default -> "errno " + errno;
        };
    }
}
