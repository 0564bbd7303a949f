package io.github.txt2lora.spark;

import io.github.txt2lora.Txt2LoraException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.OutputStream;

/**
 * Values as bytes that Spark carries, whatever serializer it is set to. The values of the API are no
 * {@link java.io.Serializable}s; {@link Form} says what goes over in their place.
 */
final class Wire {

    private Wire() {}

    /**
     * Writes a value. Paths become absolute, since another process has another working directory.
     *
     * @throws Txt2LoraException if something in it can neither be serialized nor has a form
     */
    static byte[] write(Object value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (var out = new FormOutput(bytes)) {
            out.writeObject(value);
        } catch (IOException e) {
            throw new Txt2LoraException(
                    "a value of " + value.getClass() + " cannot go to another process: " + e.getMessage(), e);
        }
        return bytes.toByteArray();
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws Txt2LoraException if it is something else, or of another version of this library
     */
    static <T> T read(byte[] bytes, Class<T> type) {
        try (var in = new FormInput(new ByteArrayInputStream(bytes))) {
            return type.cast(in.readObject());
        } catch (IOException | ReflectiveOperationException | ClassCastException e) {
            throw new Txt2LoraException(
                    "what came from another process cannot be read: " + e
                            + "; expected the same version of txt2lora on all nodes",
                    e);
        }
    }

    private static final class FormOutput extends ObjectOutputStream {

        FormOutput(OutputStream out) throws IOException {
            super(out);
            enableReplaceObject(true);
        }

        @Override
        protected Object replaceObject(Object value) throws IOException {
            return Form.of(value);
        }
    }

    private static final class FormInput extends ObjectInputStream {

        FormInput(InputStream in) throws IOException {
            super(in);
            enableResolveObject(true);
        }

        @Override
        protected Object resolveObject(Object read) throws IOException {
            return read instanceof Form form ? form.value() : read;
        }

        /** By the loader of this class: Spark loads applications by one of its own. */
        @Override
        protected Class<?> resolveClass(ObjectStreamClass description) throws IOException, ClassNotFoundException {
            try {
                return Class.forName(description.getName(), false, Wire.class.getClassLoader());
            } catch (ClassNotFoundException e) {
                return super.resolveClass(description); // primitive types
            }
        }
    }
}
