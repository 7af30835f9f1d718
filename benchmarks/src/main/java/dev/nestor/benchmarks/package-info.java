/** JMH benchmarks of the hot paths. The packages below mirror their subjects. */
@NullMarked
package dev.nestor.benchmarks;

import org.jspecify.annotations.NullMarked;
