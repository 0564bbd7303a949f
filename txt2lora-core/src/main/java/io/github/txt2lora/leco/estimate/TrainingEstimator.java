package io.github.txt2lora.leco.estimate;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.Memory;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.TrainingEstimate;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.checkpoint.LoadTrial;
import io.github.txt2lora.checkpoint.TensorView;
import io.github.txt2lora.family.Families;
import io.github.txt2lora.family.FamilyProfile;
import io.github.txt2lora.family.OneLoraForAll;
import io.github.txt2lora.internal.EmbeddingFolder;
import io.github.txt2lora.leco.lesson.Lessons;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.lora.TrainedLayers;
import io.github.txt2lora.picture.PictureFile;
import io.github.txt2lora.text.ClipTokenizer;
import io.github.txt2lora.text.PromptEncoder;
import io.github.txt2lora.torch.Torch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Estimates the needs of a training, from the headers of its model and a few tensors that are loaded once. */
public final class TrainingEstimator {

    private TrainingEstimator() {}

    /**
     * Estimates.
     *
     * @param families whose models can be trained
     * @param torch on the CPU
     * @param together trainings of this kind that are made at the same time, 1 or more
     * @param setting the trade of time for memory
     * @param device on which it would be trained
     * @throws CheckpointException if the model cannot be used or is not on this machine, or a prompt names an embedding
     *     that cannot be used
     * @throws InvalidSettingException if a setting does not fit the model, or a file with a picture is none
     * @throws StorageException if a file of the model cannot be read
     */
    public static TrainingEstimate estimate(
            Torch torch, Families families, LoraTraining training, int together, Memory setting, DeviceSize device) {
        training.prompts().forEach(TrainingEstimator::requirePictures);
        List<Checkpoint> models = new ArrayList<>();
        try {
            for (ModelSource model : training.models()) {
                models.add(families.open(model));
            }
            OneLoraForAll.require(families, models, training.spec().modelUse());
            models.forEach(model -> {
                LoadTrial.run(torch, model);
                readEmbeddings(torch, families.of(model), model, training);
            });
            Checkpoint first = models.get(0);
            return estimate(families.of(first), first, training, together, setting, device);
        } finally {
            models.forEach(Checkpoint::close);
        }
    }

    /** Files that a prompt names and that cannot be used would end the training. */
    private static void readEmbeddings(Torch torch, FamilyProfile profile, Checkpoint model, LoraTraining training) {
        TrainingSpec spec = training.spec();
        Set<String> prompts = Lessons.of(training.prompts(), spec.method()).prompts();
        EmbeddingFolder named = EmbeddingFolder.of(spec.modelUse().embeddings()).namedIn(prompts);
        if (named.entries().isEmpty()) {
            return;
        }
        PromptEncoder encoder = profile.promptEncoder(
                torch,
                model,
                ClipTokenizer.load(),
                spec.modelUse().precision(),
                spec.modelUse().clipSkip(),
                model::tensors,
                named);
        prompts.forEach(encoder::tokens);
    }

    private static void requirePictures(PromptPair pair) {
        pair.pictures().forEach(picture -> new PictureFile(picture.file()).read(pair.width(), pair.height()));
    }

    private static TrainingEstimate estimate(
            FamilyProfile profile,
            Checkpoint model,
            LoraTraining training,
            int together,
            Memory setting,
            DeviceSize device) {
        TrainingSpec spec = training.spec();
        TrainingMemory memory = TrainingMemory.of(
                profile,
                model,
                spec,
                training.prompts(),
                together,
                training.models().size(),
                setting,
                device);
        DiskNeed disk = DiskNeed.of(
                parameters(profile, model, training), spec.chosenFor(training.prompts()), training.iterations());
        return new TrainingEstimate(
                model.family().displayName(),
                elements(model, model.family().denoiser()),
                memory.bytes(),
                memory.plan(),
                memory.fits(),
                memory.shortage(),
                disk.loraBytes(),
                disk.stateBytes(),
                MethodWork.of(spec, training.prompts(), training.models().size())
                        .evaluations());
    }

    private static long parameters(FamilyProfile profile, Checkpoint model, LoraTraining training) {
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        model.tensors(model.family().denoiser()).forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        return LoraParameters.count(TrainedLayers.of(profile.loraRules(), shapes, training.spec()), training.lora());
    }

    private static long elements(Checkpoint model, Component component) {
        return model.tensors(component).values().stream()
                .mapToLong(TensorView::elements)
                .sum();
    }
}
