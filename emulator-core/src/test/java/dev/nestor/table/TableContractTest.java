package dev.nestor.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every table of the machine keeps to, whichever structure it stands for. */
class TableContractTest {
    static Stream<Class<?>> tables() {
        return new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("dev.nestor").stream()
                        .filter(found -> found.isAssignableTo(Table.class))
                        .filter(found -> !found.getModifiers().contains(JavaModifier.ABSTRACT))
                        .<Class<?>>map(JavaClass::reflect);
    }

    @Test
    void allTables_areFound() {
        assertThat(tables()).hasSizeGreaterThan(30);
    }

    @ParameterizedTest
    @MethodSource("tables")
    void columns_arePrivate(Class<?> type) {
        assertThat(TableColumns.of(type).columns()).allMatch(column -> Modifier.isPrivate(column.getModifiers()));
    }

    @ParameterizedTest
    @MethodSource("tables")
    void free_zeroesEveryColumn(Class<?> type) {
        TableColumns made = TableColumns.of(type);
        int handle = made.someRow();
        int row = made.table.row(handle);
        made.fill(handle);
        made.table.free(handle);
        assertThat(made.columns().stream()
                        .filter(column -> !made.isZero(column, row))
                        .map(Field::getName))
                .as("columns that clearRow leaves dirty")
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("tables")
    void growth_reachesEveryColumn_andKeepsWhatIsInIt(Class<?> type) {
        TableColumns made = TableColumns.of(type);
        int handle = made.someRow();
        int row = made.table.row(handle);
        made.fill(handle);
        List<Integer> strides =
                made.columns().stream().map(column -> made.stride(column)).toList();
        int[] lengths = made.columns().stream().mapToInt(made::length).toArray();
        int capacity = made.capacity();
        while (made.capacity() == capacity && made.table.alloc() != Table.NULL) {
            assertThat(made.table.size()).isLessThan(1000);
        }
        boolean couldGrow = made.capacity() > capacity;
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < made.columns().size(); i++) {
            Field column = made.columns().get(i);
            boolean grown = !couldGrow || made.length(column) > lengths[i];
            if (!grown || made.stride(column) != strides.get(i) || !made.isFilled(column, row)) {
                wrong.add(column.getName());
            }
        }
        assertThat(wrong).as("columns that columns(...) does not visit").isEmpty();
    }

    @ParameterizedTest
    @MethodSource("tables")
    void digest_seesEveryColumn(Class<?> type) {
        TableColumns made = TableColumns.of(type);
        int row = made.table.row(made.someRow());
        List<String> unseen = new ArrayList<>();
        for (Field column : made.columns()) {
            int stride = made.stride(column);
            for (int i = 0; i < stride; i++) {
                long before = digest(made.table);
                TableColumns.put(made.array(column), row * stride + i, 0x77);
                if (digest(made.table) == before) {
                    unseen.add(column.getName() + "[" + i + "]");
                }
            }
        }
        assertThat(unseen).as("elements that the digest does not see").isEmpty();
    }

    private static long digest(Table table) {
        StateHash hash = new StateHash();
        table.digest(hash);
        return hash.value();
    }

    @ParameterizedTest
    @MethodSource("tables")
    void aLinkedRow_isNotFreed(Class<?> type) {
        for (Chain chain : TableColumns.of(type).chains()) {
            Table heads = TableColumns.end(chain, "headTable");
            Table members = TableColumns.end(chain, "memberTable");
            int head = heads.alloc();
            int member = members.alloc();
            chain.addLast(head, member);
            assertThatThrownBy(() -> heads.free(head)).isInstanceOf(AssertionError.class);
            assertThatThrownBy(() -> members.free(member)).isInstanceOf(AssertionError.class);
            chain.remove(member);
            members.free(member);
            heads.free(head);
        }
    }
}
