/** Workloads as rt-app describes them in JSON, played by tasks that make real calls. */
@NullMarked
package dev.nestor.cli.rtapp;

import org.jspecify.annotations.NullMarked;
