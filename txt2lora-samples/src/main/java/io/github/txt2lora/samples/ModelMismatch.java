package io.github.txt2lora.samples;

import io.github.txt2lora.ModelSource;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.Txt2Lora;
import io.github.txt2lora.demo.DemoCheckpoint;
import io.github.txt2lora.image.ImagePlot;
import io.github.txt2lora.image.PlainWords;
import io.github.txt2lora.image.PlotAxis;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Shows the effect of a LoRA on a model other than its own, and what training on several models does against its loss:
 * an X/Y/Z plot of LoRAs of the same prompts, one of each of two models and one of both, against these models and a
 * third one that none was trained on, a few seeds beside each other.
 *
 * <p>Usage: {@code ModelMismatch [FOLDER]}, where the results go; by default {@code model-mismatch}.
 */
public final class ModelMismatch {

    private static final String LOOK = "short hair,maid uniform,frilled skirt,sleeves,maid apron,maid headdress,"
            + "black eyes,black rimmed glasses,cat ears,black hair,hair between eyes,ear fluff";

    /** The lower 8 of the 10 bits of a half's fraction: a weight changes by up to a quarter of itself. */
    private static final int LOW_BITS = 0xFF;

    private static final Pattern HALVES = Pattern.compile("\"F16\"[^}]*\"data_offsets\":\\[(\\d+),(\\d+)]");

    private ModelMismatch() {}

    /** Trains a LoRA on each of two models and one on both, and draws the plot. */
    public static void main(String[] args) throws IOException {
        run(
                Path.of(args.length == 0 ? "model-mismatch" : args[0]),
                TrainingSpec.builder().build(),
                List.of(0L, 1L, 2L),
                DemoPictures.STEPS);
    }

    static void run(Path folder, TrainingSpec spec, List<Long> seeds, int steps) throws IOException {
        ModelSource original = DemoCheckpoint.copyTo(folder);
        Path file = folder.resolve(original.displayName());
        List<ModelSource> models = List.of(
                original,
                ModelSource.file(perturb(file, folder.resolve("perturbed.safetensors"), 0)),
                ModelSource.file(perturb(file, folder.resolve("unseen.safetensors"), 1)));
        List<ModelSource> trained = models.subList(0, 2);
        try (TrainingEngine engine = TrainingEngine.open()) {
            List<Path> loras = new ArrayList<>();
            for (ModelSource model : trained) {
                loras.add(train(engine, "krnkmd-on-" + stem(model), List.of(model), spec, folder));
            }
            loras.add(train(engine, "krnkmd-on-both", trained, spec, folder));
            var request = DemoPictures.request(original, steps)
                    .prompt(new PlainWords("krnkmd").asPrompt())
                    .build();
            new ImagePlot(
                            request,
                            List.of(
                                    new PlotAxis.LoraFiles(loras),
                                    new PlotAxis.Models(models),
                                    new PlotAxis.Seeds(seeds)))
                    .draw(engine, (done, total) -> System.out.println(done + " of " + total + " pictures"))
                    .writePng(folder.resolve("plot.png"));
        }
    }

    private static Path train(
            TrainingEngine engine, String name, List<ModelSource> models, TrainingSpec spec, Path folder) {
        return Txt2Lora.builder()
                .engine(engine)
                .name(name)
                .model(models.get(0))
                .alsoOn(models.subList(1, models.size()).toArray(ModelSource[]::new))
                .prompt(DemoPictures.character("krnkmd", LOOK))
                .training(spec)
                .output(folder)
                .listener(ConsoleProgress.standard())
                .build()
                .train()
                .file();
    }

    private static String stem(ModelSource model) {
        return model.displayName().replace(".safetensors", "");
    }

    /**
     * Writes a copy of a checkpoint whose weights are a little different, as those of a model that was trained further.
     * A safetensors file begins with the length of its header, 8 bytes, and the header, which says where tensors are.
     */
    private static Path perturb(Path checkpoint, Path copy, long seed) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(checkpoint)).order(ByteOrder.LITTLE_ENDIAN);
        int headerLength = Math.toIntExact(bytes.getLong(0));
        int data = Long.BYTES + headerLength;
        Matcher halves = HALVES.matcher(new String(bytes.array(), Long.BYTES, headerLength, StandardCharsets.UTF_8));
        var random = new Random(seed);
        while (halves.find()) {
            int end = data + Integer.parseInt(halves.group(2));
            for (int i = data + Integer.parseInt(halves.group(1)); i < end; i += Short.BYTES) {
                bytes.putShort(i, (short) (bytes.getShort(i) ^ random.nextInt(LOW_BITS + 1)));
            }
        }
        return Files.write(copy, bytes.array());
    }
}
