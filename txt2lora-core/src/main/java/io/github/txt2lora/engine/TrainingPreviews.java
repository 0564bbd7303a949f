package io.github.txt2lora.engine;

import ai.djl.ndarray.NDManager;
import io.github.txt2lora.PreviewSpec;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.diffusion.Denoiser;
import io.github.txt2lora.diffusion.GuidedDenoiser.StepHook;
import io.github.txt2lora.diffusion.ImageDecoder;
import io.github.txt2lora.diffusion.TextToImage;
import io.github.txt2lora.event.PreviewDrawn;
import io.github.txt2lora.image.GeneratedImage;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.torch.Torch;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Draws a training's previews when they are due. Whatever goes wrong with them is a warning; the network is afterwards
 * as it was before.
 */
final class TrainingPreviews {

    private static final int MOST_FAILURES = 2;

    private final Torch torch;
    private final EngineJob job;
    private final RunLog log;
    private final PreviewSpec spec;
    private final BaseModel base;
    private final Checkpoint checkpoint;
    private final Denoiser denoiser;
    private final LoraParameters lora;
    private final List<PreviewPrompts> pictures;
    private final PreviewFiles files;
    private boolean hasWarnedOfTime;
    private int failures;

    /**
     * Previews on the first of the training's models.
     *
     * @param pictures what to draw; empty for nothing
     */
    TrainingPreviews(
            Torch torch,
            EngineJob job,
            RunLog log,
            BaseModel base,
            Checkpoint checkpoint,
            Denoiser denoiser,
            LoraParameters lora,
            List<PreviewPrompts> pictures) {
        this.torch = torch;
        this.job = job;
        this.log = log;
        this.spec = job.training().preview();
        this.base = base;
        this.checkpoint = checkpoint;
        this.denoiser = denoiser;
        this.lora = lora;
        this.pictures = List.copyOf(pictures);
        this.files = new PreviewFiles(job.training());
    }

    /** Before the first iteration of this run: no files of iterations that are still to come stay. */
    void begin() {
        if (spec.isOn() && spec.files()) {
            try {
                files.deleteAfter(log.iteration());
            } catch (StorageException e) {
                log.warn(e.getMessage());
            }
        }
    }

    /** Draws a preview if it is time. */
    void iterationDone() {
        int iteration = log.iteration();
        if (pictures.isEmpty() || failures >= MOST_FAILURES || !spec.isDueAfter(iteration)) {
            return;
        }
        if (!log.hasTimeForPreview()) {
            warnOfTime();
            return;
        }
        try {
            draw(iteration);
            failures = 0;
        } catch (JobControl.CancelSignal e) {
            throw e;
        } catch (RuntimeException | OutOfMemoryError e) {
            failures++;
            log.warn("the preview after iteration " + iteration + " could not be drawn: "
                    + (e instanceof Txt2LoraException ? e.getMessage() : e)
                    + "; the training continues" + (failures >= MOST_FAILURES ? " without previews" : ""));
        } finally {
            torch.emptyCache();
        }
    }

    private void warnOfTime() {
        if (!hasWarnedOfTime) {
            hasWarnedOfTime = true;
            log.warn(String.format(
                    Locale.ROOT,
                    "a preview takes %.1f s, and one every %d iterations would take more than %.0f %% of the time, so"
                            + " fewer are drawn; draw them less often, with fewer steps, prompts or seeds, or allow a"
                            + " larger share",
                    log.previewTime().toMillis() / 1e3,
                    spec.everyIterations(),
                    spec.mostShare() * 100));
        }
    }

    private void draw(int iteration) {
        List<GeneratedImage> images = new ArrayList<>();
        Duration time = log.preview(() -> {
            Denoiser.Loan loan = denoiser.lend();
            try (ImageDecoder decoder = base.profile()
                    .loadDecoder(
                            torch, checkpoint, job.training().spec().modelUse().precision())) {
                attach();
                pictures.forEach(picture -> images.add(draw(decoder, picture)));
            } finally {
                loan.close();
            }
        });
        job.publish(new PreviewDrawn(iteration, images, written(iteration, images), time));
    }

    private void attach() {
        try (NDManager scope = torch.newScope()) {
            lora.attachTo(denoiser, scope);
        }
    }

    /** One at a time, which takes least memory. */
    private GeneratedImage draw(ImageDecoder decoder, PreviewPrompts picture) {
        double weight = picture.request().loras().get(0).weight();
        long seed = picture.request().seed();
        try (NDManager scope = torch.newScope()) {
            BufferedImage image = new TextToImage(denoiser, decoder, base.noiseProcess(), weight)
                    .draw(
                            scope,
                            picture.request(),
                            picture.encoded().positive(),
                            picture.encoded().negative(),
                            List.of(seed),
                            StepHook.NONE)
                    .get(0);
            return new GeneratedImage(image, seed, picture.request());
        }
    }

    private List<Path> written(int iteration, List<GeneratedImage> images) {
        if (!spec.files()) {
            return List.of();
        }
        try {
            return files.write(iteration, images);
        } catch (StorageException e) {
            log.warn("the preview after iteration " + iteration + " was not written: " + e.getMessage());
            return List.of();
        }
    }
}
