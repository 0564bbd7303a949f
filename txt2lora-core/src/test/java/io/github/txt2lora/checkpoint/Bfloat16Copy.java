package io.github.txt2lora.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Copies of a model, a file or a folder, some tensors of which are rounded to bfloat16. */
public final class Bfloat16Copy {

    private Bfloat16Copy() {}

    /** Writes the chosen tensors as BF16. */
    public static Path write(Path from, Path to, Predicate<TensorView> chosen) {
        return copy(from, to, chosen, ElementType.BF16);
    }

    /** Writes the same numbers as F32. */
    public static Path writeWidened(Path from, Path to, Predicate<TensorView> chosen) {
        return copy(from, to, chosen, ElementType.F32);
    }

    private static Path copy(Path from, Path to, Predicate<TensorView> chosen, ElementType type) {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.filter(Files::isRegularFile).toList()) {
                Path target = Files.isDirectory(from) ? to.resolve(from.relativize(path)) : to;
                Files.createDirectories(target.getParent());
                if (path.toString().endsWith(".safetensors")) {
                    copyFile(path, target, chosen, type);
                } else {
                    Files.copy(path, target);
                }
            }
            return to;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copyFile(Path from, Path to, Predicate<TensorView> chosen, ElementType type) {
        try (SafetensorsFile file = SafetensorsFile.open(from)) {
            List<SafetensorsEntry> entries = file.tensors().stream()
                    .map(tensor -> chosen.test(tensor) && tensor.type().isFloat()
                            ? rounded(tensor, type)
                            : SafetensorsEntry.of(tensor.name(), tensor))
                    .toList();
            SafetensorsWriter.write(to, file.metadata(), entries);
        }
    }

    private static SafetensorsEntry rounded(TensorView tensor, ElementType type) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(tensor.elements() * type.bytes()))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (float value : tensor.toFloats()) {
            short bfloat16 = HalfFloats.floatToBfloat16(value);
            if (type == ElementType.BF16) {
                bytes.putShort(bfloat16);
            } else {
                bytes.putFloat(HalfFloats.bfloat16ToFloat(bfloat16));
            }
        }
        return new SafetensorsEntry(tensor.name(), type, tensor.shape(), bytes.flip()::duplicate);
    }
}
