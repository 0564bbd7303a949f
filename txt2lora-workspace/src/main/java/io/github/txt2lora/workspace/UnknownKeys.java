package io.github.txt2lora.workspace;

/** The treatment of unknown keys. */
enum UnknownKeys {
    /** They are errors, since a mistyped key would be lost without a word. */
    REFUSED,
    /** One warning names them, as in LECO's files, since LECO ignores them wherever they stand. */
    IGNORED
}
