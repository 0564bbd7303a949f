/** A small checkpoint that trains on a CPU in a minute. */
module io.github.txt2lora.demo {
    requires transitive io.github.txt2lora.api;
    requires static org.jspecify;

    exports io.github.txt2lora.demo;
}
