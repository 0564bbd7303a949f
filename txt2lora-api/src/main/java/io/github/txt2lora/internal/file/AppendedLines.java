package io.github.txt2lora.internal.file;

import io.github.txt2lora.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A text file that grows by whole lines: what a crash or a full disk cut off is removed before the next line. The file is
 * open only while a line is written, so that it may be moved or deleted meanwhile.
 */
public final class AppendedLines {

    private final Path file;
    private final String header;

    /**
     * Lines in a file, which is created by the first one.
     *
     * @param header first line with its line break; empty for none
     */
    public AppendedLines(Path file, String header) {
        this.file = file;
        this.header = header;
    }

    /**
     * Appends a line; the file stays as it was where that fails.
     *
     * @param line with its line break
     * @throws StorageException if it cannot be written
     */
    public synchronized void append(String line) {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long end = endOfLastLine(channel);
            channel.truncate(end);
            String text = end == 0 ? header + line : line;
            write(channel, text.getBytes(StandardCharsets.UTF_8), end);
        } catch (IOException e) {
            throw StorageFailure.of(file, line.length(), e);
        }
    }

    private static void write(FileChannel channel, byte[] bytes, long end) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        try {
            while (rest.hasRemaining()) {
                channel.write(rest, end + rest.position());
            }
        } catch (IOException e) {
            channel.truncate(end);
            throw e;
        }
    }

    private static long endOfLastLine(FileChannel channel) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        for (long end = channel.size(); end > 0; end--) {
            channel.read(one.clear(), end - 1);
            if (one.get(0) == '\n') {
                return end;
            }
        }
        return 0;
    }
}
