package io.github.txt2lora.batch;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.image.LabelledGrid;
import io.github.txt2lora.image.PlainWords;
import io.github.txt2lora.image.PlotListener;
import io.github.txt2lora.internal.Check;
import io.github.txt2lora.internal.DecimalText;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.workspace.LoraProject;
import io.github.txt2lora.workspace.PreviewSettings;
import io.github.txt2lora.workspace.Workspace;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Draws what the words of a LoRA draw, before anything is trained: with the base model, the images that the target would
 * show after a training that leaves nothing to learn. Guided sampling takes the goal as its conditional prediction,
 * written with the web UI's {@code AND}:
 *
 * <pre>
 * eps(unconditional) + scale ((eps(neutral) - eps(unconditional)) + guidance (eps(positive) - eps(unconditional)))
 * </pre>
 *
 * <p>Rows are the neutral prompt and the goal of each pair that is taught, columns the places of the preview, all from
 * the seeds of the preview.
 */
public final class WordsPreview {

    private final Workspace workspace;
    private final TrainingEngine engine;

    /** Previews of the LoRAs of a workspace, drawn by an engine. */
    public WordsPreview(Workspace workspace, TrainingEngine engine) {
        this.workspace = Check.given("workspace", workspace);
        this.engine = Check.given("engine", engine);
    }

    /**
     * Draws the words of a LoRA.
     *
     * @param name name of the LoRA
     * @return {@code lora/NAME/NAME-words.png}, which replaces an earlier one
     * @throws InvalidSettingException if anything in its files is wrong, or there are more images than fit into one grid
     * @throws io.github.txt2lora.StorageException if a file cannot be read or written
     * @throws io.github.txt2lora.CheckpointException if the model cannot be used
     */
    public Path draw(String name, PlotListener listener) {
        LoraProject project = workspace.load(name, listener::warned);
        var files = new LoraFiles(workspace.loraFolder(name), name);
        files.requireReplaceable();
        List<Row> rows = rows(project);
        int pictures = rows.size() * places(project).size() * seeds(project).size();
        if (pictures > PreviewGrid.mostPictures(project)) {
            throw new InvalidSettingException(
                    "the words of " + name + " have " + pictures + " images; expected at most "
                            + PreviewGrid.mostPictures(project)
                            + ": shorten preview_places or preview_seeds, or make preview_width and preview_height smaller");
        }
        if (project.prompts().stream().anyMatch(pair -> !pair.pictures().isEmpty())) {
            listener.warned("pictures beside the words are not shown, since a training finds out what they add");
        }
        ModelSource model = workspace.model(project.settings());
        LabelledGrid.Builder grid = LabelledGrid.builder()
                .title("words of " + name + " on " + model.displayName())
                .columns(project.settings().preview().places())
                .scale(PreviewGrid.scale(project), LabelledGrid.Scaling.BICUBIC);
        int done = 0;
        for (Row row : rows) {
            for (long seed : seeds(project)) {
                List<BufferedImage> images = new ArrayList<>();
                for (String place : places(project)) {
                    PreviewGrid.requireNotInterrupted(name);
                    ImageRequest request = request(project, model, row, place, seed);
                    images.add(engine.generate(request).get(0).image());
                    done++;
                    listener.pictureFinished(done, pictures);
                }
                grid.row(seeds(project).size() > 1 ? row.label() + ", seed " + seed : row.label(), images);
            }
        }
        files.createFolder();
        grid.build().writePng(files.words());
        return files.words();
    }

    /** A sum of predictions, and what it is guided away from. */
    private record Row(String label, List<Term> terms, String unconditional) {}

    private record Term(String words, double weight) {

        String asPrompt(String place) {
            String text = new PlainWords(words).asPrompt();
            String placed = place.isEmpty() ? text : text.isBlank() ? place : text + ", " + place;
            return weight == 1 ? placed : placed + " :" + DecimalText.of(weight);
        }
    }

    private static List<Row> rows(LoraProject project) {
        List<Row> rows = new ArrayList<>();
        for (PromptPair pair : project.prompts()) {
            if (pair.preserves()) {
                continue;
            }
            Row neutral = new Row(
                    pair.neutral().isBlank() ? "the empty prompt" : pair.neutral(),
                    List.of(new Term(pair.neutral(), 1)),
                    pair.unconditional());
            if (!rows.contains(neutral)) {
                rows.add(neutral);
            }
            rows.add(new Row(Excerpt.of(pair.inWords()), terms(pair), pair.unconditional()));
        }
        return rows;
    }

    /** What is the same as the unconditional prompt adds nothing to it. */
    private static List<Term> terms(PromptPair pair) {
        List<Term> terms = new ArrayList<>();
        if (!pair.neutral().equals(pair.unconditional())) {
            terms.add(new Term(pair.neutral(), 1));
        }
        terms.add(new Term(pair.positive(), pair.signedGuidance()));
        return terms;
    }

    private static List<String> places(LoraProject project) {
        List<String> places = project.settings().preview().places();
        return places.isEmpty() ? List.of("") : places;
    }

    private static List<Long> seeds(LoraProject project) {
        return project.settings().preview().seeds();
    }

    /** The place stands beside the first words; the others are a difference that it is not part of. */
    private ImageRequest request(LoraProject project, ModelSource model, Row row, String place, long seed) {
        List<String> parts = new ArrayList<>();
        for (Term term : row.terms()) {
            parts.add(term.asPrompt(parts.isEmpty() ? place : ""));
        }
        PreviewSettings preview = project.settings().preview();
        return ImageRequest.builder()
                .model(model)
                .prompt(String.join(" AND ", parts))
                .negativePrompt(new PlainWords(row.unconditional()).asPrompt())
                .width(PreviewGrid.width(project))
                .height(PreviewGrid.height(project))
                .steps(preview.steps())
                .guidanceScale(preview.guidanceScale())
                .scheduler(preview.scheduler())
                .seed(seed)
                .modelUse(workspace.spec(project.settings()).modelUse())
                .build();
    }
}
