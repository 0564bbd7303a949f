package io.github.txt2lora.image;

/** The name of a LoRA or model as the label of an image. */
final class FileLabel {

    private static final String EXTENSION = ".safetensors";

    private FileLabel() {}

    /** The name without its extension, which all files share. */
    static String of(String fileName) {
        return fileName.endsWith(EXTENSION) && fileName.length() > EXTENSION.length()
                ? fileName.substring(0, fileName.length() - EXTENSION.length())
                : fileName;
    }
}
