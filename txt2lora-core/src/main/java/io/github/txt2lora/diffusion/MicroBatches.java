package io.github.txt2lora.diffusion;

import io.github.txt2lora.torch.TorchException;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs a batch in as few parts as memory allows. Where it does not suffice, cached memory is given back first, then the
 * parts get smaller, and stay so for later batches.
 */
final class MicroBatches {

    private final Runnable freeCaches;
    private int mostSamples = Integer.MAX_VALUE;

    /**
     * Parts as large as the batches, until memory runs out.
     *
     * @param freeCaches gives back memory that is only kept for later
     */
    MicroBatches(Runnable freeCaches) {
        this.freeCaches = freeCaches;
    }

    /** A call for the samples from one number up to, and not including, another. */
    @FunctionalInterface
    interface Part<R> {
        R run(int from, int to);
    }

    /** Makes parts no larger than this. */
    void limit(int samples) {
        mostSamples = samples;
    }

    /**
     * Runs a batch.
     *
     * @return what the parts gave, in order
     * @throws TorchException if memory does not suffice for a single sample, or a call fails otherwise
     */
    <R> List<R> run(int samples, Part<R> call) {
        boolean cachesAreFree = false;
        while (true) {
            int size = Math.min(mostSamples, samples);
            try {
                return runParts(samples, size, call);
            } catch (TorchException e) {
                if (!e.isOutOfMemory()) {
                    throw e;
                }
                freeCaches.run();
                if (cachesAreFree) {
                    mostSamples = smaller(size, e);
                }
                cachesAreFree = true;
            }
        }
    }

    private static <R> List<R> runParts(int samples, int size, Part<R> call) {
        List<R> results = new ArrayList<>();
        for (int from = 0; from < samples; from += size) {
            results.add(call.run(from, Math.min(from + size, samples)));
        }
        return results;
    }

    private static int smaller(int size, TorchException e) {
        if (size == 1) {
            throw new TorchException(
                    "memory does not suffice for a single sample (" + e.getMessage()
                            + "); a lower resolution, or the precision FP16 or BF16, needs less",
                    true,
                    e);
        }
        return (size + 1) / 2;
    }
}
