/**
 * Rows, handles, generations, growth and digests: what every kernel table is made of. Knows no kernel word and
 * touches nothing else.
 */
@NullMarked
package dev.nestor.table;

import org.jspecify.annotations.NullMarked;
