/** {@code nestor sched}: what {@code perf sched} prints, of any trace of ftrace. */
@NullMarked
package dev.nestor.cli.sched;

import org.jspecify.annotations.NullMarked;
