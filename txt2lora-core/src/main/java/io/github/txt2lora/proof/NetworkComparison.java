package io.github.txt2lora.proof;

import io.github.txt2lora.Precision;
import io.github.txt2lora.torch.Torch;
import java.util.function.DoubleSupplier;

/** Compares the networks of a model on a device with those on the CPU in FP32. */
final class NetworkComparison {

    private final Networks reference;
    private final Networks.Embedding embedding;
    private final float[] prediction;
    private final float[] image;

    /** Computes what results are compared with. */
    NetworkComparison(Torch cpu, SmallModel model) {
        this.reference = new Networks(cpu, model, Precision.FP32);
        this.embedding = reference.encode();
        this.prediction = reference.predict(embedding);
        this.image = reference.decode();
    }

    void run(Torch device, Precision precision, Findings findings) {
        var networks = new Networks(device, reference.model(), precision);
        double limit = Limits.of(precision);
        String in = " in " + precision;
        compare(
                "text encoder" + in,
                () -> RelativeError.of(networks.encode().context(), embedding.context()),
                limit,
                findings);
        compare("UNet" + in, () -> RelativeError.of(networks.predict(embedding), prediction), limit, findings);
        compare("VAE" + in, () -> RelativeError.of(networks.decode(), image), limit, findings);
    }

    private static void compare(String check, DoubleSupplier error, double limit, Findings findings) {
        findings.attempt(check, Limits.REMEDY, () -> findings.error(check, error.getAsDouble(), limit, Limits.REMEDY));
    }
}
