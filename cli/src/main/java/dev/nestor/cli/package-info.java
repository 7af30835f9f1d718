/** The command nestor: readers of workloads, comparison, reports. */
@NullMarked
package dev.nestor.cli;

import org.jspecify.annotations.NullMarked;
