package dev.nestor.property;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Shrinkable;
import net.jqwik.api.ShrinkingDistance;

/**
 * Programs for jqwik's properties. Each has a seed of its own, from which it can be made again without jqwik; what fails is
 * shrunk to as few operations and flags as will do.
 */
public final class RandomPrograms {
    private RandomPrograms() {}

    /** Of at most so many operations. */
    public static Arbitrary<Program> ofLength(int length) {
        return Arbitraries.fromGenerator(
                (Random random) -> new ShrinkableProgram(Programs.of(RandomSeeds.next(), length)));
    }

    /** A program, and smaller ones. */
    private record ShrinkableProgram(Program value) implements Shrinkable<Program> {
        @Override
        public Stream<Shrinkable<Program>> shrink() {
            return Stream.concat(shorter(), plainer())
                    .map(operations -> new ShrinkableProgram(new Program(value.seed(), operations)));
        }

        /** Without one half, one quarter, … one operation. */
        private Stream<List<Operation>> shorter() {
            int size = value.operations().size();
            return IntStream.iterate(size / 2, chunk -> chunk > 0, chunk -> chunk / 2)
                    .boxed()
                    .flatMap(chunk -> IntStream.iterate(0, from -> from < size, from -> from + chunk)
                            .mapToObj(from -> without(from, Math.min(size, from + chunk))));
        }

        private List<Operation> without(int from, int to) {
            List<Operation> fewer = new ArrayList<>(value.operations());
            fewer.subList(from, to).clear();
            return fewer;
        }

        /** With one flag less. */
        private Stream<List<Operation>> plainer() {
            return IntStream.range(0, value.operations().size()).boxed().flatMap(this::plainerAt);
        }

        private Stream<List<Operation>> plainerAt(int place) {
            Operation operation = value.operations().get(place);
            return IntStream.range(0, Long.SIZE)
                    .filter(bit -> (operation.flags() & 1L << bit) != 0)
                    .mapToObj(bit -> {
                        List<Operation> plainer = new ArrayList<>(value.operations());
                        plainer.set(place, operation.withFlags(operation.flags() & ~(1L << bit)));
                        return plainer;
                    });
        }

        @Override
        public ShrinkingDistance distance() {
            long flags = value.operations().stream()
                    .mapToLong(operation -> Long.bitCount(operation.flags()))
                    .sum();
            return ShrinkingDistance.of(value.operations().size(), flags);
        }
    }
}
