package io.github.txt2lora.download;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.ModelSource.Download;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.checkpoint.SafetensorsFile;
import io.github.txt2lora.internal.Count;
import io.github.txt2lora.internal.file.ByteSize;
import io.github.txt2lora.internal.file.Sha256;
import io.github.txt2lora.internal.file.StorageFailure;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Downloads one file in as many attempts as needed; each resumes where the previous one ended. */
final class Transfer {

    /** Answers that may be better the next time; all others of 400 and more will not. */
    private static final Set<Integer> PASSING = Set.of(408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524);

    /** Shows what a file is. */
    private static final int START = 64;

    private final Download source;
    private final Path file;
    private final URI address;
    private final String sourceId;
    private final DownloadSettings settings;
    private final Heartbeat heartbeat;
    private final Web web;
    private final SentSecrets secrets;
    private final PartFile part;

    /**
     * For a file with no other writer.
     *
     * @param address address of the file, by https or, on this machine, http
     */
    Transfer(
            Download source,
            URI address,
            DownloadSettings settings,
            Heartbeat heartbeat,
            Web web,
            SentSecrets secrets) {
        this.source = source;
        this.file = source.file();
        this.address = address;
        this.sourceId = Sha256.of(address.toString());
        this.settings = settings;
        this.heartbeat = heartbeat;
        this.web = web;
        this.secrets = secrets;
        this.part = PartFile.of(file);
    }

    /** Returns when the file is whole and in its place. */
    void run() {
        try (part) {
            Optional<String> sha256 = receive();
            verify(sha256);
            part.moveIntoPlace();
        }
    }

    /** Returns the SHA-256 that the file must have, if anybody said. */
    private Optional<String> receive() {
        long furthest = part.size();
        int vain = 0;
        while (true) {
            try {
                return attempt();
            } catch (IOException e) {
                if (part.size() > furthest) {
                    furthest = part.size();
                    vain = 0;
                }
                vain++;
                if (vain >= settings.attempts()) {
                    throw new StorageException(source.displayUrl() + " cannot be downloaded to " + file + ": "
                            + FailedAttempt.describe(e, address.getHost()) + " (" + Count.of(vain, "attempt")
                            + "). Start it again to resume after " + ByteSize.text(part.size()));
                }
                heartbeat.pause(pauseAfter(vain, FailedAttempt.wanted(e)));
            }
        }
    }

    /** Twice as long after each failure in a row, or as long as the server wants. */
    private Duration pauseAfter(int vain, Duration wanted) {
        Duration pause = settings.firstPause().multipliedBy(1L << Math.min(vain - 1, 20));
        Duration longer = pause.compareTo(wanted) < 0 ? wanted : pause;
        return longer.compareTo(settings.longestPause()) < 0 ? longer : settings.longestPause();
    }

    private Optional<String> attempt() throws IOException {
        Optional<FileVersion> known = part.size() == 0 ? Optional.empty() : part.version(sourceId);
        Optional<String> validator = known.flatMap(FileVersion::validator);
        if (validator.isEmpty()) {
            part.discard();
        }
        Map<String, String> headers = validator
                .map(text -> Map.of("Range", "bytes=" + part.size() + "-", "If-Range", text))
                .orElse(Map.of());
        try (Answer answer = web.get(address, headers)) {
            FileVersion version = FileVersion.of(answer, secrets);
            requireSameVersion(answer, version, known);
            OptionalLong total = answer.total();
            boolean isWhole = answer.status() == Answer.UNSATISFIABLE
                    && part.size() > 0
                    && total.equals(OptionalLong.of(part.size()));
            if (!isWhole) {
                receive(
                        answer,
                        answer.status() == Answer.PARTIAL
                                ? known.map(version::or).orElse(version)
                                : version);
            }
            return sha256(answer);
        }
    }

    /** Servers that do not know {@code If-Range} send the rest of whatever is there now. */
    private void requireSameVersion(Answer answer, FileVersion version, Optional<FileVersion> known)
            throws FailedAttempt {
        boolean belongsToPart = answer.status() == Answer.PARTIAL || answer.status() == Answer.UNSATISFIABLE;
        if (belongsToPart && known.isPresent() && known.get().differsFrom(version)) {
            part.discard();
            throw new FailedAttempt("the server's file has changed since the first part of it came");
        }
    }

    private void receive(Answer answer, FileVersion version) throws IOException {
        OptionalLong total = answer.total();
        requireContent(answer);
        sha256(answer);
        if (answer.status() == Answer.OK) {
            part.discard();
        }
        part.expect(sourceId, version);
        requireSpace(total);
        heartbeat.total(total);
        heartbeat.bytes(part.size());
        boolean checked = part.size() >= START;
        List<ByteBuffer> data = answer.body().next(settings, heartbeat);
        while (!data.isEmpty()) {
            data.forEach(part::append);
            if (!checked && part.size() >= START) {
                requireStart();
                checked = true;
            }
            heartbeat.bytes(part.size());
            data = answer.body().next(settings, heartbeat);
        }
        heartbeat.beat();
        if (total.isPresent() && part.size() != total.getAsLong()) {
            long came = part.size();
            if (came > total.getAsLong()) {
                part.discard();
            }
            throw new FailedAttempt("the server sent " + came + " of " + total.getAsLong() + " bytes");
        }
    }

    /** Passes answers whose body belongs to the end of the part. */
    private void requireContent(Answer answer) throws IOException {
        int status = answer.status();
        if (status == Answer.PARTIAL) {
            if (!answer.rangeStart().equals(OptionalLong.of(part.size()))) {
                part.discard();
                throw new FailedAttempt("the server sent another piece of the file than it was asked for");
            }
        } else if (status == Answer.UNSATISFIABLE && part.size() > 0) {
            part.discard();
            throw new FailedAttempt("the server's file is not the one that the first part came of");
        } else if (PASSING.contains(status)) {
            String seconds = answer.header("Retry-After").orElse("").strip();
            throw new FailedAttempt(
                    "the server answered " + status,
                    seconds.matches("\\d{1,9}") ? Duration.ofSeconds(Long.parseLong(seconds)) : Duration.ZERO);
        } else if (status != Answer.OK) {
            throw new StorageException(source.displayUrl() + " cannot be downloaded: " + reason(status));
        }
    }

    private String reason(int status) {
        return switch (status) {
            case 401, 403 -> "the server answered " + status + ", which means that it does not let you; " + tokenHint();
            case 404, 410 ->
                "the server answered " + status
                        + ", which means that there is no such file; check the address in a browser";
            default -> "the server answered " + status + "; expected the file. Check the address in a browser";
        };
    }

    private String tokenHint() {
        return source.tokenVariable()
                .map(variable -> "check that the access token in " + variable
                        + " is valid, and that its owner has accepted the model's terms on its page")
                .orElse("where the site needs an access token, put it into an environment variable and name that as"
                        + " the download's token variable");
    }

    /** The given checksum or, without one, the server's; if both are there, they must agree. */
    private Optional<String> sha256(Answer answer) {
        Optional<String> announced = Checksum.announced(answer);
        Optional<String> given = source.sha256();
        if (given.isPresent() && announced.isPresent() && !given.equals(announced)) {
            throw new CheckpointException("the server of " + source.displayUrl() + " says that the file's SHA-256 is "
                    + secrets.orHidden(announced.get()) + "; expected " + given.get()
                    + ". It is another version, or another file");
        }
        return given.or(() -> announced);
    }

    private void requireSpace(OptionalLong total) {
        long missing = total.orElse(0) - part.size();
        OptionalLong space = StorageFailure.spaceIn(StorageFailure.folderOf(file));
        if (space.isPresent() && missing > space.getAsLong()) {
            throw new StorageException(file + " cannot be downloaded: " + ByteSize.text(missing)
                    + (part.size() > 0 ? " more" : "") + " are needed and " + ByteSize.text(space.getAsLong())
                    + " are there; free some space, or choose a folder on another disk");
        }
    }

    private void requireStart() throws IOException {
        try {
            SafetensorsFile.requireStart(source.displayUrl(), part.start(START));
        } catch (CheckpointException e) {
            part.discard();
            throw new CheckpointException(e.getMessage() + "; " + tokenHint());
        }
    }

    private void verify(Optional<String> sha256) {
        try {
            SafetensorsFile.open(part.path()).close();
        } catch (CheckpointException e) {
            part.discard();
            throw new CheckpointException(source.displayUrl() + " does not give a model: "
                    + secrets.orHidden(e.getMessage()) + "; " + tokenHint());
        }
        if (sha256.isPresent()) {
            String found = Sha256.of(part.path(), heartbeat::beat);
            if (!found.equals(sha256.get())) {
                part.discard();
                throw new CheckpointException(source.displayUrl() + " gave a file whose SHA-256 is " + found
                        + "; expected " + secrets.orHidden(sha256.get())
                        + ". It was damaged on the way, or is another file: it is"
                        + " removed; download it again");
            }
        }
    }
}
