package io.github.txt2lora.cli;

import io.github.txt2lora.batch.BatchOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The chosen LoRAs of a workspace, the only one if none is named, and how many to train at the same time. */
final class LoraChoice {

    @ArgGroup
    private @Nullable Names choice;

    @Option(
            names = "--together",
            paramLabel = "NUMBER",
            description = "Train this many LoRAs of the same model at the same time. This takes less time, but more"
                    + " memory. Default: 1.")
    private @Nullable Integer together;

    /** One of two ways to name them. */
    static final class Names {

        @Option(names = "--names", paramLabel = "NAME,NAME", description = "These LoRAs of the workspace.")
        private @Nullable String names;

        @Option(names = "--all", description = "All LoRAs of the workspace.")
        private boolean all;

        private BatchOptions options() {
            if (all) {
                return BatchOptions.everything();
            }
            return names == null ? BatchOptions.onlyOne() : BatchOptions.named(names);
        }
    }

    /** Whether there is any. */
    boolean isGiven() {
        return choice != null || together != null;
    }

    /**
     * The choice.
     *
     * @throws io.github.txt2lora.InvalidSettingException if there is no name in a list, or the number is less than 1
     */
    BatchOptions options() {
        return together == null ? chosen() : chosen().withTogether(together);
    }

    private BatchOptions chosen() {
        return chosen(choice);
    }

    /**
     * Those that are named, or the only one.
     *
     * @throws io.github.txt2lora.InvalidSettingException if there is no name in a list
     */
    static BatchOptions chosen(@Nullable Names names) {
        return names == null ? BatchOptions.onlyOne() : names.options();
    }
}
