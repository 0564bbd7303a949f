package io.github.txt2lora.torch;

/** An attribute of a script module and the value that it starts with. */
public sealed interface ScriptAttribute {

    /** The attribute's name in the script. */
    String name();

    /** {@code NAME : int}. */
    record OfInt(String name, int value) implements ScriptAttribute {}

    /** {@code NAME : float}. */
    record OfFloat(String name, double value) implements ScriptAttribute {}

    /** {@code NAME : bool}. */
    record OfBool(String name, boolean value) implements ScriptAttribute {}

    /** {@code NAME : Dict[str, Tensor]}, empty. */
    record OfTensors(String name) implements ScriptAttribute {}

    /** {@code NAME : List[Tensor]}, empty. */
    record OfTensorList(String name) implements ScriptAttribute {}
}
