package dev.nestor.fs.pipe;

import dev.nestor.fs.FileTable;
import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The pipe_inode_info columns: a ring of page buffers, with those who read and write it. */
public final class PipeTable extends Table {
    private int[] files = new int[initialRows()]; // open files
    private int[] readers = new int[initialRows()]; // files open for reading
    private int[] writers = new int[initialRows()]; // files open for writing
    private int[] readerCounter = new int[initialRows()]; // readers that ever came
    private byte[] pollUsage =
            new byte[initialRows()]; // bool; somebody has polled it: each write wakes, for epoll's sake
    private int[] writerCounter = new int[initialRows()]; // writers that ever came
    private int[] head = new int[initialRows()]; // buffers ever filled, modulo 2^32
    private int[] tail = new int[initialRows()]; // buffers ever emptied, modulo 2^32
    private int[] ringSize = new int[initialRows()]; // buffers it has room for; a power of two
    private int[] base = new int[initialRows()]; // where its buffers begin in PipeBuffers
    private int[] readWait = new int[initialRows()]; // wait queue of readers, and of openers
    private int[] writeWait = new int[initialRows()]; // wait queue of writers
    private final Chain fasyncReaders; // files that SIGIO is sent for when there is something to read
    private final Chain fasyncWriters; // files that SIGIO is sent for when there is room

    public PipeTable(int limit, FileTable files) {
        super("pipe_inode_info", 41, limit);
        fasyncReaders = new Chain(this, files);
        fasyncWriters = new Chain(this, files);
    }

    public int files(int pipe) {
        return files[row(pipe)];
    }

    void setFiles(int pipe, int value) {
        files[row(pipe)] = value;
    }

    public int readers(int pipe) {
        return readers[row(pipe)];
    }

    void setReaders(int pipe, int value) {
        readers[row(pipe)] = value;
    }

    public int writers(int pipe) {
        return writers[row(pipe)];
    }

    void setWriters(int pipe, int value) {
        writers[row(pipe)] = value;
    }

    public int readerCounter(int pipe) {
        return readerCounter[row(pipe)];
    }

    void setReaderCounter(int pipe, int value) {
        readerCounter[row(pipe)] = value;
    }

    boolean pollUsage(int pipe) {
        return pollUsage[row(pipe)] != 0;
    }

    void setPollUsage(int pipe) {
        pollUsage[row(pipe)] = 1;
    }

    public int writerCounter(int pipe) {
        return writerCounter[row(pipe)];
    }

    void setWriterCounter(int pipe, int value) {
        writerCounter[row(pipe)] = value;
    }

    public int head(int pipe) {
        return head[row(pipe)];
    }

    void setHead(int pipe, int value) {
        head[row(pipe)] = value;
    }

    public int tail(int pipe) {
        return tail[row(pipe)];
    }

    void setTail(int pipe, int value) {
        tail[row(pipe)] = value;
    }

    public int ringSize(int pipe) {
        return ringSize[row(pipe)];
    }

    void setRingSize(int pipe, int value) {
        ringSize[row(pipe)] = value;
    }

    public int base(int pipe) {
        return base[row(pipe)];
    }

    void setBase(int pipe, int value) {
        base[row(pipe)] = value;
    }

    public int readWait(int pipe) {
        return readWait[row(pipe)];
    }

    void setReadWait(int pipe, int value) {
        readWait[row(pipe)] = value;
    }

    public int writeWait(int pipe) {
        return writeWait[row(pipe)];
    }

    void setWriteWait(int pipe, int value) {
        writeWait[row(pipe)] = value;
    }

    public Chain fasyncReaders() {
        return fasyncReaders;
    }

    public Chain fasyncWriters() {
        return fasyncWriters;
    }

    @Override
    protected void clearRow(int row) {
        files[row] = 0;
        readers[row] = 0;
        writers[row] = 0;
        readerCounter[row] = 0;
        pollUsage[row] = 0;
        writerCounter[row] = 0;
        head[row] = 0;
        tail[row] = 0;
        ringSize[row] = 0;
        base[row] = 0;
        readWait[row] = 0;
        writeWait[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        files = columns.ints(files);
        readers = columns.ints(readers);
        writers = columns.ints(writers);
        readerCounter = columns.ints(readerCounter);
        pollUsage = columns.bytes(pollUsage);
        writerCounter = columns.ints(writerCounter);
        head = columns.ints(head);
        tail = columns.ints(tail);
        ringSize = columns.ints(ringSize);
        base = columns.ints(base);
        readWait = columns.ints(readWait);
        writeWait = columns.ints(writeWait);
    }
}
