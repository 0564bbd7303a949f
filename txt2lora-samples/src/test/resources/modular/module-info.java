module modular {
    requires io.github.txt2lora.api;
    requires io.github.txt2lora.core;
    requires io.github.txt2lora.workspace;
    requires io.github.txt2lora.demo;
}
