package io.github.txt2lora.spark;

import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.internal.ImageBytes;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.Serializable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Stands in a stream for a value that cannot be serialized. */
sealed interface Form extends Serializable {

    /** The value. */
    Object value() throws IOException;

    /** What stands for a value: a form, or the value itself. */
    static Object of(Object value) throws IOException {
        if (value instanceof Form) {
            return value;
        } else if (value instanceof Record record) {
            return OfRecord.of(record);
        } else if (value instanceof Optional<?> optional) {
            return new OfOptional(optional.orElse(null));
        } else if (value instanceof OptionalInt optional) {
            return new OfOptionalInt(optional.isPresent() ? optional.getAsInt() : null);
        } else if (value instanceof OptionalLong optional) {
            return new OfOptionalLong(optional.isPresent() ? optional.getAsLong() : null);
        } else if (value instanceof OptionalDouble optional) {
            return new OfOptionalDouble(optional.isPresent() ? optional.getAsDouble() : null);
        } else if (value instanceof Path path) {
            return new OfPath(path.toAbsolutePath().toString());
        } else if (value instanceof LoraTarget target) {
            return new OfTarget(target.name());
        } else if (value instanceof Txt2LoraException failure) {
            return new OfFailure(failure.getClass().getName(), failure.getMessage(), List.of(failure.getStackTrace()));
        } else if (value instanceof BufferedImage image) {
            return OfPicture.of(image);
        }
        return value;
    }

    /** Of this library alone: its constructor checks what it is given. */
    record OfRecord(String type, List<@Nullable Object> components) implements Form {

        private static final String OWN = "io.github.txt2lora.";

        private static Form of(Record record) throws IOException {
            RecordComponent[] parts = record.getClass().getRecordComponents();
            List<@Nullable Object> components = new ArrayList<>();
            try {
                for (RecordComponent part : parts) {
                    part.getAccessor().setAccessible(true);
                    components.add(part.getAccessor().invoke(record));
                }
            } catch (ReflectiveOperationException e) {
                throw new IOException("cannot read " + record.getClass() + ": " + e, e);
            }
            return new OfRecord(record.getClass().getName(), components);
        }

        @Override
        public Object value() throws IOException {
            if (!type.startsWith(OWN)) {
                throw new InvalidObjectException(type + " is none of this library");
            }
            try {
                var found = Class.forName(type, true, Form.class.getClassLoader());
                if (!found.isRecord()) {
                    throw new InvalidObjectException(type + " is no record");
                }
                Class<?>[] types = Stream.of(found.getRecordComponents())
                        .map(RecordComponent::getType)
                        .toArray(Class<?>[]::new);
                var constructor = found.getDeclaredConstructor(types);
                constructor.setAccessible(true);
                return constructor.newInstance(components.toArray());
            } catch (InvocationTargetException e) {
                throw new IOException("cannot make " + type + ": " + e.getCause(), e.getCause());
            } catch (ReflectiveOperationException | IllegalArgumentException e) {
                throw new IOException("cannot make " + type + ": " + e, e);
            }
        }
    }

    /** Empty if null. */
    record OfOptional(@Nullable Object content) implements Form {

        @Override
        public Object value() {
            return Optional.ofNullable(content);
        }
    }

    /** Empty if null. */
    record OfOptionalInt(@Nullable Integer content) implements Form {

        @Override
        public Object value() {
            return content == null ? OptionalInt.empty() : OptionalInt.of(content);
        }
    }

    /** Empty if null. */
    record OfOptionalDouble(@Nullable Double content) implements Form {

        @Override
        public Object value() {
            return content == null ? OptionalDouble.empty() : OptionalDouble.of(content);
        }
    }

    /** Empty if null. */
    record OfOptionalLong(@Nullable Long content) implements Form {

        @Override
        public Object value() {
            return content == null ? OptionalLong.empty() : OptionalLong.of(content);
        }
    }

    /** An absolute one. */
    record OfPath(String text) implements Form {

        @Override
        public Object value() {
            return Path.of(text);
        }
    }

    /** By its name, which says all. */
    record OfTarget(String name) implements Form {

        private static final String LAYERS = "layers(";
        private static final String NAMES = "names(";

        @Override
        public Object value() throws IOException {
            if (name.startsWith(LAYERS)) {
                return LoraTarget.layers(name.substring(LAYERS.length(), name.length() - 1));
            } else if (name.startsWith(NAMES)) {
                return LoraTarget.names(List.of(
                        name.substring(NAMES.length(), name.length() - 1).split(", ", -1)));
            }
            return LoraTarget.named().stream()
                    .filter(target -> target.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new InvalidObjectException("there is no target " + name));
        }
    }

    /** Without causes, which may be of classes that only the other process has. */
    record OfFailure(String type, String message, List<StackTraceElement> stack) implements Form {

        @Override
        public Object value() {
            Txt2LoraException failure = Failures.of(type, message);
            failure.setStackTrace(stack.toArray(StackTraceElement[]::new));
            return failure;
        }
    }

    /** Without loss. */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares it
    record OfPicture(byte[] png) implements Form {

        private static Form of(BufferedImage image) {
            return new OfPicture(ImageBytes.of(image, "png"));
        }

        @Override
        public Object value() throws IOException {
            return Objects.requireNonNull(ImageBytes.read(png), "a picture of another process");
        }
    }
}
