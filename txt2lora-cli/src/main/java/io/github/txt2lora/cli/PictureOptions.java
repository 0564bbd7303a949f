package io.github.txt2lora.cli;

import io.github.txt2lora.ModelSource;
import io.github.txt2lora.Precision;
import io.github.txt2lora.PredictionType;
import io.github.txt2lora.SchedulerType;
import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.image.LoraWeight;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options of an image request. */
@SuppressWarnings("NullAway.Init") // picocli sets what has a default or is required
final class PictureOptions {

    @Parameters(
            paramLabel = "PROMPT",
            description =
                    "The prompt, in the syntax of web UIs: (word:1.2), [word], AND, BREAK," + " <lora:name:weight>.")
    private String prompt;

    @Option(
            names = {"-m", "--model"},
            paramLabel = "MODEL",
            required = true,
            converter = ModelSourceConverter.class,
            description = "The base model: a .safetensors file or a folder in diffusers' layout.")
    private ModelSource model;

    @Option(names = "--negative", paramLabel = "PROMPT", defaultValue = "", description = "The negative prompt.")
    private String negative;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "20",
            description = "Denoising steps, 1 to 1000. Default: ${DEFAULT-VALUE}.")
    private int steps;

    @Option(
            names = "--cfg",
            paramLabel = "SCALE",
            defaultValue = "7.5",
            description =
                    "Scale of classifier-free guidance; 1 ignores the negative prompt. Default:" + " ${DEFAULT-VALUE}.")
    private double guidanceScale;

    @Option(
            names = "--size",
            paramLabel = "WIDTHxHEIGHT",
            defaultValue = "512x512",
            converter = PictureSize.Converter.class,
            description = "Size in pixels, multiples of 8. Default: ${DEFAULT-VALUE}.")
    private PictureSize size;

    @Option(
            names = {"--scheduler", "--sampler"},
            paramLabel = "NAME",
            defaultValue = "DDIM",
            converter = SchedulerConverter.class,
            description = "Scheduler: DDIM, DDPM, LMS, Euler, 'Euler a', 'DPM++ 2M', 'DPM++ 2M Karras' or UniPC."
                    + " Default: ${DEFAULT-VALUE}.")
    private SchedulerType scheduler;

    @Option(
            names = "--clip-skip",
            paramLabel = "N",
            defaultValue = "1",
            description = "Hidden state of the text encoder, counted back from the one that the model was trained"
                    + " on, 1 to 12. Default: ${DEFAULT-VALUE}.")
    private int clipSkip;

    @Option(
            names = "--prediction",
            paramLabel = "KIND",
            defaultValue = "FROM_MODEL",
            description = "Type of the model's prediction: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private PredictionType prediction;

    @Option(
            names = "--precision",
            paramLabel = "FORMAT",
            defaultValue = "FP32",
            description = "Number format of the computation: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Precision precision;

    @Option(
            names = "--lora",
            paramLabel = "FILE[:WEIGHT]",
            converter = LoraWeightConverter.class,
            description = "A LoRA to apply. Repeatable. Default weight: 1. Two weights, 0.5:1, are for the text"
                    + " encoders and the UNet.")
    private List<LoraWeight> loras = new ArrayList<>();

    @Option(
            names = "--lora-folder",
            paramLabel = "FOLDER",
            description =
                    "The folder of the LoRAs that <lora:name:weight> in the prompt names, with its" + " subfolders.")
    private @Nullable Path loraFolder;

    @Option(
            names = "--embeddings",
            paramLabel = "FOLDER",
            description = "The folder of the textual-inversion embeddings that prompts call by file name, with its"
                    + " subfolders.")
    private @Nullable Path embeddings;

    @ArgGroup
    private @Nullable CompositionChoice places;

    /**
     * The image.
     *
     * @throws io.github.txt2lora.InvalidSettingException if a value is outside its range
     */
    ImageRequest.Builder request() {
        ImageRequest.Builder request = ImageRequest.builder()
                .model(model)
                .prompt(prompt)
                .negativePrompt(negative)
                .seed(seed)
                .steps(steps)
                .guidanceScale(guidanceScale)
                .width(size.width())
                .height(size.height())
                .scheduler(scheduler)
                .modelUse(use -> use.withClipSkip(clipSkip)
                        .withPredictionType(prediction)
                        .withPrecision(precision)
                        .withEmbeddings(Optional.ofNullable(embeddings)))
                .loras(loras)
                .loraFolder(Optional.ofNullable(loraFolder));
        return places == null ? request : request.composition(places.composition());
    }
}
