package io.github.txt2lora.family;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.ModelUse;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.checkpoint.TensorView;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Tells whether one LoRA can be trained on several models, from what their files say. */
public final class OneLoraForAll {

    private OneLoraForAll() {}

    /**
     * Checks that models are of one family, have layers of the same shapes, predict the same quantity, and are different
     * ones.
     *
     * @param models one or more, opened; the first one says how the others are to be
     * @throws InvalidSettingException if one of the others does not fit
     */
    public static void require(Families families, List<Checkpoint> models, ModelUse use) {
        Checkpoint first = models.get(0);
        for (int i = 1; i < models.size(); i++) {
            Checkpoint other = models.get(i);
            requireSameLayers(first, other);
            requireSamePrediction(families.of(first), first, other, use);
            for (Checkpoint before : models.subList(0, i)) {
                requireOtherWeights(before, other);
            }
        }
    }

    private static void requireSameLayers(Checkpoint first, Checkpoint other) {
        if (!other.family().equals(first.family())) {
            throw unfit(
                    other,
                    "is " + other.family().displayName(),
                    first.family().displayName() + ", as " + first.path()
                            + " is: one LoRA fits models of one family alone");
        }
        Component denoiser = first.family().denoiser();
        Map<String, TensorView> expected = first.tensors(denoiser);
        Map<String, TensorView> found = other.tensors(denoiser);
        expected.forEach((name, tensor) -> {
            TensorView same = found.get(name);
            if (same == null || !same.shape().equals(tensor.shape())) {
                throw unfit(
                        other,
                        "has " + (same == null ? "no weight " + name : "a weight " + name + " of " + same.shape()),
                        tensor.shape() + ", as in " + first.path() + ": one LoRA fits layers of one shape alone");
            }
        });
    }

    private static void requireSamePrediction(FamilyProfile profile, Checkpoint first, Checkpoint other, ModelUse use) {
        String expected = prediction(profile, first, use);
        String found = prediction(profile, other, use);
        if (!found.equals(expected)) {
            throw unfit(
                    other,
                    "predicts " + found,
                    expected + ", as " + first.path() + " does: a change of one means something else for the other");
        }
    }

    private static String prediction(FamilyProfile profile, Checkpoint model, ModelUse use) {
        return profile.labels(profile.noiseProcess(model, use.predictionType(), use.terminalSnr(), warning -> {}))
                .predictionType();
    }

    /** Different models differ in the first weights, so that this takes no time. */
    private static void requireOtherWeights(Checkpoint before, Checkpoint other) {
        boolean isSame = before.family().networks().stream()
                .filter(network -> network.isDenoiser() || network.isTextEncoder())
                .allMatch(network -> haveSameWeights(before.tensors(network), other.tensors(network)));
        if (isSame) {
            throw unfit(
                    other,
                    "has the weights of " + before.path(),
                    "another model: each is trained on once. Leave it out");
        }
    }

    private static boolean haveSameWeights(Map<String, TensorView> one, Map<String, TensorView> other) {
        return one.keySet().equals(other.keySet())
                && one.entrySet().stream().allMatch(entry -> {
                    TensorView same = Objects.requireNonNull(other.get(entry.getKey()));
                    TensorView tensor = entry.getValue();
                    return tensor.type() == same.type() && tensor.bytes().equals(same.bytes());
                });
    }

    private static InvalidSettingException unfit(Checkpoint model, String found, String expected) {
        return new InvalidSettingException("model " + model.path() + " " + found + "; expected " + expected);
    }
}
