package io.github.txt2lora.workspace;

import io.github.txt2lora.HintPicture;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.PromptPair;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Finds the pictures that a prompts file names.
 *
 * @param prompts the prompts file, beside which they lie
 * @param within the folder that they must lie in; empty for any
 */
record PictureFiles(Path prompts, Optional<Path> within) {

    /**
     * The pair with absolute paths of its pictures.
     *
     * @throws InvalidSettingException if there is no such file, or it lies outside
     */
    PromptPair located(PromptPair pair) {
        if (pair.pictures().isEmpty()) {
            return pair;
        }
        List<HintPicture> located = pair.pictures().stream().map(this::located).toList();
        return pair.toBuilder().pictures(located).build();
    }

    private HintPicture located(HintPicture picture) {
        Path file = prompts.toAbsolutePath().resolveSibling(picture.file()).normalize();
        String found = "pictures has " + Problems.quote(picture.file().toString());
        if (within.isPresent() && !file.startsWith(within.get())) {
            throw new InvalidSettingException(
                    found + ", which lies outside of the workspace; expected a path within " + within.get());
        }
        if (!Files.isRegularFile(file)) {
            throw new InvalidSettingException(
                    found + ", but there is no file " + file + "; expected a PNG, JPEG or WebP picture");
        }
        return new HintPicture(file, picture.caption());
    }
}
