package io.github.txt2lora.leco;

/**
 * Tells which of several models an iteration is made on. A model keeps its turn for some iterations: where memory holds
 * one model alone, it is loaded again for each turn. Turns are the same where it holds all, so that the LoRA is too.
 *
 * @param models number of models, 1 or more
 */
record Turns(int models) {

    /** Long enough to make up for loading a model, and short enough for what one model teaches not to be lost. */
    private static final int ITERATIONS = 5;

    /**
     * The model of an iteration, counted from 0.
     *
     * @param iteration number of iterations made before it
     */
    int at(int iteration) {
        return iteration / ITERATIONS % models;
    }

    /** The model of one of so many things that are made on all models, each model's one after the other. */
    int ofEqualParts(int number, int all) {
        return (int) ((long) number * models / all);
    }
}
