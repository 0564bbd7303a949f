package io.github.txt2lora.cli;

import io.github.txt2lora.internal.LibraryVersion;
import picocli.CommandLine.IVersionProvider;

/** The line of {@code --version}. */
final class VersionLine implements IVersionProvider {

    @Override
    public String[] getVersion() {
        return new String[] {"txt2lora " + LibraryVersion.number()};
    }
}
