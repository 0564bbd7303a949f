package io.github.txt2lora.torch;

/**
 * What a {@link Torch} holds in native memory at one moment, for tests and for finding leaks. Arrays inside of scripts,
 * such as weights, go with their script; arrays of a scope's sub-scopes are not counted, but go with the scope.
 *
 * @param scopes scopes that are open
 * @param arrays arrays that they own
 * @param modules scripts that are loaded
 */
public record NativeUse(int scopes, int arrays, int modules) {}
