package io.github.txt2lora.spark;

/** What is told when another executor goes on with a LoRA. */
final class Successor {

    private Successor() {}

    static String sentence(String host, String lostHost) {
        return "its executor on the host " + lostHost + " was lost; one on the host " + host
                + " goes on from its last state";
    }
}
