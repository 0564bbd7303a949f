package io.github.txt2lora.torch;

import java.util.List;

/** An attribute of a script module and the value that it starts with. */
public sealed interface ScriptAttribute {

    /** The attribute's name in the script. */
    String name();

    /** {@code NAME : Dict[str, Tensor]}, empty. */
    static ScriptAttribute tensors(String name) {
        return new OfContainer(name, "Dict[str, Tensor]");
    }

    /** {@code NAME : int}. */
    record OfInt(String name, int value) implements ScriptAttribute {}

    /** {@code NAME : float}. */
    record OfFloat(String name, double value) implements ScriptAttribute {}

    /** {@code NAME : bool}. */
    record OfBool(String name, boolean value) implements ScriptAttribute {}

    /**
     * A container, empty.
     *
     * @param type for example {@code Dict[str, Tensor]} or {@code List[Tensor]}
     */
    record OfContainer(String name, String type) implements ScriptAttribute {}

    /** An object of a class that is no module, with its own attributes. */
    record OfObject(String name, ScriptClass type, List<ScriptAttribute> attributes) implements ScriptAttribute {}
}
