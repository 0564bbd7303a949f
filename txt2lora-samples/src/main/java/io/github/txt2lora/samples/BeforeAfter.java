package io.github.txt2lora.samples;

import io.github.txt2lora.ModelSource;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.image.GeneratedImage;
import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.image.LabelledGrid;
import io.github.txt2lora.image.LoraWeight;
import io.github.txt2lora.image.PlainWords;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;

/** Draws the same seeds without and with a LoRA. */
final class BeforeAfter {

    private final TrainingEngine engine;
    private final ImageRequest template;

    BeforeAfter(TrainingEngine engine, ModelSource model, int picturesPerRow) {
        this.engine = engine;
        this.template = DemoPictures.request(model).count(picturesPerRow).build();
    }

    /**
     * Draws a row for each of: a general prompt and the trained word, both without and with the LoRA, and the words
     * that it was trained with.
     */
    LabelledGrid draw(String general, String trained, String positive, Path lora) {
        List<LoraWeight> with = List.of(new LoraWeight(lora, 1));
        return LabelledGrid.builder()
                .scale(2, LabelledGrid.Scaling.BICUBIC)
                .row(general, row(general, List.of()))
                .row(general + ", with the LoRA", row(general, with))
                .row(trained, row(trained, List.of()))
                .row(trained + ", with the LoRA", row(trained, with))
                .row(positive, row(positive, List.of()))
                .build();
    }

    private List<BufferedImage> row(String prompt, List<LoraWeight> loras) {
        ImageRequest request = template.toBuilder()
                .prompt(new PlainWords(prompt).asPrompt())
                .loras(loras)
                .build();
        return engine.generate(request).stream().map(GeneratedImage::image).toList();
    }
}
