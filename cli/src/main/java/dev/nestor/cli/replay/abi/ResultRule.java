package dev.nestor.cli.replay.abi;

/** How the value that a call returns is compared; errors are always compared exactly. */
enum ResultRule {
    EXACT,
    /** Time: no two machines agree. */
    ANY,
    /** Seconds left: one more or less is the same. */
    NEAR,
    /** Only 32 bits of it mean anything. */
    LOW32,
    /** 0 for the same; which of two others comes first is a matter of addresses. */
    ORDER,
    /** The length of a text that may hold another number than the log's: equal if the texts are. */
    TEXT
}
