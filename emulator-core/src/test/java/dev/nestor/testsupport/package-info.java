/** What tests of all rooms share. */
@NullMarked
package dev.nestor.testsupport;

import org.jspecify.annotations.NullMarked;
