package io.github.txt2lora.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.txt2lora.checkpoint.ElementType;
import io.github.txt2lora.checkpoint.SafetensorsFile;
import io.github.txt2lora.checkpoint.TensorView;
import io.github.txt2lora.golden.Golden;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** Draws what PyTorch drew: the file's name tells the seed, a tensor's name and shape tell the draw. */
@Tag("parity")
class TorchGeneratorParityTest {

    private static final Pattern SEED = Pattern.compile("seed_(-?\\d+)\\.safetensors");
    private static final Pattern STREAM = Pattern.compile("stream\\.(\\d+)\\.(.*)");
    private static final Pattern RANDINT = Pattern.compile("randint\\.(-?\\d+)\\.(-?\\d+)");
    private static final Pattern UNIFORM = Pattern.compile("uniform\\.(-?\\d+\\.\\d+)\\.(-?\\d+\\.\\d+)");
    private static final Pattern NORMAL = Pattern.compile("normal\\.(-?\\d+)\\.(\\d+\\.\\d+)");

    @TestFactory
    Stream<DynamicContainer> draws_what_pytorch_drew() throws IOException {
        Path folder = Golden.file("rng");
        assumeTrue(Files.isDirectory(folder), "no recorded random numbers");
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> recorded = files.sorted().toList();
            return recorded.stream().map(TorchGeneratorParityTest::draws);
        }
    }

    private static DynamicContainer draws(Path file) {
        Matcher seed = SEED.matcher(file.getFileName().toString());
        assertThat(seed.matches()).as("name of %s", file).isTrue();
        long value = Long.parseLong(seed.group(1));
        Map<String, TensorView> tensors = read(file);
        Stream<DynamicTest> single = tensors.keySet().stream()
                .filter(name -> !STREAM.matcher(name).matches() && !name.startsWith("linear"))
                .map(name -> dynamicTest(name, () -> check(new TorchGenerator(value), name, tensors.get(name))));
        Stream<DynamicTest> successive = Stream.of(
                dynamicTest("stream", () -> checkStream(new TorchGenerator(value), tensors)),
                dynamicTest("linear layer, then LoRA", () -> checkLinear(new TorchGenerator(value), tensors)));
        return dynamicContainer("seed " + value, Stream.concat(single, successive));
    }

    private static void checkStream(TorchGenerator generator, Map<String, TensorView> tensors) {
        List<String> names = tensors.keySet().stream()
                .filter(name -> STREAM.matcher(name).matches())
                .sorted(Comparator.comparingInt(name -> Integer.parseInt(name.split("\\.", -1)[1])))
                .toList();
        assumeTrue(!names.isEmpty(), "no successive draws");
        for (String name : names) {
            Matcher draw = STREAM.matcher(name);
            assertThat(draw.matches()).isTrue();
            check(generator, draw.group(2), tensors.get(name));
        }
    }

    private static void checkLinear(TorchGenerator generator, Map<String, TensorView> tensors) {
        List<String> names = tensors.keySet().stream()
                .filter(name -> name.startsWith("linear"))
                .sorted(Comparator.comparing((String name) -> !name.endsWith(".default")))
                .toList();
        assumeTrue(!names.isEmpty(), "no layer initialisation");
        for (String name : names) {
            check(generator, "kaiming_uniform", tensors.get(name));
        }
    }

    private static void check(TorchGenerator generator, String draw, TensorView recorded) {
        ElementType type = recorded.type();
        assumeTrue(type.bytes() >= 4, "trainings draw no half-precision numbers");
        int count = Math.toIntExact(recorded.elements());
        Matcher randint = RANDINT.matcher(draw);
        Matcher uniform = UNIFORM.matcher(draw);
        Matcher normal = NORMAL.matcher(draw);
        if (randint.matches()) {
            long low = Long.parseLong(randint.group(1));
            long high = Long.parseLong(randint.group(2));
            long[] drawn = new long[count];
            Arrays.setAll(drawn, i -> generator.randint(low, high));
            assertThat(drawn).isEqualTo(longs(recorded));
        } else if (draw.startsWith("randperm.")) {
            int[] drawn = generator.randperm(count);
            assertThat(Arrays.stream(drawn).asLongStream().toArray()).isEqualTo(longs(recorded));
        } else if (uniform.matches()) {
            double from = Double.parseDouble(uniform.group(1));
            double to = Double.parseDouble(uniform.group(2));
            assertThat(generator.uniform(count, from, to)).isEqualTo(recorded.toFloats());
        } else if (normal.matches()) {
            double mean = Double.parseDouble(normal.group(1));
            double deviation = Double.parseDouble(normal.group(2));
            assertThat(generator.normal(count, mean, deviation)).containsExactly(recorded.toFloats(), within(1e-6f));
        } else if (draw.startsWith("kaiming_uniform")) {
            int fanIn = Math.toIntExact(count / recorded.shape().get(0));
            assertThat(generator.kaimingUniform(fanIn, count)).isEqualTo(recorded.toFloats());
        } else if (draw.startsWith("randn") && type == ElementType.F64) {
            assertThat(generator.normalDoubles(count)).containsExactly(doubles(recorded), within(1e-6));
        } else if (draw.startsWith("randn")) {
            assertThat(generator.normal(count)).containsExactly(recorded.toFloats(), within(1e-6f));
        } else if (draw.startsWith("rand") && type == ElementType.F64) {
            assertThat(generator.uniformDoubles(count)).isEqualTo(doubles(recorded));
        } else if (draw.startsWith("rand")) {
            assertThat(generator.uniform(count)).isEqualTo(recorded.toFloats());
        } else {
            throw new AssertionError("No draw is known by the name " + recorded.name());
        }
    }

    private static Map<String, TensorView> read(Path file) {
        try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
            Map<String, TensorView> copies = new LinkedHashMap<>();
            tensors.byName().forEach((name, tensor) -> copies.put(name, copy(tensor)));
            return copies;
        }
    }

    /** The tensor in memory, which stays when its file is closed. */
    private static TensorView copy(TensorView tensor) {
        ByteBuffer bytes = tensor.bytes();
        return new TensorView(
                tensor.name(),
                tensor.type(),
                tensor.shape(),
                () -> bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN));
    }

    private static long[] longs(TensorView tensor) {
        long[] values = new long[Math.toIntExact(tensor.elements())];
        tensor.bytes().asLongBuffer().get(values);
        return values;
    }

    private static double[] doubles(TensorView tensor) {
        double[] values = new double[Math.toIntExact(tensor.elements())];
        tensor.bytes().asDoubleBuffer().get(values);
        return values;
    }
}
