package io.github.txt2lora.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** A training whose speed is measured. */
enum Workload {
    /** The checkpoint that comes with the project, at the size it was made for, on one thread as in the quick start. */
    DEMO("demo checkpoint", 96, 2, 20, 1) {
        @Override
        void writeCheckpoint(Path file) throws IOException {
            try (InputStream in =
                    Objects.requireNonNull(Workload.class.getResourceAsStream(DEMO_RESOURCE), DEMO_RESOURCE)) {
                Files.copy(in, file);
            }
        }
    },

    /** A model of full size, with images that are small enough for a CPU. */
    SD15("SD 1.5, random weights", 128, 1, 2, 0) {
        @Override
        void writeCheckpoint(Path file) {
            SyntheticCheckpoint.SD15.write(file);
        }
    };

    private static final String DEMO_RESOURCE = "/io/github/txt2lora/demo/chibi.safetensors";

    private final String title;
    private final int resolution;
    private final int batchSize;
    private final int iterations;
    private final int threads;

    Workload(String title, int resolution, int batchSize, int iterations, int threads) {
        this.title = title;
        this.resolution = resolution;
        this.batchSize = batchSize;
        this.iterations = iterations;
        this.threads = threads;
    }

    /** Writes the model to train on. */
    abstract void writeCheckpoint(Path file) throws IOException;

    /** The name for readers. */
    String title() {
        return title;
    }

    /** Width and height of the images, in pixels. */
    int resolution() {
        return resolution;
    }

    /** Images per iteration. */
    int batchSize() {
        return batchSize;
    }

    /** Iterations to measure, after one that is not. */
    int iterations() {
        return iterations;
    }

    /** Threads for one operation; 0 is libtorch's choice. */
    int threads() {
        return threads;
    }
}
