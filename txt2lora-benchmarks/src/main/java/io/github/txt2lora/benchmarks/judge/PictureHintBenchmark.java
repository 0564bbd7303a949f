package io.github.txt2lora.benchmarks.judge;

import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.demo.DemoCheckpoint;
import io.github.txt2lora.image.GeneratedImage;
import io.github.txt2lora.image.PromptSyntax;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Trains characters on the demo checkpoint whose words leave attributes open that pictures show, with the default, and
 * has their images judged. The pictures are drawn by the base model, all in one place. Prints a Markdown table.
 *
 * @param source draws the images
 * @param judge names their attributes
 * @param folder for pictures and LoRAs; exists
 */
record PictureHintBenchmark(ImageSource source, Judge judge, Path folder) {

    private static final long PICTURE_SEED = 100;

    private static final int MOST_PICTURES = 5;

    /** A character, what her words leave open, and where her pictures were drawn. */
    private record Hinted(String name, String target, String words, String open, String place) {

        String described() {
            return JudgedCharacter.NEUTRAL + "," + words;
        }
    }

    private static final List<Hinted> CHARACTERS = List.of(
            new Hinted("maid", "krnkmd", "maid uniform,twintails", "pink hair,green eyes", "kitchen"),
            new Hinted("schoolgirl", "mzhrsl", "school uniform,long hair", "blue hair,red eyes", "beach"));

    /**
     * Runs the benchmark.
     *
     * @param args the folder for pictures and LoRAs, and the number of seeds; 2 where it is not given
     */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        Files.createDirectories(folder);
        int seeds = args.length > 1 ? Integer.parseInt(args[1]) : 2;
        try (TrainingEngine engine =
                TrainingEngine.open(EngineOptions.builder().threads(1).build())) {
            var source = new ImageSource(engine, DemoCheckpoint.copyTo(folder), Judge.SIDE);
            var benchmark = new PictureHintBenchmark(source, Judge.load(), folder);
            System.out.println("\n| character | pictures | seed | what the words leave open | closed"
                    + " | what the words name | the pictures' place |\n|---|---|---|---|---|---|---|");
            for (Hinted character : CHARACTERS) {
                benchmark.judge(character, seeds);
            }
        }
    }

    private void judge(Hinted character, int seeds) {
        List<Path> pictures = draw(character);
        List<Map<String, String>> ofWords = images(character.described(), Optional.empty());
        print(character, "none, the words on the base model", "", ofWords, ofWords);
        for (int count : List.of(1, MOST_PICTURES)) {
            for (long seed = 0; seed < seeds; seed++) {
                Path lora = train(character, pictures.subList(0, count), seed);
                print(
                        character,
                        String.valueOf(count),
                        String.valueOf(seed),
                        ofWords,
                        images(character.target(), Optional.of(lora)));
            }
        }
    }

    private List<Path> draw(Hinted character) {
        String prompt = character.described() + "," + character.open() + "," + character.place();
        List<GeneratedImage> images = source.draw(source.request(prompt, Optional.empty())
                .promptSyntax(PromptSyntax.PLAIN)
                .seed(PICTURE_SEED)
                .count(MOST_PICTURES));
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            Path file = folder.resolve(character.name() + "-" + (i + 1) + ".png");
            images.get(i).writePng(file);
            files.add(file);
        }
        return files;
    }

    private Path train(Hinted character, List<Path> pictures, long seed) {
        PromptPair.Builder pair = PromptPair.enhance(character.target())
                .positive(character.words())
                .neutral(JudgedCharacter.NEUTRAL)
                .resolution(Judge.SIDE);
        pictures.forEach(pair::picture);
        return source.engine()
                .train(LoraTraining.builder()
                        .name(character.name() + "-" + pictures.size() + "-" + seed)
                        .model(source.model())
                        .prompts(List.of(pair.build()))
                        .spec(TrainingSpec.builder().seed(seed).build())
                        .output(folder)
                        .build())
                .file();
    }

    private List<Map<String, String>> images(String prompt, Optional<Path> lora) {
        return source.draw(source.request(prompt, lora).promptSyntax(PromptSyntax.PLAIN)).stream()
                .map(image -> judge.attributes(image.image()))
                .toList();
    }

    private void print(
            Hinted character,
            String pictures,
            String seed,
            List<Map<String, String>> ofWords,
            List<Map<String, String>> drawn) {
        Look open = Look.of(judge, character.open());
        double without = open.rates(ofWords).score();
        System.out.printf(
                Locale.ROOT,
                "| %s | %s | %s | %s | %.0f %% | %s | %s |%n",
                character.name(),
                pictures,
                seed,
                rates(open, drawn),
                100 * (open.rates(drawn).score() - without) / (1 - without),
                rates(Look.of(judge, character.words()), drawn),
                rates(Look.of(judge, character.place()), drawn));
    }

    private static String rates(Look look, List<Map<String, String>> drawn) {
        return look.rates(drawn).byAttribute().entrySet().stream()
                .map(rate -> String.format(Locale.ROOT, "%s %.0f %%", rate.getKey(), 100 * rate.getValue()))
                .collect(Collectors.joining(", "));
    }
}
