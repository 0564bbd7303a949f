package io.github.txt2lora.torch;

/**
 * The native memory that a {@link Torch} holds at one moment, for tests and for finding leaks. Arrays inside of scripts
 * go with their script; arrays of a scope's sub-scopes are not counted, but go with the scope.
 *
 * @param scopes scopes that are open
 * @param arrays arrays that they own
 * @param modules scripts that are loaded
 * @param bytes of these arrays and of the scripts' weights; the needs of libtorch during a call come on top
 */
public record NativeUse(int scopes, int arrays, int modules, long bytes) {}
