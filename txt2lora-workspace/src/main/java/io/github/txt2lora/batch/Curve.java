package io.github.txt2lora.batch;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A curve over the iterations of a training, as markup that fits any width and the colours of the page. */
final class Curve {

    private static final int WIDTH = 1000;
    private static final int HEIGHT = 100;

    /** The mean runs over this share of the points. */
    private static final int WINDOWS = 20;

    private final String name;
    private final List<Point> points;
    private final int iterations;
    private final boolean hasMean;

    /**
     * A value.
     *
     * @param iteration counted from 1
     */
    record Point(int iteration, double value) {}

    /**
     * A curve.
     *
     * @param name of what is drawn
     * @param points in the order of the iterations; those that are not finite are left out
     * @param iterations of the whole training
     * @param hasMean whether single values say little, so that the running mean is drawn over them
     */
    Curve(String name, List<Point> points, int iterations, boolean hasMean) {
        this.name = name;
        this.points =
                points.stream().filter(point -> Double.isFinite(point.value())).toList();
        this.iterations = Math.max(1, iterations);
        this.hasMean = hasMean;
    }

    /** Adds it, unless there is nothing to draw. */
    void addTo(HtmlText html) {
        if (points.isEmpty()) {
            return;
        }
        double most = points.stream().mapToDouble(Point::value).max().orElse(0);
        double last = shown().get(shown().size() - 1).value();
        html.markup("<figure class=\"curve\"><figcaption>")
                .text(name + ": " + number(last) + " now")
                .markup("</figcaption>\n<div class=\"plot\"><div class=\"y\"><span>")
                .text(number(most))
                .markup("</span><span>0</span></div>")
                .markup("<svg viewBox=\"0 0 " + WIDTH + " " + HEIGHT
                        + "\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"")
                .text(name + " by iteration, now " + number(last) + ", at most " + number(most))
                .markup("\">");
        if (hasMean) {
            line(html, "single", points, most);
        }
        line(html, "mean", shown(), most);
        html.markup("</svg><div class=\"x\"><span>0</span><span>")
                .text(iterations + " iterations")
                .markup("</span></div></div></figure>\n");
    }

    private List<Point> shown() {
        if (!hasMean) {
            return points;
        }
        int window = Math.max(1, points.size() / WINDOWS);
        double[] sum = new double[1];
        return IntStream.range(0, points.size())
                .mapToObj(i -> {
                    sum[0] += points.get(i).value()
                            - (i >= window ? points.get(i - window).value() : 0);
                    return new Point(points.get(i).iteration(), sum[0] / Math.min(i + 1, window));
                })
                .toList();
    }

    private void line(HtmlText html, String kind, List<Point> line, double most) {
        html.markup("<polyline class=\"" + kind + "\" points=\"")
                .markup(line.stream().map(point -> place(point, most)).collect(Collectors.joining(" ")))
                .markup("\"/>");
    }

    private String place(Point point, double most) {
        double y = most > 0 ? HEIGHT * (1 - Math.max(0, point.value()) / most) : HEIGHT;
        return String.format(Locale.ROOT, "%.1f,%.1f", (double) WIDTH * point.iteration() / iterations, y);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value != 0 && Math.abs(value) < 0.001 ? "%.2e" : "%.4f", value);
    }
}
