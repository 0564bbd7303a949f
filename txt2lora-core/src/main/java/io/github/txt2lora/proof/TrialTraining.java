package io.github.txt2lora.proof;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraStart;
import io.github.txt2lora.Precision;
import io.github.txt2lora.Preservation;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingMethod;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.diffusion.Denoiser;
import io.github.txt2lora.leco.LecoTrainer;
import io.github.txt2lora.leco.Outcome;
import io.github.txt2lora.leco.TrainerGroup;
import io.github.txt2lora.leco.cache.LatentCache;
import io.github.txt2lora.leco.cache.LatentFolder;
import io.github.txt2lora.leco.latents.DenoisingModel;
import io.github.txt2lora.leco.latents.StepObserver;
import io.github.txt2lora.leco.lesson.Lessons;
import io.github.txt2lora.leco.lesson.PromptEmbeddings;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.text.PromptEncoder;
import io.github.txt2lora.torch.HostNumbers;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchGenerator;
import java.util.List;

/** A short training of the small model in FP32, whose steps are looked at. The same on every device. */
final class TrialTraining implements AutoCloseable {

    private static final long SEED = 1;
    private static final int MOST_ITERATIONS = 1000;

    private final NDManager owner;
    private final Denoiser denoiser;
    private final LecoTrainer trainer;
    private final TrainerGroup group;

    TrialTraining(Torch torch, SmallModel model) {
        TrainingSpec spec = TrainingSpec.builder()
                .method(TrainingMethod.recommended()
                        .withLatents(LatentSource.noise())
                        .withPreservation(Preservation.addingPrompts())
                        .withStart(LoraStart.ZERO))
                .iterations(MOST_ITERATIONS)
                .learningRate(1e-3)
                .lora(LoraSpec.builder().rank(4).alpha(4).build())
                .seed(SEED)
                .build();
        PromptPair pair = PromptPair.enhance("krnkmd")
                .positive("short hair, maid uniform, cat ears")
                .neutral("1girl")
                .resolution(SmallModel.SIDE)
                .build();
        Lessons lessons = Lessons.of(List.of(pair), spec.method());
        this.owner = torch.newScope();
        try {
            PromptEncoder encoder =
                    model.profile().promptEncoder(torch, model.checkpoint(), model.tokenizer(), Precision.FP32, 1);
            PromptEmbeddings embeddings = PromptEmbeddings.encode(encoder, lessons, owner, warning -> {});
            this.denoiser = model.profile().loadDenoiser(torch, model.checkpoint(), Precision.FP32);
            var generator = new TorchGenerator(SEED);
            LoraParameters lora = LoraParameters.initialize(
                    owner,
                    model.profile().loraRules().select(denoiser.weightShapes(), spec.lora()),
                    spec.lora(),
                    generator);
            var kept = new LatentCache(0, LatentFolder.none());
            this.trainer = new LecoTrainer(
                    new DenoisingModel(torch, denoiser, embeddings, model.noiseProcess(), "trial", kept),
                    lora,
                    lessons,
                    spec,
                    generator);
            this.group = new TrainerGroup(torch);
        } catch (RuntimeException e) {
            owner.close();
            throw e;
        }
    }

    /** What a step came to. */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    record Step(double loss, float[] gradient) {}

    /** Makes an iteration. */
    Step next() {
        var seen = new GradientSeen();
        Outcome outcome = group.next(List.of(trainer), seen).get(0);
        if (outcome instanceof Outcome.Trained trained) {
            return new Step(trained.iteration().loss(), seen.gradient);
        }
        throw new Txt2LoraException("an iteration is not finite: " + outcome);
    }

    /** The LoRA as it is now. */
    float[] parameters() {
        return trainer.parameters();
    }

    private static final class GradientSeen implements StepObserver {

        private float[] gradient = {};

        @Override
        public void onStudent(NDArray prediction, NDArray newGradient) {
            gradient = HostNumbers.floats(newGradient);
        }
    }

    @Override
    public void close() {
        trainer.close();
        denoiser.close();
        owner.close();
    }
}
