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
     * A single file that is downloaded when it is first needed; see {@link Download}.
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
     * A model in one file that is downloaded once and then kept. Addresses are
     *
     * <ul>
     *   <li>{@code https://...}, the file itself or its page on Hugging Face ({@code .../blob/main/x.safetensors});
     *       {@code http} only to this machine, because on any other way somebody could put another file in its place;
     *   <li>{@code hf://organization/repository/x.safetensors}, a file on Hugging Face, of the branch {@code main} or,
     *       with {@code repository@revision}, of another one;
     *   <li>{@code file:///...}, which is used where it is.
     * </ul>
     *
     * A file that is there already is taken as it is. An incomplete file ends in {@code .part}, and its
     * download resumes.
     *
     * @param name the file name under which it is kept; {@code .safetensors} is added if it does not end so
     * @param url the address, without a password; it is shown without its query, which may hold a secret
     * @param folder where it is kept; {@link #defaultFolder()} unless {@link #into} says otherwise
     * @param sha256 what the file's SHA-256 must be, 64 hexadecimal digits in lower case; empty to rely on what the
     *     server says
     * @param tokenVariable the environment variable that holds the access token for the site, which is sent to its host
     *     alone; empty for none
     */
    record Download(String name, URI url, Path folder, Optional<String> sha256, Optional<String> tokenVariable)
            implements ModelSource {

        private static final String ENDING = ".safetensors";

        private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

        private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

        /** Rejects names that cannot be file names, addresses that cannot be downloaded, and hashes that are none. */
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

        /** The same, kept in another folder, which is created when needed. */
        public Download into(Path newFolder) {
            return new Download(name, url, newFolder, sha256, tokenVariable);
        }

        /**
         * The same, which must have this SHA-256.
         *
         * @param hash 64 hexadecimal digits
         */
        public Download withSha256(String hash) {
            String lower = Check.given("model sha256", hash).toLowerCase(Locale.ROOT);
            return new Download(name, url, folder, Optional.of(lower), tokenVariable);
        }

        /**
         * The same, from a site that needs an access token.
         *
         * @param variable the name of the environment variable that holds it
         */
        public Download withTokenFrom(String variable) {
            return new Download(name, url, folder, sha256, Optional.of(Check.given("tokenVariable", variable)));
        }

        /** The file that it is or becomes. */
        public Path file() {
            if (DownloadAddress.isFile(url)) {
                return Path.of(url);
            }
            boolean ends = name.toLowerCase(Locale.ROOT).endsWith(ENDING);
            return folder.resolve(ends ? name : name + ENDING);
        }

        /** The address without what may be secret. */
        public String displayUrl() {
            return PublicAddress.of(url);
        }

        @Override
        public String displayName() {
            return name;
        }

        /** Shows the address without what may be secret. */
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
