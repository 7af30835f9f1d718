package dev.nestor.cli.replay;

import dev.nestor.cli.image.FileImage;

/**
 * How a log is replayed.
 *
 * @param keepGoing whether a line that can't be read is left out and counted, instead of ending the replay
 * @param maxMemory bytes of memory that the emulated machine may use
 * @param maxTasks tasks that it may have at a time
 * @param image files that stood on the machine before the log began
 */
public record ReplayOptions(boolean keepGoing, long maxMemory, int maxTasks, FileImage image) {}
