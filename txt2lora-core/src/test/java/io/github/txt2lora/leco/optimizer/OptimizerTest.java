package io.github.txt2lora.leco.optimizer;

import static io.github.txt2lora.golden.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.OptimizerSpec;
import io.github.txt2lora.lora.LayerShape;
import io.github.txt2lora.lora.LoraModule;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.torch.TestTorch;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchGenerator;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each optimizer on a LoRA of one layer, down [2, 3] and up [4, 2], against its definition in plain loops. */
@Tag("djl")
class OptimizerTest {

    private static final int STEPS = 4;
    private static final double RATE = 0.05;
    private static final int SIZE = 14;
    private static final int UP = 6;

    private static Torch torch;

    @BeforeAll
    static void start() {
        torch = TestTorch.start();
    }

    @AfterAll
    static void stop() {
        torch.close();
    }

    private interface Update {
        void apply(double[] parameters, double[] gradient, int step);
    }

    private static double gradient(int step, int i) {
        return Math.sin(1.7 * step + 0.9 * i) * (i % 3 == 0 ? 2 : 0.3);
    }

    private static LoraParameters parameters(NDManager scope) {
        var layer = new LoraModule("mid_block.attentions.0.proj_in", new LayerShape(4, List.of(3L)));
        LoraSpec spec = LoraSpec.builder().rank(2).target(LoraTarget.FULL).build();
        LoraParameters parameters = LoraParameters.initialize(scope, List.of(layer), spec, new TorchGenerator(0));
        // up is zero at first, which would hide whatever depends on its values
        float[] values = new float[SIZE];
        for (int i = 0; i < SIZE; i++) {
            values[i] = (float) Math.cos(2.3 * i);
        }
        parameters.vector().muli(0).addi(scope.create(values));
        return parameters;
    }

    private static void compare(OptimizerSpec spec, Update update) {
        compare(spec, 1e-6, update);
    }

    private static void compare(OptimizerSpec spec, double tolerance, Update update) {
        try (NDManager scope = torch.newScope()) {
            LoraParameters parameters = parameters(scope);
            double[] expected = toDoubles(parameters.vector());
            try (Optimizer optimizer = Optimizer.create(torch, spec, parameters)) {
                for (int step = 1; step <= STEPS; step++) {
                    double[] gradient = new double[SIZE];
                    float[] floats = new float[SIZE];
                    for (int i = 0; i < SIZE; i++) {
                        floats[i] = (float) gradient(step, i);
                        gradient[i] = floats[i];
                    }
                    optimizer.step(scope, scope.create(floats), RATE);
                    update.apply(expected, gradient, step);
                    assertThatTensor(parameters.vector()).isCloseTo(toFloats(expected), tolerance, 1);
                }
            }
        }
    }

    @Test
    void adam_w() {
        double[] mean = new double[SIZE];
        double[] square = new double[SIZE];
        compare(new OptimizerSpec.AdamW(0.8, 0.95, 1e-3, 0.1), (p, g, t) -> {
            for (int i = 0; i < SIZE; i++) {
                p[i] -= RATE * 0.1 * p[i];
                adam(p, g[i], mean, square, i, t);
            }
        });
    }

    @Test
    void adam_adds_the_decay_to_the_gradient() {
        double[] mean = new double[SIZE];
        double[] square = new double[SIZE];
        compare(new OptimizerSpec.Adam(0.8, 0.95, 1e-3, 0.1), (p, g, t) -> {
            for (int i = 0; i < SIZE; i++) {
                adam(p, g[i] + 0.1 * p[i], mean, square, i, t);
            }
        });
    }

    private static void adam(double[] p, double g, double[] mean, double[] square, int i, int t) {
        mean[i] = 0.8 * mean[i] + 0.2 * g;
        square[i] = 0.95 * square[i] + 0.05 * g * g;
        double meanHat = mean[i] / (1 - Math.pow(0.8, t));
        double squareHat = square[i] / (1 - Math.pow(0.95, t));
        p[i] -= RATE * meanHat / (Math.sqrt(squareHat) + 1e-3);
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void muon(boolean nesterov) {
        double[] mean = new double[SIZE];
        // five iterations make rounding of small singular values up to 485 times as large
        compare(new OptimizerSpec.Muon(0.9, nesterov, 0.1), 1e-5, (p, g, t) -> {
            double[] direction = new double[SIZE];
            for (int i = 0; i < SIZE; i++) {
                mean[i] = 0.9 * mean[i] + 0.1 * g[i];
                direction[i] = nesterov ? 0.9 * mean[i] + 0.1 * g[i] : mean[i];
                p[i] -= RATE * 0.1 * p[i];
            }
            // down is [2, 3] as it lies there, up [4, 2] across
            goOrthogonally(p, direction, new int[][] {{0, 1, 2}, {3, 4, 5}});
            goOrthogonally(p, direction, new int[][] {{UP, UP + 2, UP + 4, UP + 6}, {UP + 1, UP + 3, UP + 5, UP + 7}});
        });
    }

    /** Five iterations as on the page that introduced Muon, with a whole matrix; then a step of the size of AdamW's. */
    private static void goOrthogonally(double[] p, double[] direction, int[][] places) {
        int length = places[0].length;
        double[][] x = new double[2][length];
        double squares = 0;
        for (int r = 0; r < 2; r++) {
            for (int i = 0; i < length; i++) {
                x[r][i] = direction[places[r][i]];
                squares += x[r][i] * x[r][i];
            }
        }
        for (int r = 0; r < 2; r++) {
            for (int i = 0; i < length; i++) {
                x[r][i] /= Math.sqrt(squares);
            }
        }
        for (int iteration = 0; iteration < 5; iteration++) {
            double[][] a = times(x, transposed(x));
            double[][] aa = times(a, a);
            double[][] b = new double[2][2];
            for (int r = 0; r < 2; r++) {
                for (int c = 0; c < 2; c++) {
                    b[r][c] = -4.775 * a[r][c] + 2.0315 * aa[r][c];
                }
            }
            double[][] bx = times(b, x);
            for (int r = 0; r < 2; r++) {
                for (int i = 0; i < length; i++) {
                    x[r][i] = 3.4445 * x[r][i] + bx[r][i];
                }
            }
        }
        for (int r = 0; r < 2; r++) {
            for (int i = 0; i < length; i++) {
                p[places[r][i]] -= RATE * 0.2 * Math.sqrt(length) * x[r][i];
            }
        }
    }

    private static double[][] times(double[][] left, double[][] right) {
        double[][] product = new double[left.length][right[0].length];
        for (int r = 0; r < left.length; r++) {
            for (int c = 0; c < right[0].length; c++) {
                for (int k = 0; k < right.length; k++) {
                    product[r][c] += left[r][k] * right[k][c];
                }
            }
        }
        return product;
    }

    private static double[][] transposed(double[][] matrix) {
        double[][] result = new double[matrix[0].length][matrix.length];
        for (int r = 0; r < matrix.length; r++) {
            for (int c = 0; c < matrix[0].length; c++) {
                result[c][r] = matrix[r][c];
            }
        }
        return result;
    }

    @Test
    void muon_stays_where_the_gradient_is_zero() {
        try (NDManager scope = torch.newScope()) {
            LoraParameters parameters = parameters(scope);
            float[] before = parameters.vector().toFloatArray();
            try (Optimizer optimizer = Optimizer.create(torch, OptimizerSpec.muon(), parameters)) {
                optimizer.step(scope, scope.create(new float[SIZE]), RATE);
            }
            assertThat(parameters.vector().toFloatArray()).isEqualTo(before);
        }
    }

    @Test
    void plain_sgd() {
        compare(OptimizerSpec.sgd(), (p, g, t) -> {
            for (int i = 0; i < SIZE; i++) {
                p[i] -= RATE * g[i];
            }
        });
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void sgd_with_momentum(boolean nesterov) {
        double[] momentum = new double[SIZE];
        compare(new OptimizerSpec.Sgd(0.9, 0.1, nesterov), (p, g, t) -> {
            for (int i = 0; i < SIZE; i++) {
                double decayed = g[i] + 0.1 * p[i];
                momentum[i] = t == 1 ? decayed : 0.9 * momentum[i] + decayed;
                p[i] -= RATE * (nesterov ? decayed + 0.9 * momentum[i] : momentum[i]);
            }
        });
    }

    @Test
    void lion() {
        double[] mean = new double[SIZE];
        compare(new OptimizerSpec.Lion(0.7, 0.9, 0.1), (p, g, t) -> {
            for (int i = 0; i < SIZE; i++) {
                p[i] -= RATE * (0.1 * p[i] + Math.signum(0.7 * mean[i] + 0.3 * g[i]));
                mean[i] = 0.9 * mean[i] + 0.1 * g[i];
            }
        });
    }

    @ParameterizedTest
    @CsvSource({"true, 0.9, 1e3", "false, , 1e3", "true, , 0.5", "false, 0.5, 0.5"})
    void adafactor(boolean scaleParameter, @Nullable Double beta1, double clipThreshold) {
        var down = new AdafactorMatrix(0, 2, 3);
        var up = new AdafactorMatrix(UP, 4, 2);
        compare(
                new OptimizerSpec.Adafactor(
                        1e-30,
                        1e-3,
                        clipThreshold,
                        -0.8,
                        beta1 == null ? OptionalDouble.empty() : OptionalDouble.of(beta1),
                        0.1,
                        scaleParameter),
                (p, g, t) -> {
                    down.update(p, g, t, scaleParameter, beta1 == null ? 0 : beta1, clipThreshold);
                    up.update(p, g, t, scaleParameter, beta1 == null ? 0 : beta1, clipThreshold);
                });
    }

    /** Algorithm 4 of the paper with a given learning rate; mean instead of sum over rows and columns. */
    private static final class AdafactorMatrix {

        private final int offset;
        private final int rows;
        private final int columns;
        private final double[] rowMeans;
        private final double[] columnMeans;
        private final double[] mean;

        AdafactorMatrix(int offset, int rows, int columns) {
            this.offset = offset;
            this.rows = rows;
            this.columns = columns;
            this.rowMeans = new double[rows];
            this.columnMeans = new double[columns];
            this.mean = new double[rows * columns];
        }

        void update(double[] p, double[] g, int t, boolean scaleParameter, double beta1, double threshold) {
            double beta2 = 1 - Math.pow(t, -0.8);
            double[] rowNow = new double[rows];
            double[] columnNow = new double[columns];
            double weightSquares = 0;
            for (int r = 0; r < rows; r++) {
                for (int c = 0; c < columns; c++) {
                    double square = Math.pow(g[at(r, c)], 2) + 1e-30;
                    rowNow[r] += square / columns;
                    columnNow[c] += square / rows;
                    weightSquares += Math.pow(p[at(r, c)], 2);
                }
            }
            double rowAverage = 0;
            for (int r = 0; r < rows; r++) {
                rowMeans[r] = beta2 * rowMeans[r] + (1 - beta2) * rowNow[r];
                rowAverage += rowMeans[r] / rows;
            }
            for (int c = 0; c < columns; c++) {
                columnMeans[c] = beta2 * columnMeans[c] + (1 - beta2) * columnNow[c];
            }
            double[] change = new double[rows * columns];
            double squares = 0;
            for (int r = 0; r < rows; r++) {
                for (int c = 0; c < columns; c++) {
                    double secondMoment = rowMeans[r] * columnMeans[c] / rowAverage;
                    change[r * columns + c] = g[at(r, c)] / Math.sqrt(secondMoment);
                    squares += Math.pow(change[r * columns + c], 2);
                }
            }
            double rms = Math.sqrt(squares / change.length);
            double rate = RATE;
            if (scaleParameter) {
                rate *= Math.max(1e-3, Math.sqrt(weightSquares / change.length));
            }
            for (int i = 0; i < change.length; i++) {
                double step = rate * change[i] / Math.max(1, rms / threshold);
                if (beta1 > 0) {
                    mean[i] = beta1 * mean[i] + (1 - beta1) * step;
                    step = mean[i];
                }
                p[offset + i] -= 0.1 * rate * p[offset + i] + step;
            }
        }

        private int at(int row, int column) {
            return offset + row * columns + column;
        }
    }

    static List<OptimizerSpec> all() {
        return List.of(
                OptimizerSpec.muon(),
                OptimizerSpec.adamW(),
                OptimizerSpec.adam(),
                OptimizerSpec.lion(),
                OptimizerSpec.prodigy(),
                OptimizerSpec.adafactor(),
                OptimizerSpec.sgd());
    }

    @ParameterizedTest
    @MethodSource("all")
    void goes_downhill_and_repeats_itself(OptimizerSpec spec) {
        float[] once = minimize(spec);

        assertThat(minimize(spec)).isEqualTo(once);
        assertThat(squares(once)).isLessThan(squares(minimize(spec, 0)));
    }

    private static float[] minimize(OptimizerSpec spec) {
        return minimize(spec, 30);
    }

    /** Takes steps on half the sum of squares, whose gradient is the parameters themselves. */
    private static float[] minimize(OptimizerSpec spec, int steps) {
        try (NDManager scope = torch.newScope()) {
            LoraParameters parameters = parameters(scope);
            double rate = spec instanceof OptimizerSpec.Prodigy ? 1 : 0.01;
            try (Optimizer optimizer = Optimizer.create(torch, spec, parameters)) {
                for (int i = 0; i < steps; i++) {
                    optimizer.step(scope, parameters.vector().duplicate(), rate);
                }
            }
            return parameters.vector().toFloatArray();
        }
    }

    private static double squares(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return sum;
    }

    private static double[] toDoubles(NDArray array) {
        float[] floats = array.toFloatArray();
        double[] values = new double[floats.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = floats[i];
        }
        return values;
    }

    private static float[] toFloats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
