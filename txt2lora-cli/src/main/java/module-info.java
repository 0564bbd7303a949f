/** The command line: trains the LoRAs of a workspace. */
@SuppressWarnings("requires-automatic") // JLine has no descriptor
module io.github.txt2lora.cli {
    requires com.fasterxml.jackson.databind;
    requires com.fasterxml.jackson.dataformat.csv;
    requires info.picocli;
    requires io.github.txt2lora.api;
    requires io.github.txt2lora.core;
    requires io.github.txt2lora.demo;
    requires io.github.txt2lora.workspace;
    requires me.tongfei.progressbar;
    requires org.jline.terminal;
    requires static org.jspecify;

    opens io.github.txt2lora.cli to
            info.picocli;
}
