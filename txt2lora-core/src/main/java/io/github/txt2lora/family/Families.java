package io.github.txt2lora.family;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.CheckpointFormat;
import io.github.txt2lora.checkpoint.ModelFamily;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The families whose models can be used.
 *
 * @param profiles in the order in which their formats are tried; Stable Diffusion's claims all files, so it is last
 */
public record Families(List<FamilyProfile> profiles) {

    /** Copies the list. */
    public Families {
        profiles = List.copyOf(profiles);
    }

    /** All families of this library. A new one is added here. */
    public static Families standard() {
        return new Families(List.of(new StableDiffusion1(), new StableDiffusion2(), new StableDiffusionXl()));
    }

    /** These families and one more, whose format is tried first. */
    public Families with(FamilyProfile profile) {
        List<FamilyProfile> more = new ArrayList<>(profiles);
        more.add(0, profile);
        return new Families(more);
    }

    /**
     * Opens a model that lies on this machine.
     *
     * @throws CheckpointException if it is no complete model of one of these families, or is yet to be downloaded
     * @throws io.github.txt2lora.StorageException if a file cannot be read
     */
    public Checkpoint open(ModelSource source) {
        if (source instanceof ModelSource.SingleFile file) {
            return open(file.path());
        }
        if (source instanceof ModelSource.DiffusersFolder folder) {
            return open(folder.path());
        }
        throw new CheckpointException("%s is not on this machine; expected a file or folder: download it first"
                .formatted(source.displayName()));
    }

    /**
     * Opens a single file or a folder.
     *
     * @throws CheckpointException if it is no complete model of one of these families
     * @throws io.github.txt2lora.StorageException if a file cannot be read
     */
    public Checkpoint open(Path path) {
        return open(path, () -> {});
    }

    /**
     * Opens a single file or a folder, for reading that can be broken off.
     *
     * @param beforeRead runs before weights are read, many times; its exceptions end the reading
     * @throws CheckpointException if it is no complete model of one of these families
     * @throws io.github.txt2lora.StorageException if a file cannot be read
     */
    public Checkpoint open(Path path, Runnable beforeRead) {
        List<CheckpointFormat> formats =
                profiles.stream().map(FamilyProfile::format).distinct().toList();
        return Checkpoint.open(path, formats, beforeRead);
    }

    /**
     * The profile of a model's family.
     *
     * @throws IllegalArgumentException if it is none of these
     */
    public FamilyProfile of(Checkpoint checkpoint) {
        ModelFamily family = checkpoint.family();
        return profiles.stream()
                .filter(profile -> profile.family().equals(family))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no profile of " + family.displayName()));
    }
}
