package io.github.txt2lora.leco.latents;

import io.github.txt2lora.LatentSource;
import io.github.txt2lora.PromptPair;
import java.util.List;
import java.util.stream.IntStream;

/** One of several sources in each step, chosen by their weights. */
final class MixedLatents implements NoisyLatents {

    private final List<NoisyLatents> parts;
    private final double[] upTo;

    static LatentsPlan plan(LatentSource.Mixture mixture) {
        List<LatentSource.Share> shares = mixture.shares();
        List<LatentsPlan> plans =
                shares.stream().map(share -> LatentsPlan.of(share.source())).toList();
        double all = shares.stream().mapToDouble(LatentSource.Share::weight).sum();
        return new LatentsPlan(
                (model, spec) -> new MixedLatents(
                        plans.stream()
                                .map(plan -> plan.maker().apply(model, spec))
                                .toList(),
                        shares),
                (steps, pairs) -> IntStream.range(0, plans.size())
                        .mapToDouble(i -> plans.get(i)
                                .evaluations()
                                .applyAsDouble(steps * shares.get(i).weight() / all, pairs))
                        .sum(),
                plans.stream().mapToDouble(LatentsPlan::states).max().orElseThrow());
    }

    private MixedLatents(List<NoisyLatents> parts, List<LatentSource.Share> shares) {
        this.parts = parts;
        upTo = new double[shares.size()];
        double sum = 0;
        for (int i = 0; i < upTo.length; i++) {
            sum += shares.get(i).weight();
            upTo[i] = sum;
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
