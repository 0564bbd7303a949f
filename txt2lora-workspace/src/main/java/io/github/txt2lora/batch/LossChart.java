package io.github.txt2lora.batch;

import io.github.txt2lora.internal.ImageBytes;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws the losses of a training, and their running mean, since single ones depend on the timestep that was drawn. */
final class LossChart {

    private static final int WIDTH = 800;
    private static final int HEIGHT = 260;

    /** More points than this cannot be told apart. */
    private static final int MOST_POINTS = 2 * WIDTH;

    /** The mean runs over this share of the iterations. */
    private static final int WINDOWS = 20;

    /** XChart labels some of the points that are evenly apart, such as 78, 156, 234, instead of round numbers. */
    private static final double UNEVEN = 0.001;

    private static final Color PALE = new Color(0xb8, 0xc7, 0xe0);
    private static final Color STRONG = new Color(0x1f, 0x4e, 0x9c);

    private LossChart() {}

    /** The chart as a PNG file; empty without losses, and on a Java runtime that has no fonts. */
    static Optional<byte[]> png(List<Double> losses) {
        if (losses.isEmpty()) {
            return Optional.empty();
        }
        try {
            var image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
            Graphics2D graphics = image.createGraphics();
            chart(losses).paint(graphics, WIDTH, HEIGHT);
            graphics.dispose();
            return Optional.of(ImageBytes.of(image, "png"));
        } catch (RuntimeException | InternalError | LinkageError e) {
            // what Java2D throws where fontconfig or FreeType is missing differs from version to version
            return Optional.empty();
        }
    }

    private static XYChart chart(List<Double> losses) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .xAxisTitle("iteration")
                .yAxisTitle("loss")
                .build();
        chart.getStyler()
                .setXAxisMin(0.0)
                .setXAxisMax((double) losses.size())
                .setXAxisTickMarkSpacingHint(100)
                .setYAxisDecimalPattern("0.######")
                .setLegendPosition(LegendPosition.InsideNE)
                .setChartBackgroundColor(Color.WHITE);
        int step = Math.max(1, losses.size() / MOST_POINTS);
        double[] iterations = IntStream.range(0, losses.size())
                .filter(i -> i % step == 0)
                .mapToDouble(i -> i + 1.0)
                .toArray();
        iterations[0] += UNEVEN;
        double[] means = runningMeans(losses);
        add(chart, "loss", iterations, i -> losses.get(i), PALE);
        add(chart, "running mean", iterations, i -> means[i], STRONG);
        return chart;
    }

    private static void add(XYChart chart, String name, double[] iterations, IntToDoubleFunction value, Color color) {
        double[] values = Arrays.stream(iterations)
                .map(iteration -> value.applyAsDouble((int) iteration - 1))
                .toArray();
        chart.addSeries(name, iterations, values)
                .setMarker(values.length == 1 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE)
                .setMarkerColor(color)
                .setLineColor(color);
    }

    private static double[] runningMeans(List<Double> losses) {
        int window = Math.max(1, losses.size() / WINDOWS);
        double[] means = new double[losses.size()];
        double sum = 0;
        for (int i = 0; i < means.length; i++) {
            sum += losses.get(i) - (i >= window ? losses.get(i - window) : 0);
            means[i] = sum / Math.min(i + 1, window);
        }
        return means;
    }
}
