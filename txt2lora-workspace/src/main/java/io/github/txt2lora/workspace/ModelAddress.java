package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.internal.Check;
import io.github.txt2lora.internal.DownloadAddress;
import io.github.txt2lora.internal.FileName;
import io.github.txt2lora.internal.PublicAddress;
import java.net.URI;
import java.util.Optional;

/** The base model of a LoRA, as its settings give it; {@link Workspace#model} finds it. */
public sealed interface ModelAddress {

    /** A model in the workspace's folder {@code model/} that is there already. */
    static ModelAddress named(String name) {
        return new Named(name, Optional.empty());
    }

    /** A model in the workspace's folder {@code model/} that is downloaded if it is not there. */
    static ModelAddress named(String name, URI url) {
        return new Named(name, Optional.of(url));
    }

    /** A model anywhere on this machine. */
    static ModelAddress at(String path) {
        return new At(path);
    }

    /** A short name for messages and reports. */
    String displayName();

    /**
     * A model in the folder {@code model/}: the file {@code NAME.safetensors}, or a folder in diffusers' layout.
     *
     * @param name the name without {@code .safetensors}, which is cut off; a file name on every operating system, so
     *     that it cannot lead out of the folder
     * @param url address from which the file is downloaded if it is missing
     */
    record Named(String name, Optional<URI> url) implements ModelAddress {

        /**
         * Checks both components.
         *
         * @throws InvalidSettingException if the name cannot be a file name, or nothing can be downloaded from the
         *     address: it is not absolute, of a scheme other than https, hf and file (http within this machine), or
         *     holds a user's name
         */
        public Named {
            name = withoutExtension(FileName.check("model_name", name));
            FileName.check("model_name", name);
            Check.given("model_url", url).ifPresent(address -> DownloadAddress.check("model_url", address));
        }

        @Override
        public String displayName() {
            return name;
        }

        /** Shows the address without user and query, which may hold a password or token. */
        @Override
        public String toString() {
            return "Named[name=" + name
                    + url.map(address -> ", url=" + PublicAddress.of(address)).orElse("") + "]";
        }
    }

    /**
     * A model by its path.
     *
     * @param path of a {@code .safetensors} file, with or without that extension, or of a folder in diffusers' layout;
     *     relative to the workspace
     */
    record At(String path) implements ModelAddress {

        /**
         * Checks the path.
         *
         * @throws InvalidSettingException if it is blank or has control characters
         */
        public At {
            if (Check.given("model_path", path).isBlank()) {
                throw InvalidSettingException.of("model_path", path, "the path of a model");
            }
            Check.pathText("model_path", path);
        }

        @Override
        public String displayName() {
            return path;
        }
    }

    private static String withoutExtension(String name) {
        return name.endsWith(Workspace.SAFETENSORS)
                ? name.substring(0, name.length() - Workspace.SAFETENSORS.length())
                : name;
    }
}
