package io.github.txt2lora;

import io.github.txt2lora.internal.Check;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The device that an engine computes on. Its text is the form that {@link #parse} reads: {@code auto}, {@code cpu},
 * {@code cuda:0}.
 *
 * @param kind the kind of device
 * @param index the GPU, 0 for the first; always 0 for other kinds
 */
public record Device(Kind kind, int index) {

    /** Kinds of devices. */
    public enum Kind {
        /** The first usable GPU, otherwise the CPU. */
        AUTO,
        /** The CPU. */
        CPU,
        /** An NVIDIA GPU. */
        CUDA
    }

    private static final Pattern CUDA = Pattern.compile("cuda(?::(\\d{1,4}))?");

    /**
     * Checks both components; the factories read better.
     *
     * @throws InvalidSettingException if the index is negative, or not 0 although the kind is not {@link Kind#CUDA}
     */
    public Device {
        Check.given("device", kind);
        if (kind == Kind.CUDA) {
            Check.atLeast("device index", index, 0);
        } else {
            Check.between("device index", index, 0, 0);
        }
    }

    /** The first usable GPU, otherwise the CPU. */
    public static Device auto() {
        return new Device(Kind.AUTO, 0);
    }

    /** The CPU. */
    public static Device cpu() {
        return new Device(Kind.CPU, 0);
    }

    /** The first NVIDIA GPU. */
    public static Device cuda() {
        return cuda(0);
    }

    /**
     * One of several NVIDIA GPUs, counted from 0.
     *
     * @throws InvalidSettingException if the index is negative
     */
    public static Device cuda(int index) {
        return new Device(Kind.CUDA, index);
    }

    /**
     * Reads {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:1}, in upper or lower case.
     *
     * @throws InvalidSettingException if the text is none of these
     */
    public static Device parse(String text) {
        String name = Check.given("device", text).strip().toLowerCase(Locale.ROOT);
        if (name.equals("auto")) {
            return auto();
        }
        if (name.equals("cpu")) {
            return cpu();
        }
        Matcher cuda = CUDA.matcher(name);
        if (!cuda.matches()) {
            throw InvalidSettingException.of("device", text, "auto, cpu, cuda or cuda:0");
        }
        return cuda(cuda.group(1) == null ? 0 : Integer.parseInt(cuda.group(1)));
    }

    @Override
    public String toString() {
        String name = kind.name().toLowerCase(Locale.ROOT);
        return kind == Kind.CUDA ? name + ":" + index : name;
    }
}
