/**
 * Random machines and workloads, and what the scheduler is held to while they run: see docs/decisions/0013. In main code, so
 * that other modules' tests can use them.
 */
@NullMarked
package dev.nestor.property.sched;

import org.jspecify.annotations.NullMarked;
