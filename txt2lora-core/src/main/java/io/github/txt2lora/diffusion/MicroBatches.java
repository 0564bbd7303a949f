package io.github.txt2lora.diffusion;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import io.github.txt2lora.torch.TorchException;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

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

        /** What both parts give; frees what it does not hand on, so that no more than one part is held beside it. */
        R join(R before, R part);

        /** Frees a result, where another part has failed. */
        void discard(R result);

        /** Takes a way that needs less memory for one sample from now on; false if there is none. */
        boolean takeLess();
    }

    /** For the rows of an array, from one number up to, and not including, another. */
    @FunctionalInterface
    interface Rows {
        NDArray run(int from, int to);
    }

    /** A call that gives a row for each sample. */
    static Call<NDArray> rows(Rows rows, BooleanSupplier takeLess) {
        return new Call<>() {
            @Override
            public NDArray run(int from, int to) {
                return rows.run(from, to);
            }

            @Override
            public NDArray join(NDArray before, NDArray part) {
                return joined(before, part);
            }

            @Override
            public void discard(NDArray result) {
                result.close();
            }

            @Override
            public boolean takeLess() {
                return takeLess.getAsBoolean();
            }
        };
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
     * @return what the parts gave, joined in order
     * @throws TorchException if memory does not suffice for a single sample, or a call fails otherwise
     */
    <R> R run(int samples, Call<R> call) {
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

    private static <R> R runParts(int samples, int size, Call<R> call) {
        @Nullable R joined = null;
        try {
            for (int from = 0; from < samples; from += size) {
                R part = call.run(from, Math.min(from + size, samples));
                joined = joined == null ? part : call.join(joined, part);
            }
            return Objects.requireNonNull(joined, "a batch of no samples");
        } catch (EngineException e) {
            discard(joined, call);
            throw TorchException.of("a batch", e);
        } catch (RuntimeException | Error e) {
            discard(joined, call);
            throw e;
        }
    }

    private static <R> void discard(@Nullable R result, Call<R> call) {
        if (result != null) {
            call.discard(result);
        }
    }

    /** The rows of two arrays as one; both are closed. */
    static NDArray joined(NDArray before, NDArray after) {
        NDArray all = before.concat(after);
        before.close();
        after.close();
        return all;
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
