package io.github.txt2lora.text;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.Precision;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.torch.Torch;
import java.util.Arrays;
import java.util.function.Consumer;

/** Turns prompts into what the UNet is conditioned on. Close it when all prompts are encoded, to free the weights. */
public final class PromptEncoder implements AutoCloseable {

    private final Torch torch;
    private final ClipTokenizer tokenizer;
    private final ClipTextEncoder encoder;
    private final int clipSkip;

    private PromptEncoder(Torch torch, ClipTokenizer tokenizer, ClipTextEncoder encoder, int clipSkip) {
        this.torch = torch;
        this.tokenizer = tokenizer;
        this.encoder = encoder;
        this.clipSkip = clipSkip;
    }

    /**
     * Loads the text encoder of a checkpoint.
     *
     * @param clipSkip which hidden state counted from the last is used: 1 is the last, 2 the one before
     */
    public static PromptEncoder load(
            Torch torch, Checkpoint checkpoint, ClipTokenizer tokenizer, Precision precision, int clipSkip) {
        ClipTextEncoder encoder = ClipTextEncoder.load(
                torch, checkpoint.tensors(Component.TEXT_ENCODER), ClipTextEncoder.Activation.QUICK_GELU, precision);
        return new PromptEncoder(torch, tokenizer, encoder, clipSkip);
    }

    /**
     * Encodes a prompt.
     *
     * @param owner the scope that will own the result
     * @param warnings is told which words did not fit into 75 tokens
     * @throws InvalidSettingException if the encoder has fewer layers than clip skip needs
     */
    public PromptEmbedding encode(String prompt, NDManager owner, Consumer<String> warnings) {
        TokenizedPrompt tokens = tokenizer.tokenize(prompt, PadToken.END_OF_TEXT);
        if (!tokens.droppedWords().isEmpty()) {
            warnings.accept(
                    "prompt \"" + prompt + "\" is longer than the 75 tokens that the text encoder reads; dropped: "
                            + String.join(" ", tokens.droppedWords()));
        }
        long[] ids = Arrays.stream(tokens.ids()).asLongStream().toArray();
        try (NDManager scope = torch.newScope()) {
            NDArray idTensor = scope.create(ids, new Shape(1, ids.length));
            NDList states = encoder.hiddenStates(scope, idTensor);
            if (clipSkip >= states.size()) {
                throw new InvalidSettingException("clip skip is " + clipSkip + ", but the text encoder has only "
                        + (states.size() - 1) + " layers; expected 1 to " + (states.size() - 1));
            }
            NDArray context = encoder.finalNorm(scope, states.get(states.size() - clipSkip))
                    .toType(DataType.FLOAT32, false);
            context.attach(owner);
            return new PromptEmbedding(context, null);
        }
    }

    @Override
    public void close() {
        encoder.close();
    }
}
