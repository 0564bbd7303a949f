package io.github.txt2lora.batch;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.ModelUse;
import io.github.txt2lora.PreviewSpec;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.image.LabelledGrid;
import io.github.txt2lora.image.LoraWeight;
import io.github.txt2lora.image.PlainWords;
import io.github.txt2lora.image.PlotListener;
import io.github.txt2lora.internal.DecimalText;
import io.github.txt2lora.workspace.LoraProject;
import io.github.txt2lora.workspace.PreviewSettings;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The images of a preview: places as columns, prompts without and with the LoRA as rows, from the same seeds; a slider's
 * also with its negative weight.
 */
final class PreviewGrid {

    /** Smaller images are enlarged to about this, in pixels. */
    private static final int LEGIBLE_WIDTH = 256;

    /** Prompts that are drawn where the settings name none; more are no overview, and take hours. */
    private static final int MOST_TARGETS = 50;

    private static final int MOST_PICTURES = 1000;

    private final LoraProject project;
    private final PreviewSettings preview;
    private final ModelSource model;
    private final ModelUse modelUse;
    private final Path lora;

    PreviewGrid(LoraProject project, ModelSource model, ModelUse modelUse, Path lora) {
        this.project = project;
        this.model = model;
        this.modelUse = modelUse;
        this.preview = project.settings().preview();
        this.lora = lora;
    }

    /** The number of images. */
    static int pictures(LoraProject project) {
        PreviewSettings preview = project.settings().preview();
        return weights(project).size()
                * prompts(project).size()
                * places(preview).size()
                * preview.seeds().size();
    }

    /** The prompts to draw: the preview's own, or the words that get a new meaning, or all words; of many the first. */
    static List<String> prompts(LoraProject project) {
        PreviewSettings preview = project.settings().preview();
        if (!preview.prompts().isEmpty()) {
            return preview.prompts();
        }
        int perPrompt = weights(project).size()
                * places(preview).size()
                * preview.seeds().size();
        long most = Math.min(MOST_TARGETS, Math.min(MOST_PICTURES, mostPictures(project)) / perPrompt);
        List<String> targets = targets(project.prompts().stream().filter(pair -> !pair.preserves()), most);
        return targets.isEmpty() ? targets(project.prompts().stream(), most) : targets;
    }

    /** The number of images each time that the training draws on its way. */
    static int picturesWhileTraining(LoraProject project) {
        PreviewSpec preview = project.settings().preview().whileTraining();
        int prompts = preview.prompts().isEmpty()
                ? Math.min(PreviewSettings.MOST_ON_THE_WAY, prompts(project).size())
                : preview.prompts().size();
        return prompts * preview.seeds().size() * (isSlider(project) ? 2 : 1);
    }

    /** The weights of the LoRA; 0 is without it. */
    private static List<Double> weights(LoraProject project) {
        double weight = project.settings().preview().loraWeight();
        return isSlider(project) ? List.of(-weight, 0.0, weight) : List.of(0.0, weight);
    }

    private static boolean isSlider(LoraProject project) {
        return project.prompts().stream().anyMatch(pair -> pair.multiplier() < 0);
    }

    private static List<String> targets(Stream<PromptPair> pairs, long most) {
        return pairs.map(PromptPair::target).distinct().limit(Math.max(1, most)).toList();
    }

    /** As many images as fit into one grid. */
    static long mostPictures(LoraProject project) {
        int scale = scale(project);
        return LabelledGrid.mostPictures(width(project) * scale, height(project) * scale);
    }

    /** The factor by which images are enlarged. */
    static int scale(LoraProject project) {
        return Math.max(1, Math.min(4, LEGIBLE_WIDTH / width(project)));
    }

    /**
     * Rejects more images than fit into one grid, before they are drawn.
     *
     * @throws InvalidSettingException if there are more
     */
    static void requireDrawable(LoraProject project) {
        if (project.settings().preview().enabled() && pictures(project) > mostPictures(project)) {
            throw new InvalidSettingException("the preview of " + project.name() + " has " + pictures(project)
                    + " images of " + width(project) + "x" + height(project) + " pixels; expected at most "
                    + mostPictures(project) + ": shorten preview_prompts, preview_places or preview_seeds, or make"
                    + " preview_width and preview_height smaller");
        }
    }

    /** The size of an image. */
    static int width(LoraProject project) {
        return project.settings()
                .preview()
                .width()
                .orElse(project.prompts().get(0).width());
    }

    /** The size of an image. */
    static int height(LoraProject project) {
        return project.settings()
                .preview()
                .height()
                .orElse(project.prompts().get(0).height());
    }

    /** Draws all images. An exception from the engine or the listener ends it. */
    LabelledGrid draw(TrainingEngine engine, PlotListener listener) {
        LabelledGrid.Builder grid = LabelledGrid.builder()
                .title(project.name() + " on " + model.displayName())
                .columns(preview.places())
                .scale(scale(project), LabelledGrid.Scaling.BICUBIC);
        int done = 0;
        for (String prompt : prompts(project)) {
            for (long seed : preview.seeds()) {
                for (double weight : weights(project)) {
                    List<BufferedImage> row = new ArrayList<>();
                    for (String place : places(preview)) {
                        requireNotInterrupted(project.name());
                        row.add(engine.generate(request(prompt, place, seed, weight))
                                .get(0)
                                .image());
                        done++;
                        listener.pictureFinished(done, pictures(project));
                    }
                    grid.row(label(prompt, seed, weight), row);
                }
            }
        }
        return grid.build();
    }

    /** An engine may finish an image before it notices the interrupt. */
    static void requireNotInterrupted(String name) {
        if (Thread.currentThread().isInterrupted()) {
            throw new Txt2LoraException("interrupted while drawing the preview of " + name);
        }
    }

    /** One empty place if there are none. */
    private static List<String> places(PreviewSettings preview) {
        return preview.places().isEmpty() ? List.of("") : preview.places();
    }

    private String label(String prompt, long seed, double weight) {
        String with = isSlider(project) ? ", with the LoRA at " + DecimalText.of(weight) : ", with the LoRA";
        String label = prompt + (weight == 0 ? ", without" : with);
        return preview.seeds().size() > 1 ? label + ", seed " + seed : label;
    }

    private ImageRequest request(String prompt, String place, long seed, double weight) {
        // the user's own prompts may have weights; targets are drawn to the letter, as they were trained
        String words = preview.prompts().isEmpty() ? new PlainWords(prompt).asPrompt() : prompt;
        return ImageRequest.builder()
                .model(model)
                .prompt(place.isEmpty() ? words : words + ", " + place)
                .negativePrompt(preview.negativePrompt())
                .width(width(project))
                .height(height(project))
                .steps(preview.steps())
                .guidanceScale(preview.guidanceScale())
                .scheduler(preview.scheduler())
                .seed(seed)
                .loras(weight == 0 ? List.of() : List.of(new LoraWeight(lora, weight)))
                .modelUse(modelUse)
                .build();
    }
}
