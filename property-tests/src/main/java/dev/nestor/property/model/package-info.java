/**
 * What processes, numbers and namespaces are, as the man pages and the kernel's source say it, in objects and maps: slow,
 * and written to be obviously right. It knows nothing of the emulator.
 */
@NullMarked
package dev.nestor.property.model;

import org.jspecify.annotations.NullMarked;
