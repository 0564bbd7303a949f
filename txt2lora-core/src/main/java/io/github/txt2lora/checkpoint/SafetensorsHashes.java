package io.github.txt2lora.checkpoint;

import io.github.txt2lora.internal.file.Sha256;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The two hashes by which the web UIs recognise a LoRA file. As in kohya's trainer they are taken from the file as it
 * would be with only the {@code ss_*} metadata, before they themselves are added to it.
 *
 * @param model {@code sshs_model_hash}: SHA-256 of the bytes after the header, in hexadecimal digits
 * @param legacy {@code sshs_legacy_hash}: the first 8 hexadecimal digits of the SHA-256 of the 0x10000 bytes from file
 *     offset 0x100000; of what is there, if the file is shorter
 */
public record SafetensorsHashes(String model, String legacy) {
    private static final long LEGACY_BEGIN = 0x100000;
    private static final long LEGACY_END = 0x110000;
    private static final int LEGACY_DIGITS = 8;
    private static final String TRAINING_PREFIX = "ss_";

    /** Hashes a file that is to be written; asks each entry once for its bytes. */
    public static SafetensorsHashes of(Map<String, String> metadata, List<SafetensorsEntry> entries) {
        Map<String, String> training = new TreeMap<>(metadata);
        training.keySet().removeIf(key -> !key.startsWith(TRAINING_PREFIX));
        MessageDigest model = Sha256.newDigest();
        MessageDigest legacy = Sha256.newDigest();
        ByteBuffer head = ByteBuffer.wrap(SafetensorsWriter.head(training, entries));
        long offset = head.remaining();
        updateLegacy(legacy, head, 0);
        for (SafetensorsEntry entry : entries) {
            ByteBuffer bytes = entry.checkedBytes();
            model.update(bytes.duplicate());
            updateLegacy(legacy, bytes, offset);
            offset += bytes.remaining();
        }
        return new SafetensorsHashes(Sha256.digits(model), Sha256.digits(legacy).substring(0, LEGACY_DIGITS));
    }

    /** SHA-256 of the bytes after the header of a file with these tensors, in hexadecimal digits. */
    public static String sha256OfTensorData(List<SafetensorsEntry> entries) {
        MessageDigest digest = Sha256.newDigest();
        entries.forEach(entry -> digest.update(entry.checkedBytes()));
        return Sha256.digits(digest);
    }

    private static void updateLegacy(MessageDigest digest, ByteBuffer bytes, long offset) {
        long from = Math.max(LEGACY_BEGIN, offset);
        long to = Math.min(LEGACY_END, offset + bytes.remaining());
        if (from < to) {
            digest.update(bytes.slice(bytes.position() + (int) (from - offset), (int) (to - from)));
        }
    }
}
