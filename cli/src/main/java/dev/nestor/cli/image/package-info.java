/** Images: which files a machine has, recorded there. A log's files are looked for in one before they are learned. */
@NullMarked
package dev.nestor.cli.image;

import org.jspecify.annotations.NullMarked;
