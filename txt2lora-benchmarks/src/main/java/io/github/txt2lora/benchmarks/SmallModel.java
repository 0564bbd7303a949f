package io.github.txt2lora.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/** A model that is small enough for many calls. */
public enum SmallModel {
    /** The checkpoint that comes with the project. */
    DEMO {
        @Override
        public void write(Path file) throws IOException {
            Workload.DEMO.writeCheckpoint(file);
        }
    },

    /** The structure of Stable Diffusion 1.x, as small as it can be, with random weights. */
    TINY_SD1 {
        @Override
        public void write(Path file) {
            new SyntheticCheckpoint(
                            new UNetShapes(WIDTHS, 1, List.of(1, 0), 1, WIDTH, false, OptionalInt.empty()),
                            VAE,
                            List.of(new ClipShapes("cond_stage_model.transformer.text_model.", WIDTH, 2)))
                    .write(file);
        }
    },

    /** The structure of Stable Diffusion 2.x, as small as it can be, with random weights. */
    TINY_SD2 {
        @Override
        public void write(Path file) {
            new SyntheticCheckpoint(
                            new UNetShapes(WIDTHS, 1, List.of(0, 1), 1, WIDTH, true, OptionalInt.empty()),
                            VAE,
                            List.of(new OpenClipShapes("cond_stage_model.model.", WIDTH, 2, false)))
                    .write(file);
        }
    },

    /** The structure of Stable Diffusion XL, as small as it can be, with random weights. */
    TINY_SDXL {
        @Override
        public void write(Path file) {
            new SyntheticCheckpoint(
                            new UNetShapes(
                                    WIDTHS, 1, List.of(0, 2), 2, 2 * WIDTH, true, OptionalInt.of(WIDTH + 6 * 256)),
                            VAE,
                            List.of(
                                    new ClipShapes("conditioner.embedders.0.transformer.text_model.", WIDTH, 2),
                                    new OpenClipShapes("conditioner.embedders.1.model.", WIDTH, 2, true)))
                    .write(file);
        }
    };

    /** Heads of SD 2.x and SDXL are 64 wide, so only the second level can have attention there. */
    private static final List<Integer> WIDTHS = List.of(32, 64);

    private static final int WIDTH = 64;
    private static final VaeShapes VAE = new VaeShapes(List.of(32, 32, 32, 32), 1);

    /** Writes it as one file. */
    public abstract void write(Path file) throws IOException;
}
