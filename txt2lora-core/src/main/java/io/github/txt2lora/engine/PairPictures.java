package io.github.txt2lora.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.github.txt2lora.HintPicture;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.diffusion.ImageEncoder;
import io.github.txt2lora.internal.TrainingFingerprint;
import io.github.txt2lora.internal.file.Sha256;
import io.github.txt2lora.leco.hint.PictureHint;
import io.github.txt2lora.leco.hint.PictureHint.EncodedPicture;
import io.github.txt2lora.leco.hint.Places;
import io.github.txt2lora.leco.lesson.HintedPrompt;
import io.github.txt2lora.picture.PictureFile;
import io.github.txt2lora.torch.HostNumbers;
import io.github.txt2lora.torch.Torch;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The pictures of a training's pairs, in memory from its beginning on, so that files may change meanwhile. */
final class PairPictures {

    /** The key in the metadata. */
    static final String KEY = "txt2lora.pictures";

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final int CHANNELS = 3;
    private static final double MIDDLE = 127.5;

    private final List<PromptPair> hinted = new ArrayList<>();
    private final Map<Path, String> digests = new LinkedHashMap<>();

    /** By the prompt that stands for them. */
    private final Map<String, Shown> shown = new LinkedHashMap<>();

    /** A pair with its pictures in its size. */
    private record Shown(PromptPair pair, List<float[]> pixels) {}

    private PairPictures() {}

    /**
     * Reads the pictures.
     *
     * @param beforeRead runs now and then; its exceptions end the reading
     * @throws io.github.txt2lora.InvalidSettingException if a file is no picture
     * @throws io.github.txt2lora.StorageException if a file cannot be read
     */
    static PairPictures read(List<PromptPair> pairs, Runnable beforeRead) {
        var pictures = new PairPictures();
        pairs.forEach(pair -> pictures.add(pair, beforeRead));
        return pictures;
    }

    private void add(PromptPair pair, Runnable beforeRead) {
        if (pair.pictures().isEmpty()) {
            hinted.add(pair);
            return;
        }
        List<float[]> pixels = new ArrayList<>();
        for (HintPicture picture : pair.pictures()) {
            beforeRead.run();
            pixels.add(pixels(new PictureFile(picture.file()).read(pair.width(), pair.height())));
            digests.computeIfAbsent(picture.file(), file -> Sha256.of(file, beforeRead));
        }
        String sha256 = Sha256.of(String.join(
                "\n",
                TrainingFingerprint.pictures(pair, sha256()),
                String.valueOf(pair.pictureWeight()),
                pair.height() + "x" + pair.width()));
        String prompt = HintedPrompt.of(pair.positive(), sha256);
        shown.put(prompt, new Shown(pair, pixels));
        hinted.add(pair.toBuilder().positive(prompt).pictures(List.of()).build());
    }

    /** [3, height, width], -1 to 1. */
    private static float[] pixels(BufferedImage image) {
        int width = image.getWidth();
        int places = width * image.getHeight();
        float[] pixels = new float[CHANNELS * places];
        for (int place = 0; place < places; place++) {
            int rgb = image.getRGB(place % width, place / width);
            for (int channel = 0; channel < CHANNELS; channel++) {
                int level = rgb >> (Byte.SIZE * (CHANNELS - 1 - channel)) & 0xff;
                pixels[channel * places + place] = (float) (level / MIDDLE - 1);
            }
        }
        return pixels;
    }

    /** The pairs, whose positive prompts stand for words and pictures where there are some. */
    List<PromptPair> pairs() {
        return hinted;
    }

    /**
     * What a LoRA's metadata tell of them, as JSON: {@code [{"target": "...", "file": "...", "sha256": "...",
     * "caption": "..."}]}; empty without pictures.
     */
    Optional<String> told() {
        if (isEmpty()) {
            return Optional.empty();
        }
        ArrayNode told = JSON.createArrayNode();
        shown.values()
                .forEach(each -> each.pair()
                        .pictures()
                        .forEach(picture -> told.addObject()
                                .put("target", each.pair().target())
                                .put("file", String.valueOf(picture.file().getFileName()))
                                .put("sha256", sha256().apply(picture.file()))
                                .put("caption", picture.caption())));
        return Optional.of(told.toString());
    }

    boolean isEmpty() {
        return shown.isEmpty();
    }

    /** The SHA-256 of a picture's file as it was read. */
    Function<Path, String> sha256() {
        return file -> digests.computeIfAbsent(file, Sha256::of);
    }

    /** The words that hints are learned with, to be encoded too: those of pairs with those of captions. */
    List<String> captionedPrompts() {
        return shown.values().stream()
                .flatMap(each ->
                        each.pair().pictures().stream().flatMap(picture -> captions(each.pair(), picture).stream()))
                .distinct()
                .toList();
    }

    private static List<String> captions(PromptPair pair, HintPicture picture) {
        return picture.caption().isBlank()
                ? Places.captions(pair.positive())
                : List.of(Places.joined(pair.positive(), picture.caption()));
    }

    /** Encodes them, one after the other; the latents are in memory of the host. */
    List<PictureHint> encode(Torch torch, ImageEncoder encoder, Runnable beforeEach) {
        List<PictureHint> hints = new ArrayList<>();
        shown.forEach((prompt, each) -> {
            PromptPair pair = each.pair();
            List<EncodedPicture> encoded = new ArrayList<>();
            for (int i = 0; i < each.pixels().size(); i++) {
                beforeEach.run();
                try (NDManager scope = torch.newScope()) {
                    NDArray image = HostNumbers.array(
                            scope, each.pixels().get(i), new Shape(1, CHANNELS, pair.height(), pair.width()));
                    encoded.add(new EncodedPicture(
                            HostNumbers.floats(encoder.encodeImages(scope, image)),
                            captions(pair, pair.pictures().get(i))));
                }
            }
            hints.add(new PictureHint(
                    prompt, pair.positive(), pair.height(), pair.width(), encoded, pair.pictureWeight()));
        });
        return hints;
    }
}
