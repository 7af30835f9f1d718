/** Generators and checks that the property tests share. */
@NullMarked
package dev.nestor.properties;

import org.jspecify.annotations.NullMarked;
