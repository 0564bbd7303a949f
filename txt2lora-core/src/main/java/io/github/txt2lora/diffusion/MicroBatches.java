package io.github.txt2lora.diffusion;

import ai.djl.engine.EngineException;
import io.github.txt2lora.torch.TorchException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Runs a batch in as few parts as memory allows. Where it does not suffice, what the parts before the failure gave is
 * freed, then cached memory is given back, then the parts get smaller, and stay so for later batches. A single sample
 * that does not fit may have another way that takes less.
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

    /**
     * A call for the samples of a batch.
     *
     * @param <R> its result
     */
    interface Call<R> {

        /** For the samples from one number up to, and not including, another. */
        R run(int from, int to);

        /** Frees the result of a part, where another part has failed. */
        void discard(R result);

        /** Takes a way that needs less memory for one sample from now on; false if there is none. */
        boolean takeLess();
    }

    /** A call without another way. */
    static <R> Call<R> call(Part<R> part, Consumer<R> discard) {
        return call(part, discard, () -> false);
    }

    /** A call of functions. */
    static <R> Call<R> call(Part<R> part, Consumer<R> discard, BooleanSupplier takeLess) {
        return new Call<>() {
            @Override
            public R run(int from, int to) {
                return part.run(from, to);
            }

            @Override
            public void discard(R result) {
                discard.accept(result);
            }

            @Override
            public boolean takeLess() {
                return takeLess.getAsBoolean();
            }
        };
    }

    /** See {@link Call#run}. */
    @FunctionalInterface
    interface Part<R> {
        R run(int from, int to);
    }

    /** The largest parts that it makes. */
    int limit() {
        return mostSamples;
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
    <R> List<R> run(int samples, Call<R> call) {
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
                    takeLess(size, call, e);
                }
                cachesAreFree = true;
            }
        }
    }

    private static <R> List<R> runParts(int samples, int size, Call<R> call) {
        List<R> results = new ArrayList<>();
        try {
            for (int from = 0; from < samples; from += size) {
                results.add(call.run(from, Math.min(from + size, samples)));
            }
            return results;
        } catch (EngineException e) {
            results.forEach(call::discard);
            throw TorchException.of("a batch", e);
        } catch (RuntimeException | Error e) {
            results.forEach(call::discard);
            throw e;
        }
    }

    private void takeLess(int size, Call<?> call, TorchException e) {
        if (size > 1) {
            mostSamples = (size + 1) / 2;
        } else if (!call.takeLess()) {
            throw new TorchException(
                    "memory does not suffice for a single sample (" + e.getMessage()
                            + "); a lower resolution, or the precision FP16 or BF16, needs less",
                    true,
                    e);
        }
    }
}
