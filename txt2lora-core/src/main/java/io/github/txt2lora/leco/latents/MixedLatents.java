package io.github.txt2lora.leco.latents;

import io.github.txt2lora.LatentSource;
import io.github.txt2lora.PromptPair;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** One of several sources in each step, chosen by their weights. */
final class MixedLatents implements NoisyLatents {

    private final List<NoisyLatents> parts = new ArrayList<>();
    private final double[] upTo;

    MixedLatents(LatentSource.Mixture mixture, Function<LatentSource, NoisyLatents> maker) {
        upTo = new double[mixture.shares().size()];
        double sum = 0;
        for (LatentSource.Share share : mixture.shares()) {
            sum += share.weight();
            upTo[parts.size()] = sum;
            parts.add(maker.apply(share.source()));
        }
    }

    @Override
    public NoisyBatch next(StepContext context, PromptPair pair) {
        double place = context.generator().uniformDouble() * upTo[upTo.length - 1];
        int chosen = 0;
        while (chosen < upTo.length - 1 && place >= upTo[chosen]) {
            chosen++;
        }
        return parts.get(chosen).next(context, pair);
    }
}
