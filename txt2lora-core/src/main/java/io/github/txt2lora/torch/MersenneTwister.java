package io.github.txt2lora.torch;

/**
 * MT19937 of Matsumoto and Nishimura (1998), "Mersenne Twister: a 623-dimensionally equidistributed uniform
 * pseudo-random number generator": the engine underneath PyTorch's CPU generator.
 */
final class MersenneTwister {

    /** Number of 32-bit words of state. */
    static final int WORDS = 624;

    private static final int MIDDLE = 397;
    private static final int MATRIX = 0x9908b0df;
    private static final int UPPER_BIT = 0x80000000;

    private final int[] words;
    private int next;

    /** Seeds the engine as the reference {@code init_genrand} does. */
    MersenneTwister(int seed) {
        words = new int[WORDS];
        words[0] = seed;
        for (int i = 1; i < WORDS; i++) {
            words[i] = 1812433253 * (words[i - 1] ^ (words[i - 1] >>> 30)) + i;
        }
        next = WORDS;
    }

    /** Continues from a state: {@value #WORDS} words, and how many of them have been used (0 to {@value #WORDS}). */
    MersenneTwister(int[] words, int next) {
        this.words = words.clone();
        this.next = next;
    }

    int[] words() {
        return words.clone();
    }

    int next() {
        return next;
    }

    /** The next 32 random bits. */
    int nextBits() {
        if (next == WORDS) {
            twist();
        }
        int bits = words[next++];
        bits ^= bits >>> 11;
        bits ^= (bits << 7) & 0x9d2c5680;
        bits ^= (bits << 15) & 0xefc60000;
        return bits ^ (bits >>> 18);
    }

    private void twist() {
        for (int i = 0; i < WORDS; i++) {
            int mixed = (words[i] & UPPER_BIT) | (words[(i + 1) % WORDS] & ~UPPER_BIT);
            int matrix = (mixed & 1) == 0 ? 0 : MATRIX;
            words[i] = words[(i + MIDDLE) % WORDS] ^ (mixed >>> 1) ^ matrix;
        }
        next = 0;
    }
}
