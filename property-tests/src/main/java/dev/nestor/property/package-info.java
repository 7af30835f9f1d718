/**
 * Random programs of system calls, run on the emulator and on a simple object model side by side: the machine without
 * CPUs they run on, their generator, the comparison. In main code, so that other modules' tests can use them.
 */
@NullMarked
package dev.nestor.property;

import org.jspecify.annotations.NullMarked;
