/** Settings and prompts on disk, and batches that train, draw and report them. */
@SuppressWarnings("requires-automatic") // XChart has no descriptor
module io.github.txt2lora.workspace {
    requires transitive io.github.txt2lora.api;
    requires com.fasterxml.jackson.databind;
    requires com.fasterxml.jackson.dataformat.toml;
    requires org.slf4j;
    requires org.yaml.snakeyaml;
    // From the name of its jar. ModulePathTest fails when a version brings a name of its own.
    requires xchart;
    requires static org.jspecify;

    exports io.github.txt2lora.batch;
    exports io.github.txt2lora.workspace;

    opens io.github.txt2lora.batch to
            com.fasterxml.jackson.databind;

    uses io.github.txt2lora.spi.ModelDownloader;
}
