package io.github.txt2lora.benchmarks.acceptance;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A part of the acceptance run, in a JVM of its own. */
enum Stage {
    CHECK("check of the device", new CheckWork()),
    PARITY("parity with the recordings, all families", new ParityWork()),
    DEMO("demo training against the CPU", new DemoWork()),
    PRECISIONS("demo training in three precisions", new PrecisionsWork()),
    RESUME("kill and resume", new ResumeWork()),
    SDXL("SDXL-sized training", new SdxlWork()),
    OUT_OF_MEMORY("out of memory", new OutOfMemoryWork()),
    TOGETHER("several LoRAs together", new TogetherWork());

    private final String title;
    private final StageWork work;

    Stage(String title, StageWork work) {
        this.title = title;
        this.work = work;
    }

    /** The name for readers. */
    String title() {
        return title;
    }

    StageWork work() {
        return work;
    }

    /** Reads names with commas between them, such as {@code check,parity}. */
    static List<Stage> parse(String names) {
        return Arrays.stream(names.split(","))
                .map(name -> valueOf(name.strip().toUpperCase(Locale.ROOT).replace('-', '_')))
                .toList();
    }

    static String names(List<Stage> stages) {
        return stages.stream().map(Stage::name).collect(Collectors.joining(","));
    }
}
