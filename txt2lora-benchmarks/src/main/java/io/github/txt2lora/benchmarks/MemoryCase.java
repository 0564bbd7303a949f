package io.github.txt2lora.benchmarks;

import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.LoraType;
import io.github.txt2lora.Memory;
import io.github.txt2lora.Precision;
import java.util.List;
import java.util.OptionalInt;

/**
 * A training whose peak of memory is measured.
 *
 * @param model the model
 * @param precision of the network
 * @param resolution of the images
 * @param batchSize samples of a step
 * @param together LoRAs that share a step
 * @param full whether all layers have a LoRA, convolutions included; otherwise those of cross-attention
 * @param rank of the LoRA
 * @param memory the trade of time for memory
 */
record MemoryCase(
        Model model,
        Precision precision,
        int resolution,
        int batchSize,
        int together,
        boolean full,
        int rank,
        Memory memory) {

    /** A model, of full size or with levels of a part of the width. */
    enum Model {
        SD15,
        SD21,
        SDXL,
        /** SD 1.5, half as wide. */
        SD15_HALF,
        /** SD 2.1, 0.4 times as wide. */
        SD21_PART,
        /** SDXL, 0.4 times as wide and with a little more than half of its transformer blocks. */
        SDXL_PART;

        SyntheticCheckpoint checkpoint() {
            return switch (this) {
                case SD15 -> SyntheticCheckpoint.SD15;
                case SD21 -> SyntheticCheckpoint.SD21;
                case SDXL -> SyntheticCheckpoint.SDXL;
                case SD15_HALF ->
                    ofFourLevels(160, 768, false, new ClipShapes("cond_stage_model.transformer.text_model.", 768, 12));
                case SD21_PART ->
                    ofFourLevels(128, 1024, true, new OpenClipShapes("cond_stage_model.model.", 1024, 23, false));
                case SDXL_PART ->
                    new SyntheticCheckpoint(
                            new UNetShapes(
                                    List.of(128, 256, 512), 2, List.of(0, 2, 6), 6, 2048, true, OptionalInt.of(2816)),
                            VAE,
                            List.of(
                                    new ClipShapes("conditioner.embedders.0.transformer.text_model.", 768, 12),
                                    new OpenClipShapes("conditioner.embedders.1.model.", 1280, 32, true)));
            };
        }

        private static SyntheticCheckpoint ofFourLevels(
                int width, int contextWidth, boolean linearProjection, TextEncoderShapes text) {
            return new SyntheticCheckpoint(
                    new UNetShapes(
                            List.of(width, 2 * width, 4 * width, 4 * width),
                            2,
                            List.of(1, 1, 1, 0),
                            1,
                            contextWidth,
                            linearProjection,
                            OptionalInt.empty()),
                    VAE,
                    List.of(text));
        }
    }

    private static final VaeShapes VAE = new VaeShapes(List.of(64, 128, 256, 256), 2);

    /** Reads what {@link #text} writes. */
    static MemoryCase parse(String text) {
        String[] parts = text.split(":", -1);
        return new MemoryCase(
                Model.valueOf(parts[0]),
                Precision.valueOf(parts[1]),
                Integer.parseInt(parts[2]),
                Integer.parseInt(parts[3]),
                Integer.parseInt(parts[4]),
                Boolean.parseBoolean(parts[5]),
                Integer.parseInt(parts[6]),
                Memory.valueOf(parts[7]));
    }

    /** As an argument of a program. */
    String text() {
        return model + ":" + precision + ":" + resolution + ":" + batchSize + ":" + together + ":" + full + ":" + rank
                + ":" + memory;
    }

    LoraType type() {
        return full ? LoraType.C3LIER : LoraType.LIERLA;
    }

    LoraTarget target() {
        return full ? LoraTarget.FULL : LoraTarget.AUTO;
    }
}
