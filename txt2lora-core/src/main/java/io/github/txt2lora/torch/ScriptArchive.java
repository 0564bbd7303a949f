package io.github.txt2lora.torch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Packs TorchScript source files into an archive in memory, in the layout that {@code torch.jit.load} reads: a zip of
 * stored entries with the pickled module ({@code data.pkl}) and its source ({@code code/}).
 */
final class ScriptArchive {

    private static final byte[] NO_CONSTANTS = {(byte) 0x80, 2, ')', '.'};

    private ScriptArchive() {}

    /**
     * @param type the module's class
     * @param sharedSources source files beside it that it calls, without {@code .py}
     * @param attributes values of the class's attributes, in any order; {@code training} is added
     */
    static byte[] pack(ScriptClass type, List<String> sharedSources, List<ScriptAttribute> attributes) {
        List<String> sources = new ArrayList<>(sharedSources);
        sources.add(type.source());
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            store(zip, "data.pkl", ModulePickle.of(type, attributes));
            for (String source : sources) {
                store(zip, "code/__torch__/" + source + ".py", read(source));
            }
            store(zip, "constants.pkl", NO_CONSTANTS);
            store(zip, "version", "3\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] read(String source) throws IOException {
        String resource = "/torchscript/" + source + ".py";
        try (InputStream in = ScriptArchive.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalArgumentException("no script " + resource + " on the class path");
            }
            return in.readAllBytes();
        }
    }

    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        var entry = new ZipEntry("module/" + name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        var crc = new CRC32();
        crc.update(content);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
