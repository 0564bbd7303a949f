package io.github.txt2lora.mlflow;

import java.io.IOException;

/** Something to tell the server. */
@FunctionalInterface
interface Sending {

    /**
     * Tells it. Called again after a failure.
     *
     * @throws IOException if the server does not answer
     * @throws RefusedException if it answers with an error
     */
    void send() throws IOException, InterruptedException;
}
