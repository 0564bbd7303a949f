package io.github.txt2lora.proof;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.txt2lora.diffusion.Denoiser;
import io.github.txt2lora.diffusion.ImageDecoder;
import io.github.txt2lora.family.Families;
import io.github.txt2lora.family.FamilyProfile;
import io.github.txt2lora.text.PromptEmbedding;
import io.github.txt2lora.text.PromptEncoder;
import io.github.txt2lora.torch.Torch;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Families whose networks go wrong on the device under test: that of one thread, since the reference has two. */
final class WrongDevice {

    private WrongDevice() {}

    /** The text encoders' hidden states are changed. */
    static Families encoding(UnaryOperator<NDArray> change) {
        return with(
                PromptEncoder.class,
                (torch, encoder) -> after(PromptEncoder.class, encoder, "encode", result -> {
                    if (result instanceof Map<?, ?> map) {
                        return map.entrySet().stream()
                                .collect(Collectors.toMap(
                                        Map.Entry::getKey, e -> changed((PromptEmbedding) e.getValue(), change)));
                    }
                    return changed((PromptEmbedding) result, change);
                }));
    }

    private static PromptEmbedding changed(PromptEmbedding embedding, UnaryOperator<NDArray> change) {
        return new PromptEmbedding(change.apply(embedding.context()), embedding.pooled());
    }

    /** The denoiser's predictions without gradient are changed. */
    static Families predicting(UnaryOperator<NDArray> change) {
        return with(
                Denoiser.class,
                (torch, denoiser) ->
                        after(Denoiser.class, denoiser, "predict", result -> change.apply((NDArray) result)));
    }

    /** The images are changed. */
    static Families decoding(UnaryOperator<NDArray> change) {
        return with(
                ImageDecoder.class,
                (torch, decoder) ->
                        after(ImageDecoder.class, decoder, "decodeLatents", result -> change.apply((NDArray) result)));
    }

    /** What a pass with gradient gives is changed. */
    static Families learning(UnaryOperator<Denoiser.LoraGradient> change) {
        return with(
                Denoiser.class,
                (torch, denoiser) -> after(
                        Denoiser.class,
                        denoiser,
                        "loraGradient",
                        result -> change.apply((Denoiser.LoraGradient) result)));
    }

    /** Each pass with gradient leaves an array behind. */
    static Families leaking() {
        return with(Denoiser.class, (torch, denoiser) -> {
            NDManager forgotten = torch.newScope();
            return after(Denoiser.class, denoiser, "loraGradient", result -> {
                ((Denoiser.LoraGradient) result).prediction().duplicate().attach(forgotten);
                return result;
            });
        });
    }

    private interface Wrapping {
        Object wrap(Torch torch, Object network);
    }

    private static Families with(Class<?> network, Wrapping wrapping) {
        Families standard = Families.standard();
        return new Families(standard.profiles().stream()
                .map(profile -> proxy(FamilyProfile.class, profile, (method, arguments, result) -> {
                    boolean isOfDevice = method.getReturnType() == network
                            && arguments[0] instanceof Torch torch
                            && torch.threads() == 1;
                    return isOfDevice ? wrapping.wrap((Torch) arguments[0], result) : result;
                }))
                .toList());
    }

    private static Object after(Class<?> type, Object network, String method, Function<Object, Object> change) {
        return proxy(
                type,
                network,
                (called, arguments, result) -> called.getName().equals(method) ? change.apply(result) : result);
    }

    private interface Result {
        Object of(Method method, Object[] arguments, Object result);
    }

    private static <T> T proxy(Class<T> type, Object target, Result change) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    try {
                        return change.of(method, arguments, method.invoke(target, arguments));
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
