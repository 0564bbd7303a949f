package io.github.txt2lora.benchmarks.judge;

import io.github.txt2lora.PromptPair;
import java.util.List;

/**
 * A character that a LoRA teaches, and words that her LoRA is to obey.
 *
 * @param word the target
 * @param look the positive prompt
 * @param otherWords tags that are drawn beside the target and are no part of her look
 */
record JudgedCharacter(String word, String look, List<String> otherWords) {

    static final String NEUTRAL = "1girl";

    /** Of the examples; then ten with other looks, from a face alone to every attribute that can be judged. */
    static List<JudgedCharacter> all() {
        return List.of(
                of(
                        "krnkmd",
                        "short hair,maid uniform,frilled skirt,sleeves,maid apron,maid headdress,black eyes,"
                                + "black rimmed glasses,cat ears,black hair,hair between eyes,ear fluff",
                        "kitchen",
                        "beach"),
                of(
                        "tyankmk",
                        "high ponytail,japanese miko clothes,white kimono,red hakama,brown eyes,cat ears,brown hair,"
                                + "ear fluff,hair between eyes",
                        "kitchen",
                        "forest"),
                of(
                        "krnkkao",
                        "short hair,black eyes,black rimmed glasses,cat ears,black hair,hair between eyes,ear fluff",
                        "red dress",
                        "night sky"),
                of(
                        "mzhrsl",
                        "twintails,school uniform,sailor collar,blue skirt,blue eyes,blonde hair,hair between eyes",
                        "shopping mall",
                        "smile"),
                of("vrdrss", "long hair,green dress,red eyes,white hair,rabbit ears", "shinto shrine", "open mouth"),
                of("pnkhd", "twintails,pink hair,green eyes,yellow hoodie,blue shorts,rabbit ears", "beach", "smile"),
                of(
                        "rdmdlna",
                        "long hair,red hair,green eyes,red rimmed glasses,maid uniform,maid apron,maid headdress",
                        "night sky",
                        "expressionless"),
                of(
                        "blkmk",
                        "long hair,black hair,red eyes,japanese miko clothes,white kimono,red hakama",
                        "beach",
                        "smile"),
                of("whtshrt", "short hair,white hair,blue eyes,red dress,cat ears,ear fluff", "forest", "open mouth"),
                of(
                        "brnpny",
                        "high ponytail,brown hair,green eyes,school uniform,sailor collar,blue skirt,black rimmed glasses",
                        "kitchen",
                        "open mouth"),
                of("bluface", "long hair,blue hair,brown eyes,red rimmed glasses", "maid uniform", "forest"),
                of(
                        "rbtgrl",
                        "short hair,pink hair,black eyes,rabbit ears,green dress,hair between eyes",
                        "shopping mall",
                        "expressionless"),
                of(
                        "gldhd",
                        "high ponytail,blonde hair,red eyes,yellow hoodie,blue shorts,cat ears,ear fluff,hair between eyes",
                        "shinto shrine",
                        "smile"));
    }

    /** The one of {@link #all} with this word. */
    static JudgedCharacter named(String word) {
        return all().stream()
                .filter(character -> character.word().equals(word))
                .findFirst()
                .orElseThrow();
    }

    private static JudgedCharacter of(String word, String look, String... otherWords) {
        return new JudgedCharacter(word, look, List.of(otherWords));
    }

    /** The pair that teaches her. */
    PromptPair pair() {
        return PromptPair.enhance(word)
                .positive(look)
                .neutral(NEUTRAL)
                .resolution(Judge.SIDE)
                .build();
    }

    /** The target after the neutral prompt, as it is drawn in one image with others. */
    String afterNeutral() {
        return NEUTRAL + "," + word;
    }

    /** The prompt that draws her without a LoRA. */
    String described() {
        return NEUTRAL + "," + look;
    }
}
