package io.github.txt2lora.checkpoint;

/** The places in one layout of files of the tensors that diffusers names. */
interface KeyMap {
    /** Files that use diffusers' names themselves. */
    KeyMap DIFFUSERS = KeySource::copy;

    /**
     * The place of a tensor.
     *
     * @param diffusersName such as {@code down_blocks.0.resnets.0.conv1.weight}
     * @return its key after the prefix of the component, whether the file has it or not
     */
    KeySource source(String diffusersName);

    /** A key in a file and what to do with the tensor found there. */
    record KeySource(String key, Conversion conversion) {
        static KeySource copy(String key) {
            return new KeySource(key, Conversion.COPY);
        }
    }
}
