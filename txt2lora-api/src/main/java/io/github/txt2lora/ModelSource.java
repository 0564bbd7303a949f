package io.github.txt2lora;

import io.github.txt2lora.internal.Check;
import io.github.txt2lora.internal.DownloadAddress;
import io.github.txt2lora.internal.FileName;
import io.github.txt2lora.internal.PublicAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The source of a Stable Diffusion base model. A source only names the model. An engine opens it later, and throws a
 * {@link CheckpointException} if the model is missing or cannot be used.
 */
public sealed interface ModelSource {

    /** A short name for logs and for the metadata of a LoRA: the file's or folder's name, or the download's. */
    String displayName();

    /** A model in one {@code .safetensors} file, the usual form of shared models. */
    static ModelSource file(Path file) {
        return new SingleFile(file);
    }

    /** A model in a folder in diffusers' layout, with {@code unet/}, {@code text_encoder/}, {@code vae/}. */
    static ModelSource folder(Path folder) {
        return new DiffusersFolder(folder);
    }

    /**
     * A single file, downloaded when it is first needed; see {@link Download}.
     *
     * @throws InvalidSettingException if the name cannot be a file name or the address cannot be downloaded
     */
    static Download url(String name, URI url) {
        return new Download(name, url, Download.defaultFolder(), Optional.empty(), Optional.empty());
    }

    /**
     * A model in one file with LDM or SGM key names.
     *
     * @param path the {@code .safetensors} file
     */
    record SingleFile(Path path) implements ModelSource {

        /**
         * Checks the path.
         *
         * @throws InvalidSettingException if it has control characters
         */
        public SingleFile {
            Check.path("model file", path);
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

        /**
         * Checks the path.
         *
         * @throws InvalidSettingException if it has control characters
         */
        public DiffusersFolder {
            Check.path("model folder", path);
        }

        @Override
        public String displayName() {
            return lastName(path);
        }
    }

    /**
     * A model in one file that is downloaded once and then kept. An address is one of
     *
     * <ul>
     *   <li>{@code https://...}, the file itself or its page on Hugging Face ({@code .../blob/main/x.safetensors});
     *       {@code http} only for this machine, since other connections could deliver a manipulated file;
     *   <li>{@code hf://organization/repository/x.safetensors}, a file on Hugging Face, of the branch {@code main} or,
     *       with {@code repository@revision}, of another revision;
     *   <li>{@code file:///...}, a local file, used in place.
     * </ul>
     *
     * An existing file is used as it is. An incomplete download ends in {@code .part} and is resumed.
     *
     * @param name name of the file; {@code .safetensors} is added if missing
     * @param url the address, without a password; shown without its query, which may contain a secret
     * @param folder folder of the file, {@link #defaultFolder()} by default; see {@link #into}
     * @param sha256 expected SHA-256 of the file, 64 hexadecimal digits in lower case; empty to rely on the checksum
     *     that the server sends
     * @param tokenVariable environment variable with the access token for the site, which is sent to its host alone;
     *     empty for none
     */
    record Download(String name, URI url, Path folder, Optional<String> sha256, Optional<String> tokenVariable)
            implements ModelSource {

        private static final String ENDING = ".safetensors";

        private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

        private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

        /** Rejects invalid file names, addresses that cannot be downloaded, and invalid hashes. */
        public Download {
            FileName.check("model name", name);
            DownloadAddress.check("model url", url);
            Check.path("model folder", folder);
            Check.given("model sha256", sha256)
                    .filter(hash -> !SHA_256.matcher(hash).matches())
                    .ifPresent(hash -> {
                        throw InvalidSettingException.of("model sha256", hash, "64 hexadecimal digits in lower case");
                    });
            if (!Check.given("tokenVariable", tokenVariable)
                    .map(variable -> VARIABLE.matcher(variable).matches())
                    .orElse(true)) {
                // not shown: it may be the token itself
                throw new InvalidSettingException("tokenVariable is not a name; expected that of an environment"
                        + " variable which holds the token, for example HF_TOKEN");
            }
        }

        /** The folder {@code .txt2lora/models} of the user. */
        public static Path defaultFolder() {
            return Path.of(System.getProperty("user.home"), ".txt2lora", "models");
        }

        /** A copy with another folder, which is created when needed. */
        public Download into(Path newFolder) {
            return new Download(name, url, newFolder, sha256, tokenVariable);
        }

        /**
         * A copy with an expected SHA-256.
         *
         * @param hash 64 hexadecimal digits
         */
        public Download withSha256(String hash) {
            String lower = Check.given("model sha256", hash).toLowerCase(Locale.ROOT);
            return new Download(name, url, folder, Optional.of(lower), tokenVariable);
        }

        /**
         * A copy for a site that requires an access token.
         *
         * @param variable name of the environment variable with the token
         */
        public Download withTokenFrom(String variable) {
            return new Download(name, url, folder, sha256, Optional.of(Check.given("tokenVariable", variable)));
        }

        /** The file, whether downloaded already or not. */
        public Path file() {
            if (DownloadAddress.isFile(url)) {
                return Path.of(url);
            }
            boolean ends = name.toLowerCase(Locale.ROOT).endsWith(ENDING);
            return folder.resolve(ends ? name : name + ENDING);
        }

        /** The address without its secret parts. */
        public String displayUrl() {
            return PublicAddress.of(url);
        }

        @Override
        public String displayName() {
            return name;
        }

        /** Shows the address without its secret parts. */
        @Override
        public String toString() {
            return "Download[name=" + name + ", url=" + displayUrl() + ", folder=" + folder + ", sha256="
                    + sha256.orElse("none") + ", tokenVariable=" + tokenVariable.orElse("none") + "]";
        }
    }

    private static String lastName(Path path) {
        Path name = path.toAbsolutePath().normalize().getFileName();
        return name == null ? path.toString() : name.toString();
    }
}
