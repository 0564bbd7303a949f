package io.github.txt2lora;

import io.github.txt2lora.internal.Check;
import io.github.txt2lora.internal.FileName;
import io.github.txt2lora.internal.PublicAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Where a Stable Diffusion base model comes from. A source only names the model: whether it exists and what it holds
 * is found out when an engine opens it, which throws a {@link CheckpointException} if it cannot.
 */
public sealed interface ModelSource {

    /** A short name for logs and for the metadata of a LoRA: the file's or folder's name, or the download's. */
    String displayName();

    /** A model in one {@code .safetensors} file, as the community shares them. */
    static ModelSource file(Path file) {
        return new SingleFile(file);
    }

    /** A model in a folder in diffusers' layout, with {@code unet/}, {@code text_encoder/}, {@code vae/}. */
    static ModelSource folder(Path folder) {
        return new DiffusersFolder(folder);
    }

    /**
     * A single file that is downloaded when it is first needed.
     *
     * @throws InvalidSettingException if the name cannot be a file name or the address is not http or https
     */
    static ModelSource url(String name, URI url) {
        return new Download(name, url);
    }

    /**
     * A model in one file with LDM or SGM key names.
     *
     * @param path the {@code .safetensors} file
     */
    record SingleFile(Path path) implements ModelSource {

        /** Rejects null. */
        public SingleFile {
            Check.given("model file", path);
        }

        @Override
        public String displayName() {
            return lastName(path);
        }
    }

    /**
     * A model in diffusers' layout.
     *
     * @param path the folder that holds {@code model_index.json} or at least {@code unet/}
     */
    record DiffusersFolder(Path path) implements ModelSource {

        /** Rejects null. */
        public DiffusersFolder {
            Check.given("model folder", path);
        }

        @Override
        public String displayName() {
            return lastName(path);
        }
    }

    /**
     * A model in one file that is downloaded once and then kept.
     *
     * @param name the file name under which it is kept
     * @param url an absolute address whose scheme is http or https
     */
    record Download(String name, URI url) implements ModelSource {

        /** Rejects names that cannot be file names and addresses that cannot be downloaded. */
        public Download {
            FileName.check("model name", name);
            Check.given("model url", url);
            String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
            boolean web = scheme.equals("http") || scheme.equals("https");
            if (!web || url.getHost() == null) {
                throw InvalidSettingException.of(
                        "model url",
                        PublicAddress.of(url),
                        "an absolute address such as https://example.org/model.safetensors");
            }
        }

        @Override
        public String displayName() {
            return name;
        }

        /** Shows the address without user and query, which may hold a password or token. */
        @Override
        public String toString() {
            return "Download[name=" + name + ", url=" + PublicAddress.of(url) + "]";
        }
    }

    private static String lastName(Path path) {
        Path name = path.toAbsolutePath().normalize().getFileName();
        return name == null ? path.toString() : name.toString();
    }
}
