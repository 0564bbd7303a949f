package io.github.txt2lora.benchmarks;

/** A model whose loading and calls are measured at full size. */
enum FullSizeModel {
    SD15("SD 1.5"),
    SD21("SD 2.1"),
    SDXL("SDXL");

    private final String title;

    FullSizeModel(String title) {
        this.title = title;
    }

    /** The name for readers. */
    String title() {
        return title;
    }

    /** Its shapes, with random weights. */
    SyntheticCheckpoint checkpoint() {
        return switch (this) {
            case SD15 -> SyntheticCheckpoint.SD15;
            case SD21 -> SyntheticCheckpoint.SD21;
            case SDXL -> SyntheticCheckpoint.SDXL;
        };
    }
}
