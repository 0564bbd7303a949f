package io.github.txt2lora.internal;

import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.PreviewSpec;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.image.LoraWeight;
import io.github.txt2lora.image.PlainWords;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The images of a training's previews, each as the request that draws it again with the finished LoRA. */
public final class PreviewRequests {

    /** Of many words a few show how the training goes. */
    private static final int MOST_TARGETS = 4;

    /** As of prompts that are given. */
    private static final int MOST_PICTURES = 16;

    private PreviewRequests() {}

    /** One request for each image, in the order of {@link io.github.txt2lora.event.PreviewDrawn#images}. */
    public static List<ImageRequest> of(LoraTraining training) {
        PreviewSpec preview = training.preview();
        PromptPair first = training.prompts().get(0);
        List<ImageRequest> requests = new ArrayList<>();
        for (String prompt : prompts(training)) {
            for (long seed : preview.seeds()) {
                for (double weight : weights(training)) {
                    requests.add(ImageRequest.builder()
                            .model(training.model())
                            .prompt(prompt)
                            .negativePrompt(preview.negativePrompt())
                            .width(preview.width().orElse(first.width()))
                            .height(preview.height().orElse(first.height()))
                            .steps(preview.steps())
                            .guidanceScale(preview.guidanceScale())
                            .seed(seed)
                            .scheduler(preview.scheduler())
                            .modelUse(training.spec().modelUse())
                            .loras(List.of(new LoraWeight(training.loraFile(), weight)))
                            .build());
                }
            }
        }
        return List.copyOf(requests);
    }

    private static List<String> prompts(LoraTraining training) {
        if (!training.preview().prompts().isEmpty()) {
            return training.preview().prompts();
        }
        int most = Math.min(
                MOST_TARGETS, MOST_PICTURES / training.preview().seeds().size());
        List<String> taught = targets(training.prompts().stream().filter(pair -> !pair.preserves()), most);
        return taught.isEmpty() ? targets(training.prompts().stream(), most) : taught;
    }

    /** Drawn to the letter, as they are trained. */
    private static List<String> targets(Stream<PromptPair> pairs, int most) {
        return pairs.map(PromptPair::target)
                .distinct()
                .limit(most)
                .map(target -> new PlainWords(target).asPrompt())
                .toList();
    }

    private static List<Double> weights(LoraTraining training) {
        double weight = training.preview().loraWeight();
        boolean isSlider = training.prompts().stream().anyMatch(pair -> pair.multiplier() < 0);
        return isSlider && weight != 0 ? List.of(-weight, weight) : List.of(weight);
    }
}
