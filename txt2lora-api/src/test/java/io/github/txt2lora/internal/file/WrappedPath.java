package io.github.txt2lora.internal.file;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * Makes a path of another file system one of a {@link FaultyFileSystem}.
 *
 * @param real does the work
 */
record WrappedPath(Path real, FaultyFileSystem fileSystem) implements InvocationHandler {

    static Path wrap(Path path, FaultyFileSystem fileSystem) {
        return (Path) Proxy.newProxyInstance(
                WrappedPath.class.getClassLoader(), new Class<?>[] {Path.class}, new WrappedPath(path, fileSystem));
    }

    static Path unwrap(Path path) {
        return Proxy.isProxyClass(path.getClass()) ? ((WrappedPath) Proxy.getInvocationHandler(path)).real : path;
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        if (method.getName().equals("getFileSystem")) {
            return fileSystem;
        }
        Object[] unwrapped = arguments == null
                ? null
                : Arrays.stream(arguments)
                        .map(argument -> argument instanceof Path path ? unwrap(path) : argument)
                        .toArray();
        try {
            return wrapResult(method.invoke(real, unwrapped));
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private Object wrapResult(Object result) {
        if (result instanceof Iterator<?> names) {
            List<Path> wrapped = new ArrayList<>();
            names.forEachRemaining(name -> wrapped.add(wrap((Path) name, fileSystem)));
            return wrapped.iterator();
        }
        return result instanceof Path path ? wrap(path, fileSystem) : result;
    }
}
