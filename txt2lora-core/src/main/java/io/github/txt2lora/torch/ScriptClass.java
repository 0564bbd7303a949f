package io.github.txt2lora.torch;

/**
 * A class in a script file.
 *
 * @param source the file under {@code torchscript/}, without {@code .py}
 * @param name the class in it
 */
public record ScriptClass(String source, String name) {}
