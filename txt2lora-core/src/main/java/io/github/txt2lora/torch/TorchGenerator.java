package io.github.txt2lora.torch;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.InvalidSettingException;
import java.util.Locale;

/**
 * PyTorch's CPU random generator: the same seed gives the same numbers as {@code torch.manual_seed} followed by the
 * same draws on float32, float64 or int64 tensors. Uniform and integer draws agree bit for bit with PyTorch; normal
 * draws agree to about 4e-7, since PyTorch's vector kernels round logarithm, sine and cosine in their own way.
 *
 * <p>Every training has a generator of its own, so that trainings do not disturb each other, and its {@link #state()}
 * is saved with the training, so that a resumed training draws what the uninterrupted one would have drawn.
 *
 * <p>Numbers depend on nothing but seed and order of draws: {@link StrictMath} keeps them equal on every machine. Not
 * safe for use by several threads at once.
 */
public final class TorchGenerator {

    /** Draws of at least this many numbers take PyTorch's block-wise path to normal numbers. */
    private static final int BLOCK = 16;

    /** From this range on, {@code torch.randint} spends 64 random bits on a number, which keeps the modulo unbiased. */
    private static final long WIDE_RANGE = 1L << 28;

    /** PyTorch shuffles longer permutations with another algorithm. */
    private static final int LONGEST_PERMUTATION = (int) (0xffffffffL / 20) - 1;

    private static final double SQRT_5 = StrictMath.sqrt(5.0);

    private MersenneTwister engine;
    private double cachedNormal;
    private boolean hasCachedNormal;

    /**
     * Starts a stream as {@code torch.manual_seed(seed)} does. Every long is a seed, but only its lower 32 bits count
     * for the CPU generator.
     */
    public TorchGenerator(long seed) {
        engine = new MersenneTwister((int) seed);
    }

    private TorchGenerator(MersenneTwister engine, double cachedNormal, boolean hasCachedNormal) {
        this.engine = engine;
        this.cachedNormal = cachedNormal;
        this.hasCachedNormal = hasCachedNormal;
    }

    /**
     * An integer in {@code [low, high)}, as {@code torch.randint(low, high, (1,))}.
     *
     * @throws InvalidSettingException if {@code low >= high}
     */
    public long randint(long low, long high) {
        if (low >= high) {
            throw new InvalidSettingException(
                    "Cannot draw an integer from [" + low + ", " + high + "): the upper bound must exceed the lower");
        }
        long range = high - low;
        // A negative range is one of 2^63 or more, read as unsigned.
        long bits = range < 0 || range >= WIDE_RANGE ? nextLongBits() : Integer.toUnsignedLong(engine.nextBits());
        return low + Long.remainderUnsigned(bits, range);
    }

    /** The numbers 0 to {@code count - 1} in random order, as {@code torch.randperm(count)}. */
    public int[] randperm(int count) {
        requireCount(count);
        if (count > LONGEST_PERMUTATION) {
            throw new InvalidSettingException("Cannot draw a permutation of " + count + " numbers, at most "
                    + LONGEST_PERMUTATION + " are supported");
        }
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            order[i] = i;
        }
        for (int i = 0; i < count - 1; i++) {
            int other = i + Integer.remainderUnsigned(engine.nextBits(), count - i);
            int moved = order[i];
            order[i] = order[other];
            order[other] = moved;
        }
        return order;
    }

    /** A float in {@code [0, 1)} made of 24 random bits, as {@code torch.rand(1)}. */
    public float uniform() {
        return (engine.nextBits() & 0xffffff) * 0x1p-24f;
    }

    /** A double in {@code [0, 1)} made of 53 random bits, as {@code torch.rand(1, dtype=torch.float64)}. */
    public double uniformDouble() {
        return (nextLongBits() & 0x1fffffffffffffL) * 0x1p-53;
    }

    /** {@code count} floats in {@code [0, 1)}, as {@code torch.rand(count)}. */
    public float[] uniform(int count) {
        return uniform(count, 0, 1);
    }

    /**
     * {@code count} floats in {@code [from, to)}, as {@code tensor.uniform_(from, to)}.
     *
     * @throws InvalidSettingException if {@code from > to}, or a bound or the distance between them is not finite
     */
    public float[] uniform(int count, double from, double to) {
        requireCount(count);
        float origin = (float) from;
        float width = (float) to - origin;
        if (!(width >= 0) || !Float.isFinite(width)) {
            throw new InvalidSettingException(String.format(
                    Locale.ROOT, "Cannot draw from [%s, %s): expected finite bounds in ascending order", from, to));
        }
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            // PyTorch's compilers fuse this multiplication and addition, which rounds once instead of twice.
            values[i] = Math.fma(uniform(), width, origin);
        }
        return values;
    }

    /** {@code count} doubles in {@code [0, 1)}, as {@code torch.rand(count, dtype=torch.float64)}. */
    public double[] uniformDoubles(int count) {
        requireCount(count);
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = uniformDouble();
        }
        return values;
    }

    /**
     * {@code count} floats with which PyTorch initialises a weight, as {@code nn.init.kaiming_uniform_(weight,
     * a=sqrt(5))}: uniform within plus or minus {@code 1 / sqrt(fanIn)}. This is the default of linear layers and
     * convolutions, and what LoRA down weights start from.
     *
     * @param fanIn inputs of one output: input channels times kernel height times kernel width
     * @throws InvalidSettingException if {@code fanIn} is not positive
     */
    public float[] kaimingUniform(int fanIn, int count) {
        return kaimingUniform(fanIn, count, SQRT_5);
    }

    /** As {@link #kaimingUniform(int, int)} for a leaky rectifier of negative slope {@code a}. */
    public float[] kaimingUniform(int fanIn, int count, double a) {
        if (fanIn <= 0) {
            throw new InvalidSettingException("The fan-in of a weight must be positive, not " + fanIn);
        }
        double gain = StrictMath.sqrt(2.0 / (1 + a * a));
        double deviation = gain / StrictMath.sqrt(fanIn);
        double bound = StrictMath.sqrt(3.0) * deviation;
        return uniform(count, -bound, bound);
    }

    /** {@code count} standard normal floats, as {@code torch.randn(count)}. */
    public float[] normal(int count) {
        return normal(count, 0, 1);
    }

    /** {@code count} normal floats, as {@code torch.normal(mean, deviation, (count,))}. */
    public float[] normal(int count, double mean, double deviation) {
        requireCount(count);
        float[] values = new float[count];
        if (count < BLOCK) {
            for (int i = 0; i < count; i++) {
                values[i] = (float) (nextNormal() * deviation + mean);
            }
            return values;
        }
        for (int i = 0; i < count; i++) {
            values[i] = uniform();
        }
        for (int start = 0; start + BLOCK <= count; start += BLOCK) {
            toNormal(values, start, (float) mean, (float) deviation);
        }
        if (count % BLOCK != 0) {
            // PyTorch draws the last whole block anew; it overlaps the block before.
            int start = count - BLOCK;
            for (int i = start; i < count; i++) {
                values[i] = uniform();
            }
            toNormal(values, start, (float) mean, (float) deviation);
        }
        return values;
    }

    /** {@code count} standard normal doubles, as {@code torch.randn(count, dtype=torch.float64)}. */
    public double[] normalDoubles(int count) {
        requireCount(count);
        if (count < BLOCK) {
            double[] values = new double[count];
            for (int i = 0; i < count; i++) {
                values[i] = nextNormal();
            }
            return values;
        }
        double[] values = uniformDoubles(count);
        for (int start = 0; start + BLOCK <= count; start += BLOCK) {
            toNormal(values, start);
        }
        if (count % BLOCK != 0) {
            int start = count - BLOCK;
            for (int i = start; i < count; i++) {
                values[i] = uniformDouble();
            }
            toNormal(values, start);
        }
        return values;
    }

    /**
     * Everything that later draws depend on: the words of the Mersenne Twister (unsigned 32-bit), how many of them are
     * used, whether a second normal number is waiting (0 or 1), and its bits.
     */
    public long[] state() {
        long[] state = new long[MersenneTwister.WORDS + 3];
        int[] words = engine.words();
        for (int i = 0; i < words.length; i++) {
            state[i] = Integer.toUnsignedLong(words[i]);
        }
        state[MersenneTwister.WORDS] = engine.next();
        state[MersenneTwister.WORDS + 1] = hasCachedNormal ? 1 : 0;
        state[MersenneTwister.WORDS + 2] = Double.doubleToLongBits(cachedNormal);
        return state;
    }

    /**
     * A generator that resumes where the one that gave this {@link #state()} stood.
     *
     * @throws CheckpointException if {@code state} cannot come from {@link #state()}
     */
    public static TorchGenerator ofState(long[] state) {
        MersenneTwister engine = engineOf(state);
        boolean hasCachedNormal = state[MersenneTwister.WORDS + 1] == 1;
        double cachedNormal = Double.longBitsToDouble(state[MersenneTwister.WORDS + 2]);
        return new TorchGenerator(engine, cachedNormal, hasCachedNormal);
    }

    /**
     * Goes on where the generator that gave this {@link #state()} stood.
     *
     * @throws CheckpointException if {@code state} cannot come from {@link #state()}; the generator is unchanged then
     */
    public void restore(long[] state) {
        TorchGenerator restored = ofState(state);
        engine = restored.engine;
        cachedNormal = restored.cachedNormal;
        hasCachedNormal = restored.hasCachedNormal;
    }

    private static MersenneTwister engineOf(long[] state) {
        int length = MersenneTwister.WORDS + 3;
        if (state.length != length) {
            throw new CheckpointException("The state of a random generator has " + state.length + " numbers, expected "
                    + length + "; the saved training is damaged");
        }
        int[] words = new int[MersenneTwister.WORDS];
        for (int i = 0; i < words.length; i++) {
            words[i] = (int) inRange(state, i, 0xffffffffL);
        }
        int next = (int) inRange(state, MersenneTwister.WORDS, MersenneTwister.WORDS);
        inRange(state, MersenneTwister.WORDS + 1, 1);
        return new MersenneTwister(words, next);
    }

    private static long inRange(long[] state, int index, long most) {
        long value = state[index];
        if (value < 0 || value > most) {
            throw new CheckpointException("The state of a random generator holds " + value + " at " + index
                    + ", expected 0 to " + most + "; the saved training is damaged");
        }
        return value;
    }

    private static void requireCount(int count) {
        if (count < 0) {
            throw new InvalidSettingException("Cannot draw " + count + " random numbers");
        }
    }

    private long nextLongBits() {
        long high = engine.nextBits();
        return high << 32 | Integer.toUnsignedLong(engine.nextBits());
    }

    /** Box-Muller gives two numbers at a time; the second one waits for the next call. */
    private double nextNormal() {
        if (hasCachedNormal) {
            hasCachedNormal = false;
            return cachedNormal;
        }
        double angle = 2 * Math.PI * uniformDouble();
        double radius = StrictMath.sqrt(-2 * StrictMath.log1p(-uniformDouble()));
        cachedNormal = radius * StrictMath.sin(angle);
        hasCachedNormal = true;
        return radius * StrictMath.cos(angle);
    }

    /** Box-Muller on one block: radii come from its first half, angles from its second. */
    private static void toNormal(float[] values, int start, float mean, float deviation) {
        for (int i = start; i < start + BLOCK / 2; i++) {
            float radius = (float) StrictMath.sqrt(-2 * StrictMath.log(1 - values[i]));
            float angle = (float) (2 * Math.PI) * values[i + BLOCK / 2];
            values[i] = radius * (float) StrictMath.cos(angle) * deviation + mean;
            values[i + BLOCK / 2] = radius * (float) StrictMath.sin(angle) * deviation + mean;
        }
    }

    private static void toNormal(double[] values, int start) {
        for (int i = start; i < start + BLOCK / 2; i++) {
            double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - values[i]));
            double angle = 2 * Math.PI * values[i + BLOCK / 2];
            values[i] = radius * StrictMath.cos(angle);
            values[i + BLOCK / 2] = radius * StrictMath.sin(angle);
        }
    }
}
