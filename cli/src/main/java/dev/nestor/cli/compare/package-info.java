/** {@code nestor compare}: two traces of one workload, side by side. */
@NullMarked
package dev.nestor.cli.compare;

import org.jspecify.annotations.NullMarked;
