package io.github.txt2lora.leco.closedform;

import io.github.txt2lora.text.ClipTokenizer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/** Prompts of frequent words, put together at random, that stand for the language that a LoRA is to leave alone. */
public final class EverydayPrompts {

    private static final int PROMPTS = 300;

    private static final int WORDS = 1000;

    private static final int MOST_WORDS_OF_A_PROMPT = 20;

    private static final long SEED = 0;

    private EverydayPrompts() {}

    /** The prompts, always the same. */
    public static List<String> of(ClipTokenizer tokenizer) {
        List<String> words = tokenizer.words().subList(0, WORDS);
        var random = new Random(SEED);
        Set<String> prompts = new LinkedHashSet<>();
        while (prompts.size() < PROMPTS) {
            prompts.add(random.ints(1L + random.nextInt(MOST_WORDS_OF_A_PROMPT), 0, WORDS)
                    .mapToObj(words::get)
                    .collect(Collectors.joining(", ")));
        }
        return List.copyOf(prompts);
    }
}
