package io.github.txt2lora.batch;

import io.github.txt2lora.StorageException;
import io.github.txt2lora.internal.Check;
import io.github.txt2lora.internal.file.FileTree;
import io.github.txt2lora.internal.file.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The identity of the model that a LoRA was trained on.
 *
 * @param name its name in the settings
 * @param path its path
 * @param bytes its size, of a folder that of all its files
 * @param modified when it was last changed, in milliseconds since 1970; of a folder the latest time
 * @param sha256 the digest of its content
 */
public record ModelIdentity(String name, String path, long bytes, long modified, String sha256) {

    /** Rejects null; a record that was read may lack anything. */
    public ModelIdentity {
        Check.given("name", name);
        Check.given("path", path);
        Check.given("sha256", sha256);
    }

    /**
     * Looks at a model; reads all of it only if it is not known to be unchanged.
     *
     * @param known the identity of what was there before, whose digest holds as long as path, size and time are the
     *     same
     */
    static ModelIdentity of(String name, Path path, Iterable<ModelIdentity> known) {
        Path absolute = path.toAbsolutePath().normalize();
        long bytes = 0;
        long modified = 0;
        try {
            for (Path file : FileTree.files(absolute)) {
                bytes += Files.size(file);
                modified = Math.max(modified, Files.getLastModifiedTime(file).toMillis());
            }
        } catch (IOException e) {
            throw new StorageException("Cannot read the model " + path + ": " + e, e);
        }
        for (ModelIdentity other : known) {
            if (other.path.equals(absolute.toString()) && other.bytes == bytes && other.modified == modified) {
                return new ModelIdentity(name, other.path, bytes, modified, other.sha256);
            }
        }
        return new ModelIdentity(name, absolute.toString(), bytes, modified, Sha256.of(absolute));
    }
}
