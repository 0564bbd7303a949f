package io.github.txt2lora.lora;

/**
 * A singular value decomposition u diag(s) v.
 *
 * @param u [outputs, k] in row-major order
 * @param s the k singular values
 * @param v [k, inputs] in row-major order
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, and only read
record Decomposition(double[] u, SingularValues s, double[] v) {

    /** The first columns of u, [outputs, rank], each times its singular value. */
    float[] up(int rank) {
        int k = s.count();
        int outputs = u.length / k;
        float[] up = new float[outputs * rank];
        for (int row = 0; row < outputs; row++) {
            for (int column = 0; column < rank; column++) {
                up[row * rank + column] = (float) (u[row * k + column] * s.get(column));
            }
        }
        return up;
    }

    /** The first rows of v, [rank, inputs]. */
    float[] down(int rank) {
        float[] down = new float[v.length / s.count() * rank];
        for (int i = 0; i < down.length; i++) {
            down[i] = (float) v[i];
        }
        return down;
    }
}
