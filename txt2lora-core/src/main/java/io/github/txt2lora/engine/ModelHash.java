package io.github.txt2lora.engine;

import io.github.txt2lora.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of a model's files. */
final class ModelHash {

    private static final int CHUNK_BYTES = 1 << 20;

    private ModelHash() {}

    /**
     * Reads all files of a model; of a single file it is the hash that the web UIs show, of a folder also the files'
     * names go into it.
     *
     * @param stamp names the files
     * @param beforeRead runs before each mebibyte is read; what it throws ends the reading
     */
    static String of(Path model, ModelStamp stamp, Runnable beforeRead) {
        MessageDigest digest = sha256();
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
        for (String file : stamp.files().keySet()) {
            Path path = model.getFileSystem().getPath(file);
            if (stamp.files().size() > 1) {
                String name = model.toAbsolutePath().relativize(path).toString();
                digest.update(name.getBytes(StandardCharsets.UTF_8));
            }
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                beforeRead.run();
                while (channel.read(chunk.clear()) >= 0) {
                    digest.update(chunk.flip());
                    beforeRead.run();
                }
            } catch (IOException e) {
                throw new StorageException("model file " + path + " cannot be read: " + e, e);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
