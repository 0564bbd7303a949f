package io.github.txt2lora.benchmarks.acceptance;

import java.nio.file.Path;

/** What a stage does. */
interface StageWork {

    /**
     * Does it in this JVM.
     *
     * @param folder an empty folder for files, which are deleted afterwards
     */
    Verdict run(AcceptanceOptions options, Path folder) throws Exception;
}
