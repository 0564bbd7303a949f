package io.github.txt2lora.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HalfFloatsTest {
    private static final int HALF_INFINITY = 0x7c00;
    private static final int BFLOAT16_INFINITY = 0x7f80;

    @Test
    void reads_known_halves() {
        assertThat(HalfFloats.halfToFloat((short) 0x3c00)).isEqualTo(1f);
        assertThat(HalfFloats.halfToFloat((short) 0xc000)).isEqualTo(-2f);
        assertThat(HalfFloats.halfToFloat((short) 0x7bff)).isEqualTo(65504f);
        assertThat(HalfFloats.halfToFloat((short) 0x0001)).isEqualTo(0x1p-24f);
        assertThat(HalfFloats.halfToFloat((short) 0x83ff)).isEqualTo(-0x3ffp-24f);
        assertThat(HalfFloats.halfToFloat((short) 0x3555)).isEqualTo(0.33325195f);
        assertThat(HalfFloats.halfToFloat((short) 0xfc00)).isEqualTo(Float.NEGATIVE_INFINITY);
        assertThat(HalfFloats.halfToFloat((short) 0x7e00)).isNaN();
        assertThat(Float.floatToRawIntBits(HalfFloats.halfToFloat((short) 0x8000)))
                .isEqualTo(0x80000000);
    }

    @Test
    void every_half_survives_the_way_to_float_and_back() {
        for (int bits = 0; bits <= 0xffff; bits++) {
            short half = (short) bits;
            short back = HalfFloats.floatToHalf(HalfFloats.halfToFloat(half));
            if ((bits & 0x7fff) > HALF_INFINITY) {
                assertThat(HalfFloats.halfToFloat(back)).isNaN();
            } else {
                assertThat(back).isEqualTo(half);
            }
        }
    }

    @Test
    void rounds_to_the_nearest_half_and_ties_to_the_even_one() {
        for (int bits = 0; bits < HALF_INFINITY - 1; bits++) {
            float low = HalfFloats.halfToFloat((short) bits);
            float middle = (low + HalfFloats.halfToFloat((short) (bits + 1))) / 2;
            assertThat(HalfFloats.floatToHalf(middle)).isEqualTo((short) (bits + (bits & 1)));
            assertThat(HalfFloats.floatToHalf(Math.nextDown(middle))).isEqualTo((short) bits);
            assertThat(HalfFloats.floatToHalf(Math.nextUp(middle))).isEqualTo((short) (bits + 1));
            assertThat(HalfFloats.floatToHalf(-middle)).isEqualTo((short) (0x8000 | bits + (bits & 1)));
        }
    }

    @Test
    void large_values_become_infinite_from_65520_on() {
        assertThat(HalfFloats.floatToHalf(Math.nextDown(65520f))).isEqualTo((short) 0x7bff);
        assertThat(HalfFloats.floatToHalf(65520f)).isEqualTo((short) HALF_INFINITY);
        assertThat(HalfFloats.floatToHalf(-Float.MAX_VALUE)).isEqualTo((short) 0xfc00);
    }

    @Test
    void every_bfloat16_survives_the_way_to_float_and_back() {
        for (int bits = 0; bits <= 0xffff; bits++) {
            short value = (short) bits;
            short back = HalfFloats.floatToBfloat16(HalfFloats.bfloat16ToFloat(value));
            if ((bits & 0x7fff) > BFLOAT16_INFINITY) {
                assertThat(HalfFloats.bfloat16ToFloat(back)).isNaN();
            } else {
                assertThat(back).isEqualTo(value);
            }
        }
    }

    @Test
    void rounds_to_the_nearest_bfloat16_and_ties_to_the_even_one() {
        for (int bits = 0; bits < BFLOAT16_INFINITY; bits++) {
            int middle = bits << 16 | 0x8000;
            assertThat(HalfFloats.floatToBfloat16(Float.intBitsToFloat(middle))).isEqualTo((short) (bits + (bits & 1)));
            assertThat(HalfFloats.floatToBfloat16(Float.intBitsToFloat(middle - 1)))
                    .isEqualTo((short) bits);
            assertThat(HalfFloats.floatToBfloat16(Float.intBitsToFloat(middle + 1)))
                    .isEqualTo((short) (bits + 1));
        }
    }

    @Test
    void not_a_number_with_a_payload_in_the_lower_bits_stays_not_a_number() {
        float payload = Float.intBitsToFloat(0x7f800001);
        assertThat(HalfFloats.halfToFloat(HalfFloats.floatToHalf(payload))).isNaN();
        assertThat(HalfFloats.bfloat16ToFloat(HalfFloats.floatToBfloat16(payload)))
                .isNaN();
    }
}
