package io.github.txt2lora.image;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.internal.Check;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * An X/Y/Z plot: the same request with the values of one to three axes, as one labelled image.
 *
 * <pre>{@code
 * new ImagePlot(request, List.of(new PlotAxis.LoraWeights(List.of(0.0, 0.5, 1.0)), new PlotAxis.Seeds(List.of(1L, 2L))))
 *         .draw(engine, (done, total) -> {})
 *         .writePng(Path.of("plot.png"));
 * }</pre>
 *
 * @param request request that all images share; its count is ignored
 * @param axes columns, then rows, then pages; pages are placed side by side
 */
public record ImagePlot(ImageRequest request, List<PlotAxis> axes) {

    private static final int MOST_AXES = 3;

    /**
     * Checks that every value can be applied.
     *
     * @throws InvalidSettingException if there are no axes or more than three, two axes have the same kind, an axis
     *     does not fit the request, or the plot has more images than fit into a {@link LabelledGrid}
     */
    public ImagePlot {
        Check.given("request", request);
        Check.given("axes", axes).forEach(axis -> Check.given("axis", axis));
        axes = List.copyOf(axes);
        if (axes.isEmpty() || axes.size() > MOST_AXES) {
            throw new InvalidSettingException("the plot has " + axes.size() + " axes; expected 1 to " + MOST_AXES);
        }
        if (axes.stream().map(PlotAxis::title).distinct().count() < axes.size()) {
            throw new InvalidSettingException("two axes vary the same: "
                    + axes.stream().map(PlotAxis::title).toList() + "; expected axes of different kinds");
        }
        requireDrawable(request, axes);
        for (int axis = 0; axis < axes.size(); axis++) {
            for (int i = 0; i < axes.get(axis).values().size(); i++) {
                List<Integer> cell = new ArrayList<>(Collections.nCopies(axes.size(), 0));
                cell.set(axis, i);
                request(request, axes, cell);
            }
        }
    }

    /** Fails before the images are drawn rather than after. */
    private static void requireDrawable(ImageRequest request, List<PlotAxis> axes) {
        double pictures = 1;
        for (PlotAxis axis : axes) {
            pictures *= axis.values().size();
        }
        long most = LabelledGrid.mostPictures(request.width(), request.height());
        if (pictures > most) {
            throw new InvalidSettingException(String.format(
                    Locale.ROOT,
                    "the plot has %.0f images of %dx%d pixels; expected at most %d: give the axes fewer values",
                    pictures,
                    request.width(),
                    request.height(),
                    most));
        }
    }

    /**
     * Draws all images and waits for them. An interrupt or an exception from the listener cancels the plot, as in
     * {@link TrainingEngine#generate(ImageRequest, ImageListener)}.
     *
     * @throws io.github.txt2lora.Txt2LoraException as the engine does
     */
    public LabelledGrid draw(TrainingEngine engine, PlotListener listener) {
        List<List<Integer>> cells = cells();
        Map<List<Integer>, BufferedImage> images = new HashMap<>();
        Set<String> warned = new HashSet<>();
        ImageListener warnings = new ImageListener() {
            @Override
            public void stepFinished(ImageProgress progress) {
                // whole images are counted
            }

            @Override
            public void warned(String message) {
                if (warned.add(message)) {
                    listener.warned(message);
                }
            }
        };
        for (List<Integer> cell : cells) {
            ImageRequest single = request(request, axes, cell);
            images.put(cell, engine.generate(single, warnings).get(0).image());
            listener.pictureFinished(images.size(), cells.size());
        }
        return grid(images);
    }

    /** The indices of all values, grouped by model, since loading a model takes longest. */
    private List<List<Integer>> cells() {
        List<List<Integer>> cells = List.of(List.of());
        for (PlotAxis axis : axes) {
            List<List<Integer>> longer = new ArrayList<>();
            for (List<Integer> cell : cells) {
                for (int i = 0; i < axis.values().size(); i++) {
                    List<Integer> next = new ArrayList<>(cell);
                    next.add(i);
                    longer.add(next);
                }
            }
            cells = longer;
        }
        List<List<Integer>> sorted = new ArrayList<>(cells);
        for (int axis = 0; axis < axes.size(); axis++) {
            if (axes.get(axis) instanceof PlotAxis.Models) {
                int models = axis;
                sorted.sort(Comparator.comparing(cell -> cell.get(models)));
            }
        }
        return sorted;
    }

    private LabelledGrid grid(Map<List<Integer>, BufferedImage> images) {
        int columns = size(0);
        int rows = size(1);
        int pages = size(2);
        List<String> labels = new ArrayList<>();
        for (int z = 0; z < pages; z++) {
            for (int x = 0; x < columns; x++) {
                String column = axes.get(0).label(x);
                labels.add(axes.size() == MOST_AXES ? axes.get(2).label(z) + ", " + column : column);
            }
        }
        LabelledGrid.Builder grid = LabelledGrid.builder().columns(labels).columnsPerPage(pages > 1 ? columns : 0);
        for (int y = 0; y < rows; y++) {
            List<BufferedImage> row = new ArrayList<>();
            for (int z = 0; z < pages; z++) {
                for (int x = 0; x < columns; x++) {
                    row.add(Objects.requireNonNull(images.get(List.of(x, y, z).subList(0, axes.size()))));
                }
            }
            grid.row(axes.size() > 1 ? axes.get(1).label(y) : "", row);
        }
        return grid.build();
    }

    private int size(int axis) {
        return axis < axes.size() ? axes.get(axis).values().size() : 1;
    }

    private static ImageRequest request(ImageRequest base, List<PlotAxis> axes, List<Integer> cell) {
        ImageRequest request = base.toBuilder().count(1).build();
        // LoRA files before their weights, which would have nothing to apply to
        for (boolean files : new boolean[] {true, false}) {
            for (int axis = 0; axis < axes.size(); axis++) {
                if (axes.get(axis) instanceof PlotAxis.LoraFiles == files) {
                    request = axes.get(axis).apply(request, cell.get(axis));
                }
            }
        }
        return request;
    }
}
