package io.github.txt2lora.benchmarks;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;
import javax.imageio.ImageIO;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;

/** Draws how far images are from what they should be, over the work it took. */
final class QualityPlot {

    private static final int WIDTH = 1100;
    private static final int HEIGHT = 650;

    private QualityPlot() {}

    /** Writes the plot as a PNG file. */
    static void write(List<QualityResult> results, Path file) throws IOException {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .xAxisTitle("UNet samples (forward 1, backward 2)")
                .yAxisTitle("distance of the target's pictures from the positive prompt's")
                .build();
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setXAxisLogarithmic(true).setLegendPosition(LegendPosition.OutsideE);
        chart.getStyler().setYAxisMin(0.0);
        for (QualityResult result : results) {
            // a logarithm of nothing cannot be drawn
            List<List<QualityPoint>> columns = result.byIteration().stream()
                    .filter(points -> mean(points, QualityPoint::unetSamples) > 0)
                    .toList();
            if (!columns.isEmpty()) {
                chart.addSeries(
                        result.mode(),
                        columns.stream()
                                .mapToDouble(points -> mean(points, QualityPoint::unetSamples))
                                .toArray(),
                        columns.stream()
                                .mapToDouble(points -> mean(points, QualityPoint::pictureDistance))
                                .toArray(),
                        columns.stream().mapToDouble(QualityPlot::halfSpread).toArray());
            }
        }
        var image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        chart.paint(graphics, WIDTH, HEIGHT);
        graphics.dispose();
        ImageIO.write(image, "png", file.toFile());
    }

    private static double halfSpread(List<QualityPoint> points) {
        double[] sorted = points.stream()
                .mapToDouble(QualityPoint::pictureDistance)
                .sorted()
                .toArray();
        return (sorted[sorted.length - 1] - sorted[0]) / 2;
    }

    private static double mean(List<QualityPoint> points, ToDoubleFunction<QualityPoint> value) {
        return points.stream().mapToDouble(value).average().orElse(Double.NaN);
    }
}
