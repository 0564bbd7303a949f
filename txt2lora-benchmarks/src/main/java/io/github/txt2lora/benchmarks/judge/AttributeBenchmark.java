package io.github.txt2lora.benchmarks.judge;

import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.Slider;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.demo.DemoCheckpoint;
import io.github.txt2lora.image.PromptSyntax;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Trains sliders and LoRAs that erase on the demo checkpoint, with the default, and has their images judged. Prints two
 * Markdown tables: how often an attribute comes, and how far all others move from what the base model draws.
 *
 * @param source draws the images
 * @param judge names their attributes
 * @param folder for the LoRAs; exists
 * @param seeds number of trainings of each
 */
record AttributeBenchmark(ImageSource source, Judge judge, Path folder, int seeds) {

    private static final String GIRL = "1girl";

    private static final int IMAGES = 64;

    /** A slider and the attribute that it turns. */
    private record Ends(String attribute, String low, String high) {}

    private static final List<Ends> SLIDERS = List.of(
            new Ends("hair", "short hair", "long hair"),
            new Ends("hair color", "black hair", "blonde hair"),
            new Ends("place", "kitchen", "beach"));

    /** By what is erased, its attribute. */
    private static final Map<String, String> ERASED = Map.of("cat ears", "ears");

    /**
     * Runs the benchmark.
     *
     * @param args the folder for the LoRAs, and the number of seeds; 1 where it is not given
     */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        Files.createDirectories(folder);
        try (TrainingEngine engine =
                TrainingEngine.open(EngineOptions.builder().threads(1).build())) {
            var source = new ImageSource(engine, DemoCheckpoint.copyTo(folder), Judge.SIDE);
            var benchmark = new AttributeBenchmark(
                    source, Judge.load(), folder, args.length > 1 ? Integer.parseInt(args[1]) : 1);
            benchmark.sliders();
            benchmark.erased();
        }
    }

    private void sliders() {
        System.out.println("\n| slider | seed | prompt | low at -1 | low, high without | high at 1 |"
                + " others moved at -1 | others moved at 1 |\n|---|---|---|---|---|---|---|---|");
        for (Ends ends : SLIDERS) {
            Slider slider = Slider.between(ends.low(), ends.high()).of(GIRL).withResolution(Judge.SIDE);
            for (long seed = 0; seed < seeds; seed++) {
                Path lora = train(ends.low() + " to " + ends.high(), slider.pairs(), seed);
                for (String prompt : List.of(GIRL, GIRL + ",red dress", GIRL + ",kitchen")) {
                    Spread base = spread(prompt, Optional.empty(), 0);
                    Spread low = spread(prompt, Optional.of(lora), -1);
                    Spread high = spread(prompt, Optional.of(lora), 1);
                    System.out.printf(
                            Locale.ROOT,
                            "| %s to %s | %d | `%s` | %.0f %% | %.0f %%, %.0f %% | %.0f %% | %.0f %% | %.0f %% |%n",
                            ends.low(),
                            ends.high(),
                            seed,
                            prompt,
                            100 * low.share(ends.attribute(), ends.low()),
                            100 * base.share(ends.attribute(), ends.low()),
                            100 * base.share(ends.attribute(), ends.high()),
                            100 * high.share(ends.attribute(), ends.high()),
                            100 * low.othersMoved(ends.attribute(), base),
                            100 * high.othersMoved(ends.attribute(), base));
                }
            }
        }
    }

    private void erased() {
        System.out.println("\n| erased | seed | prompt | without | with | others moved |\n|---|---|---|---|---|---|");
        ERASED.forEach((erased, attribute) -> {
            String named = GIRL + "," + erased;
            for (long seed = 0; seed < seeds; seed++) {
                Path lora = train("no " + erased, List.of(erasing(named, erased), erasing(GIRL, erased)), seed);
                Spread without = spread(GIRL, Optional.empty(), 0);
                for (String prompt : List.of(named, GIRL, GIRL + ",long hair", GIRL + ",rabbit ears")) {
                    Spread base = spread(prompt, Optional.empty(), 0);
                    Spread with = spread(prompt, Optional.of(lora), 1);
                    // what has lost the name is to look like the prompt without it
                    Spread wanted = prompt.equals(named) ? without : base;
                    System.out.printf(
                            Locale.ROOT,
                            "| %s | %d | `%s` | %.0f %% | %.0f %% | %.0f %% |%n",
                            erased,
                            seed,
                            prompt,
                            100 * base.share(attribute, erased),
                            100 * with.share(attribute, erased),
                            100 * with.othersMoved(attribute, wanted));
                }
            }
        });
    }

    private static PromptPair erasing(String target, String erased) {
        return PromptPair.erase(target)
                .positive(erased)
                .neutral(GIRL)
                .resolution(Judge.SIDE)
                .build();
    }

    private Path train(String name, List<PromptPair> pairs, long seed) {
        return source.engine()
                .train(LoraTraining.builder()
                        .name(name)
                        .model(source.model())
                        .prompts(pairs)
                        .spec(TrainingSpec.builder().seed(seed).build())
                        .output(folder.resolve("seed-" + seed))
                        .build())
                .file();
    }

    private Spread spread(String prompt, Optional<Path> lora, double weight) {
        var request = source.request(prompt, Optional.empty()).count(IMAGES).promptSyntax(PromptSyntax.PLAIN);
        lora.ifPresent(file -> request.lora(file, weight));
        return Spread.of(source.draw(request).stream()
                .map(image -> judge.attributes(image.image(), 0))
                .toList());
    }
}
