package dev.nestor.ipc;

import dev.nestor.mm.UserMemory;
import dev.nestor.table.Columns;
import dev.nestor.table.StateHash;
import dev.nestor.table.Table;

/** The struct msg_msg columns, and the pool of their texts. */
public final class MsgTable extends Table {
    private long[] type = new long[initialRows()]; // positive
    private int[] size = new int[initialRows()]; // bytes
    private int[] block = new int[initialRows()]; // of the text in the pool
    private final ByteBlocks texts;

    /** @param textLimit bytes of all messages together */
    public MsgTable(int limit, int textLimit) {
        super("msg_msg", 44, limit);
        texts = new ByteBlocks(textLimit);
    }

    /** alloc_msg(): a message with room for so many bytes; NULL at a limit. */
    int create(long messageType, int bytes) {
        int at = texts.alloc(bytes);
        int msg = at == ByteBlocks.NONE ? NULL : alloc();
        if (msg != NULL) {
            type[row(msg)] = messageType;
            size[row(msg)] = bytes;
            block[row(msg)] = at;
        } else if (at != ByteBlocks.NONE) {
            texts.free(at, bytes);
        }
        return msg;
    }

    /** free_msg(). */
    void destroy(int msg) {
        texts.free(block[row(msg)], size[row(msg)]);
        free(msg);
    }

    public long type(int msg) {
        return type[row(msg)];
    }

    public int size(int msg) {
        return size[row(msg)];
    }

    /** load_msg(): takes the text from user memory; 0 or -EFAULT. */
    int load(UserMemory memory, int mm, long from, int msg) {
        return texts.load(memory, mm, from, block[row(msg)], size[row(msg)]);
    }

    /** store_msg(): copies the first bytes of the text out; 0 or -EFAULT. */
    int store(UserMemory memory, int mm, long to, int msg, int bytes) {
        return texts.store(memory, mm, to, block[row(msg)], bytes);
    }

    void digestTexts(StateHash hash) {
        texts.digest(hash);
    }

    @Override
    protected void clearRow(int row) {
        type[row] = 0;
        size[row] = 0;
        block[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        type = columns.longs(type);
        size = columns.ints(size);
        block = columns.ints(block);
    }
}
