package io.github.txt2lora.torch.device;

import ai.djl.util.ClassLoaderUtils;
import ai.djl.util.Utils;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.internal.file.AtomicFile;
import io.github.txt2lora.internal.file.RegularFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** Does what a plan says has to be done before DJL loads. */
public final class LibtorchPreparation {

    private static final int BLOCK = 1 << 20;

    private LibtorchPreparation() {}

    /**
     * Sets the system properties, and unpacks what DJL would not. Repeating it changes nothing.
     *
     * @throws StorageException if it cannot be unpacked, for example because the disk is full
     */
    public static void of(LibtorchPlan plan) {
        plan.unpack()
                .ifPresent(bundled -> System.setProperty(
                        GpuDetection.LIBRARY_PATH,
                        unpack(bundled, Utils.getEngineCacheDir("pytorch")).toString()));
        plan.settings().forEach(System::setProperty);
    }

    /** Copies the files that are not there yet, where DJL would. A file is there only if it is whole. */
    static Path unpack(BundledLibtorch bundled, Path cache) {
        Path folder = cache.resolve(bundled.folderName());
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new StorageException(
                    folder + " cannot be created, to which PyTorch is to be unpacked: " + e
                            + "; the environment variable DJL_CACHE_DIR names another folder",
                    e);
        }
        for (String library : bundled.libraries()) {
            Path file = folder.resolve(library);
            if (!RegularFile.isAt(file)) {
                AtomicFile.write(file, channel -> copy(bundled.resourceFolder() + "/" + library, channel));
            }
        }
        return folder;
    }

    private static void copy(String resource, WritableByteChannel channel) throws IOException {
        try (InputStream in = ClassLoaderUtils.getResourceAsStream(resource)) {
            byte[] block = new byte[BLOCK];
            for (int length = in.read(block); length >= 0; length = in.read(block)) {
                channel.write(ByteBuffer.wrap(block, 0, length));
            }
        }
    }
}
