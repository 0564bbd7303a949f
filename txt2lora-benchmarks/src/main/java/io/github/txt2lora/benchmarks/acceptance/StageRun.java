package io.github.txt2lora.benchmarks.acceptance;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.txt2lora.benchmarks.ResidentMemory;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A stage in this JVM, as the acceptance run reads it from the last line of the output.
 *
 * @param passed whether all is as it should be
 * @param measured what was measured, in words
 * @param peakResidentMebibytes the most main memory of the process; null where the system does not tell
 */
record StageRun(boolean passed, String measured, @Nullable Long peakResidentMebibytes) {

    /**
     * Runs a stage.
     *
     * @param args the stage, a folder for files, and those of {@link AcceptanceOptions}
     */
    public static void main(String[] args) throws Exception {
        AcceptanceOptions options = AcceptanceOptions.parse(Arrays.copyOfRange(args, 2, args.length));
        Verdict verdict = Stage.valueOf(args[0]).work().run(options, Path.of(args[1]));
        var run = new StageRun(verdict.passed(), verdict.measured(), ResidentMemory.peakMebibytes());
        System.out.println(new ObjectMapper().writeValueAsString(run));
        // engines are closed; threads of libraries are not to keep the run waiting
        System.exit(0);
    }
}
