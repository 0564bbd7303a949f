package io.github.txt2lora.download;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.ModelSource.Download;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.internal.DownloadAddress;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.internal.file.FileClaim;
import io.github.txt2lora.internal.file.Sha256;
import io.github.txt2lora.internal.file.StorageFailure;
import io.github.txt2lora.spi.DownloadProgress;
import io.github.txt2lora.spi.ModelDownloader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Downloads models by https. What several processes want at once is downloaded by one of them; the others wait for the
 * file. A download that breaks off is tried again for some minutes, and resumes where it ended, also in a later run.
 */
public final class HttpModelDownloader implements ModelDownloader {

    private static final Logger LOG = LoggerFactory.getLogger(HttpModelDownloader.class);

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    private final DownloadSettings settings;

    /** For the service loader. */
    public HttpModelDownloader() {
        this(DownloadSettings.standard());
    }

    HttpModelDownloader(DownloadSettings settings) {
        this.settings = settings;
    }

    @Override
    public Path download(Download source, Consumer<DownloadProgress> progress) {
        Path file = source.file();
        if (DownloadAddress.isFile(source.url())) {
            return requireLocal(source, file);
        }
        if (Files.isRegularFile(file)) {
            return file;
        }
        String token = token(source);
        createFolder(StorageFailure.folderOf(file));
        var heartbeat = new Heartbeat(source.name(), progress, settings);
        FileClaim claim = awaitClaim(file, heartbeat);
        try {
            if (!Files.isRegularFile(file)) {
                URI address = HuggingFace.resolve(source.url(), settings.huggingFace());
                var secrets = new SentSecrets(token, address);
                var web = new Web(settings, heartbeat, token, secrets);
                new Transfer(source, address, settings, heartbeat, web, secrets).run();
            }
        } finally {
            claim.close();
        }
        return file;
    }

    private static FileClaim awaitClaim(Path file, Heartbeat heartbeat) {
        while (true) {
            Optional<FileClaim> claim =
                    FileClaim.tryTake(file, "a download", warning -> LOG.warn("{}", Excerpt.message(warning)));
            if (claim.isPresent()) {
                return claim.get();
            }
            heartbeat.pause(BETWEEN_LOOKS);
        }
    }

    private static Path requireLocal(Download source, Path file) {
        if (!Files.exists(file)) {
            throw new CheckpointException(source.displayUrl() + " does not exist; expected a .safetensors file");
        }
        source.sha256().ifPresent(expected -> {
            String found = Sha256.of(file);
            if (!found.equals(expected)) {
                throw new CheckpointException("the SHA-256 of " + file + " is " + found + "; expected " + expected
                        + ". It is another version, or another file");
            }
        });
        return file;
    }

    /** The token itself is never part of a message. */
    private @Nullable String token(Download source) {
        String variable = source.tokenVariable().orElse(null);
        if (variable == null) {
            return null;
        }
        String token = settings.environment().apply(variable);
        if (token == null || token.isBlank()) {
            throw new InvalidSettingException("environment variable " + variable + " is not set; expected the access"
                    + " token with which " + source.displayUrl() + " is downloaded");
        }
        if (!token.strip().chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new InvalidSettingException("environment variable " + variable
                    + " holds spaces or letters that no access token has; expected the token alone");
        }
        return token.strip();
    }

    private static void createFolder(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new StorageException("model folder " + folder + " cannot be created: " + e, e);
        }
    }
}
