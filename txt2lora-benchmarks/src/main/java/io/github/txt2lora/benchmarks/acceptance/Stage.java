package io.github.txt2lora.benchmarks.acceptance;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** A part of the acceptance run, in a JVM of its own. */
@SuppressWarnings("ImmutableEnumChecker") // constructors have no state
enum Stage {
    CHECK("check of the device", CheckWork::new),
    PARITY("parity with the recordings, all families", ParityWork::new),
    DEMO("demo training against the CPU", DemoWork::new),
    PRECISIONS("demo training in three precisions", PrecisionsWork::new),
    RESUME("kill and resume", ResumeWork::new),
    SDXL("SDXL-sized training", SdxlWork::new),
    OUT_OF_MEMORY("out of memory", OutOfMemoryWork::new),
    TOGETHER("several LoRAs together", TogetherWork::new);

    private final String title;
    private final Supplier<StageWork> work;

    Stage(String title, Supplier<StageWork> work) {
        this.title = title;
        this.work = work;
    }

    /** The name for readers. */
    String title() {
        return title;
    }

    StageWork work() {
        return work.get();
    }

    /** Reads names with commas between them, such as {@code check,parity}. */
    static List<Stage> parse(String names) {
        return Arrays.stream(names.split(",", -1))
                .map(name -> valueOf(name.strip().toUpperCase(Locale.ROOT).replace('-', '_')))
                .toList();
    }

    static String names(List<Stage> stages) {
        return stages.stream().map(Stage::name).collect(Collectors.joining(","));
    }
}
