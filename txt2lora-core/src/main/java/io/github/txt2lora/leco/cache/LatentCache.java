package io.github.txt2lora.leco.cache;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Keeps latents and predictions that take the network to compute and that later steps and trainings need again: in
 * memory, and in a folder if there is one. What was not used for the longest time is dropped first. Used by one thread.
 */
public final class LatentCache implements AutoCloseable {

    private final Map<Key, float[]> memory = new LinkedHashMap<>(16, 0.75f, true);
    private final long limit;
    private final LatentFolder folder;
    private long bytes;

    /**
     * An empty cache.
     *
     * @param limit bytes in memory
     * @param folder the folder of latents for later processes
     */
    public LatentCache(long limit, LatentFolder folder) {
        this.limit = limit;
        this.folder = folder;
    }

    private record Key(String set, int number) {}

    /**
     * An array of a set, computed if it is not there.
     *
     * @param set tells all that the arrays of the set depend on
     * @param number number within the set
     * @param length of the array
     */
    public float[] get(String set, int number, int length, Supplier<float[]> computation) {
        var key = new Key(set, number);
        float[] kept = memory.get(key);
        if (kept == null) {
            kept = folder.read(set, number, length).orElse(null);
            if (kept == null) {
                kept = computation.get();
                folder.add(set, number, kept);
            }
            put(key, kept);
        }
        return kept;
    }

    /** A prompt as part of the name of a set, which no other prompt can be taken for. */
    public static String quoted(String prompt) {
        return '"' + prompt.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private void put(Key key, float[] values) {
        memory.put(key, values);
        bytes += byteSize(values);
        var eldest = memory.entrySet().iterator();
        while (bytes > limit && eldest.hasNext()) {
            bytes -= byteSize(eldest.next().getValue());
            eldest.remove();
        }
    }

    private static long byteSize(float[] values) {
        return (long) values.length * Float.BYTES;
    }

    /** Writes additions to the folder, if there is one. */
    public void save() {
        folder.save();
    }

    /** Gives all memory back. */
    @Override
    public void close() {
        memory.clear();
        bytes = 0;
        folder.close();
    }
}
