package dev.nestor.cli.plugin;

import dev.nestor.kernel.sched.ext.SchedExtOps;
import java.io.File;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds the class of a scheduler, and makes objects of it. */
final class SchedulerLoader {
    private final String className;
    private final Constructor<? extends SchedExtOps> constructor;

    private SchedulerLoader(String className, Constructor<? extends SchedExtOps> constructor) {
        this.className = className;
        this.constructor = constructor;
    }

    /**
     * Loads a class, and makes an object of it to see that it can be.
     *
     * @param classPath directories and jars, separated as on the host; empty for those of nestor alone
     */
    static SchedulerLoader load(String className, String classPath) throws PlugInException {
        ClassLoader loader = loader(classPath);
        String where = classPath.isEmpty() ? "on the class path: see --class-path" : "in " + classPath;
        try {
            Class<?> found = Class.forName(className, true, loader);
            if (!SchedExtOps.class.isAssignableFrom(found)) {
                throw new PlugInException(className + " does not implement " + SchedExtOps.class.getName());
            }
            boolean isReachable = Modifier.isPublic(found.getModifiers()) && !Modifier.isAbstract(found.getModifiers());
            if (!isReachable) {
                throw new PlugInException(className + " is not a public class that objects can be made of");
            }
            SchedulerLoader made = new SchedulerLoader(
                    className, found.asSubclass(SchedExtOps.class).getConstructor());
            made.create();
            return made;
        } catch (ClassNotFoundException e) {
            throw new PlugInException("there is no class " + className + " " + where);
        } catch (NoSuchMethodException e) {
            throw new PlugInException(className + " has no public constructor without parameters");
        } catch (LinkageError e) {
            throw new PlugInException(className + " can't be loaded: " + e);
        }
    }

    private static ClassLoader loader(String classPath) throws PlugInException {
        ClassLoader ours = SchedulerLoader.class.getClassLoader();
        if (classPath.isEmpty()) {
            return ours;
        }
        List<URL> urls = new ArrayList<>();
        for (String part : classPath.split(File.pathSeparator, -1)) {
            Path path = Path.of(part);
            if (!Files.isReadable(path)) {
                throw new PlugInException("--class-path " + part + " is not there, or can't be read");
            }
            try {
                urls.add(path.toUri().toURL());
            } catch (MalformedURLException e) {
                throw new PlugInException("--class-path " + part + ": " + e.getMessage());
            }
        }
        return new URLClassLoader(urls.toArray(URL[]::new), ours);
    }

    private SchedExtOps create() throws PlugInException {
        try {
            return constructor.newInstance();
        } catch (InvocationTargetException e) {
            throw new PlugInException("the constructor of " + className + " throws " + e.getCause());
        } catch (ReflectiveOperationException | LinkageError e) {
            throw new PlugInException("no object can be made of " + className + ": " + e);
        }
    }

    /** One for a machine. */
    SchedExtOps make() {
        try {
            return create();
        } catch (PlugInException e) {
            throw new IllegalStateException(e);
        }
    }
}
