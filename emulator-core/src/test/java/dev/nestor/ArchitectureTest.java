package dev.nestor;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.callMethodWhere;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAnnotation;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.nestor.table.Table;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The structure that DESIGN.md draws and STYLE.md asks for, as far as class files show it. */
class ArchitectureTest {
    /**
     * The rooms of the house, lowest first: a room imports only rooms above it in this list. A package belongs to the
     * longest name that it starts with, so {@code fs.proc} is of {@code fs}, and {@code fs.exec} is a room of its own.
     */
    private static final List<String> ROOMS = List.of(
            "uapi",
            "table",
            "event",
            "machine",
            "trace",
            "kernel.task",
            "kernel.ns",
            "kernel.pid",
            "kernel.cred",
            "kernel.utsname",
            "kernel.time",
            "security.keys",
            "kernel.cgroup",
            "kernel.sched",
            "kernel.signal",
            "mm",
            "fs",
            "kernel.futex",
            "ipc",
            "net",
            "kernel.nsproxy",
            "kernel.fork",
            "kernel.exit",
            "fs.exec",
            "init");

    private static final String ROOT = "dev.nestor";

    /** Where allocation and iteration order matter most. */
    private static final String[] HOT = {ROOT + ".table..", ROOT + ".event..", ROOT + ".kernel.."};

    /** HotSpot compiles no method that is longer. */
    private static final int HUGE_METHOD_LIMIT = 8000;

    private static final Set<String> BOXES = Set.of(
            "java.lang.Boolean",
            "java.lang.Byte",
            "java.lang.Character",
            "java.lang.Double",
            "java.lang.Float",
            "java.lang.Integer",
            "java.lang.Long",
            "java.lang.Short");

    private static final Path MAIN_CLASSES = classesOf(Table.class);
    private static final JavaClasses MAIN = new ClassFileImporter().importPath(MAIN_CLASSES);
    private static final JavaClasses TESTS = new ClassFileImporter().importPath(classesOf(ArchitectureTest.class));

    @Test
    void rooms_importOnlyRoomsAbove() {
        check(classes().should(new ArchCondition<>("import only rooms above their own (ROOMS, from DESIGN.md)") {
            @Override
            public void check(JavaClass origin, ConditionEvents events) {
                for (Dependency dependency : origin.getDirectDependenciesFromSelf()) {
                    JavaClass target = dependency.getTargetClass().getBaseComponentType();
                    if (isOurs(target) && level(target) > level(origin)) {
                        events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
                    }
                }
            }
        }));
    }

    @Test
    void packages_haveAPlaceInTheList() {
        check(classes().should(new ArchCondition<>("live in a room of ArchitectureTest.ROOMS") {
            @Override
            public void check(JavaClass javaClass, ConditionEvents events) {
                if (level(javaClass) < 0) {
                    events.add(SimpleConditionEvent.violated(
                            javaClass,
                            javaClass.getName() + " lives in a package that ROOMS does not know:"
                                    + " put the room into the list, and into DESIGN.md's, where it belongs"));
                }
            }
        }));
    }

    @Test
    void packages_haveNoCycles() {
        check(slices().matching(ROOT + ".(**)").should().beFreeOfCycles());
    }

    @Test
    void core_knowsNoOtherModule() {
        check(noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + ".syscalls..", ROOT + ".cli..", ROOT + ".benchmarks..", ROOT + ".property..")
                .because("arrows go one way: cli, benchmarks, property-tests -> syscalls -> emulator-core"));
    }

    @Test
    void hotPackages_useNoHashMapsAndNoStreams() {
        check(noClasses()
                .that()
                .resideInAnyPackage(HOT)
                .should()
                .dependOnClassesThat()
                .haveNameMatching("java\\.util\\.(Linked)?Hash(Map|Set)|java\\.util\\.stream\\..*")
                .because("kernel state is columns and fastutil maps, and a steady state allocates nothing"));
    }

    @Test
    void hotPackages_doNotFormat() {
        check(noClasses()
                .that()
                .resideInAnyPackage(HOT)
                .should(callMethodWhere(describe(
                        "String.format or formatted",
                        (JavaMethodCall call) -> call.getTargetOwner().isEquivalentTo(String.class)
                                && call.getName().startsWith("format"))))
                .because("it allocates: concatenate, in the message of an assert"));
    }

    @Test
    void hotPackages_doNotBox() {
        check(noClasses()
                .that()
                .resideInAnyPackage(HOT)
                .should(callMethodWhere(describe("boxing or unboxing", ArchitectureTest::boxes)))
                .because("a box is an allocation: use fastutil's primitive types"));
    }

    @Test
    void staticFields_areConstants() {
        DescribedPredicate<JavaField> written = describe(
                "are static and written by us",
                field -> field.getModifiers().contains(JavaModifier.STATIC)
                        && !field.getModifiers().contains(JavaModifier.SYNTHETIC));
        check(fields().that(written)
                .should()
                .beFinal()
                .andShould(new ArchCondition<>("hold what cannot change") {
                    @Override
                    public void check(JavaField field, ConditionEvents events) {
                        mutability(field)
                                .ifPresent(why -> events.add(SimpleConditionEvent.violated(
                                        field, field.getFullName() + " in " + field.getSourceCodeLocation() + why)));
                    }
                })
                .because("many machines live side by side in one process"));
    }

    @Test
    void tests_areNeverDisabled() {
        DescribedPredicate<JavaAnnotation<?>> disabling = describe(
                "@Disabled or @Ignore",
                annotation -> annotation.getRawType().getName().matches(".*\\.(Disabled\\w*|Ignore)"));
        String reason = "mend it or delete it; a test that needs what a machine may lack uses Assumptions";
        noClasses()
                .should()
                .beMetaAnnotatedWith(disabling)
                .because(reason)
                .allowEmptyShould(true)
                .check(TESTS);
        noMethods()
                .should()
                .beMetaAnnotatedWith(disabling)
                .because(reason)
                .allowEmptyShould(true)
                .check(TESTS);
    }

    @Test
    void methods_areSmallEnoughForTheJit() throws IOException {
        List<String> tooLong = new ArrayList<>();
        try (Stream<Path> files = Files.walk(MAIN_CLASSES)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
                ClassModel model = ClassFile.of().parse(file);
                for (MethodModel method : model.methods()) {
                    int length = method.findAttribute(Attributes.code())
                            .map(code -> code.codeLength())
                            .orElse(0);
                    if (length > HUGE_METHOD_LIMIT && !method.methodName().equalsString("<clinit>")) {
                        tooLong.add(model.thisClass().asInternalName() + "." + method.methodName() + ": " + length);
                    }
                }
            }
        }
        assertEquals(List.of(), tooLong, "HotSpot compiles no method of more than 8000 bytecodes");
    }

    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(MAIN);
    }

    private static boolean isOurs(JavaClass javaClass) {
        return resideInAnyPackage(ROOT + "..").test(javaClass);
    }

    /** The place of the class's room in ROOMS; the root package, which may hold no more than its doc, is below all. */
    private static int level(JavaClass javaClass) {
        String name = javaClass.getPackageName();
        if (name.equals(ROOT) && javaClass.getSimpleName().equals("package-info")) {
            return 0;
        }
        int level = -1;
        int length = 0;
        for (int i = 0; i < ROOMS.size(); i++) {
            String room = ROOT + "." + ROOMS.get(i);
            if ((name.equals(room) || name.startsWith(room + ".")) && room.length() > length) {
                level = i;
                length = room.length();
            }
        }
        return level;
    }

    private static boolean boxes(JavaMethodCall call) {
        return BOXES.contains(call.getTargetOwner().getName())
                && (call.getName().equals("valueOf") || call.getName().endsWith("Value"));
    }

    /** Why what a static final field holds could change; empty for a constant. */
    private static Optional<String> mutability(JavaField field) {
        JavaClass type = field.getRawType();
        if (type.isArray()) {
            return field.getModifiers().contains(JavaModifier.PRIVATE)
                    ? Optional.empty()
                    : Optional.of(" is an array that others could write: make it private");
        }
        if (type.isAssignableTo(Iterable.class) || type.isAssignableTo(java.util.Map.class)) {
            return Set.of("java.util.List", "java.util.Set", "java.util.Map").contains(type.getName())
                    ? Optional.empty()
                    : Optional.of(" is a collection: declare it List, Set or Map, and make it with of()");
        }
        boolean changes = isOurs(type)
                && type.getAllFields().stream()
                        .anyMatch(f -> !f.getModifiers().contains(JavaModifier.STATIC)
                                && !f.getModifiers().contains(JavaModifier.FINAL));
        if (changes || type.getName().startsWith("java.util.concurrent.atomic.")) {
            return Optional.of(" holds an object whose fields can change");
        }
        return Optional.empty();
    }

    private static Path classesOf(Class<?> witness) {
        try {
            return Path.of(
                    witness.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }
}
