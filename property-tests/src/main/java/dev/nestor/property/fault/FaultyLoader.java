package dev.nestor.property.fault;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.AccessFlags;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Loads the emulator anew, with the bodies of some methods replaced by calls of static methods of the same name, which are given
 * the object first. What a method was is still there, as {@code name$original}. All that is not replaced is as it is.
 */
public final class FaultyLoader extends ClassLoader {
    private static final String OURS = "dev.nestor.";
    private static final String ORIGINAL = "$original";

    private final Map<String, List<Replacement>> replacements = new HashMap<>(); // by class

    /** The method of a class, which has one of that name, and the class of the static method that stands in for it. */
    private record Replacement(String method, String by) {}

    public FaultyLoader() {
        super(FaultyLoader.class.getClassLoader());
    }

    /** Before the class is loaded. */
    public FaultyLoader replace(String className, String method, String by) {
        replacements.computeIfAbsent(className, name -> new ArrayList<>()).add(new Replacement(method, by));
        return this;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded != null) {
                return loaded;
            }
            return name.startsWith(OURS) ? define(name) : super.loadClass(name, resolve);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] bytes = in.readAllBytes();
            for (Replacement replacement : replacements.getOrDefault(name, List.of())) {
                bytes = replaced(bytes, replacement);
            }
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    private static byte[] replaced(byte[] bytes, Replacement replacement) {
        ClassFile classFile = ClassFile.of();
        ClassModel model = classFile.parse(bytes);
        List<MethodModel> found = model.methods().stream()
                .filter(method -> method.methodName().equalsString(replacement.method()))
                .toList();
        if (found.size() != 1) {
            throw new IllegalStateException(model.thisClass().asInternalName() + " has " + found.size() + " methods "
                    + replacement.method() + ": the fault does not fit any more");
        }
        MethodModel method = found.getFirst();
        return classFile.transformClass(model, (builder, element) -> {
            if (element instanceof MethodModel same && same.methodName().equalsString(replacement.method())) {
                keepOriginal(builder, method);
                standIn(builder, model.thisClass().asSymbol(), method, ClassDesc.of(replacement.by()));
            } else {
                builder.with(element);
            }
        });
    }

    private static void keepOriginal(ClassBuilder builder, MethodModel method) {
        String name = method.methodName().stringValue() + ORIGINAL;
        builder.withMethod(
                name,
                method.methodTypeSymbol(),
                0,
                original -> method.forEach(element -> {
                    if (!(element instanceof AccessFlags)) {
                        original.with(element);
                    }
                }));
    }

    private static void standIn(ClassBuilder builder, ClassDesc owner, MethodModel method, ClassDesc by) {
        MethodTypeDesc type = method.methodTypeSymbol();
        String name = method.methodName().stringValue();
        builder.withMethodBody(name, type, method.flags().flagsMask(), code -> {
            code.aload(0);
            int slot = 1;
            for (ClassDesc parameter : type.parameterList()) {
                TypeKind kind = TypeKind.from(parameter);
                code.loadLocal(kind, slot);
                slot += kind.slotSize();
            }
            code.invokestatic(by, name, type.insertParameterTypes(0, owner));
            code.return_(TypeKind.from(type.returnType()));
        });
    }

    /** Calls a method of an object that its class keeps to itself; the name of one that was replaced ends in $original. */
    public static Object call(Object target, String name, Object... arguments) {
        for (Method method : target.getClass().getDeclaredMethods()) {
            if (method.getName().equals(name)) {
                try {
                    method.setAccessible(true);
                    return method.invoke(target, arguments);
                } catch (ReflectiveOperationException e) {
                    throw new IllegalStateException(name, e);
                }
            }
        }
        throw new IllegalStateException(
                target.getClass() + " has no method " + name + ": the fault does not fit any more");
    }

    /** What an object keeps to itself. */
    public static Object field(Object target, String name) {
        try {
            Field field = target.getClass().getDeclaredField(name);
            field.setAccessible(true);
            return field.get(target);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(name + ": the fault does not fit any more", e);
        }
    }
}
