package io.github.txt2lora.image;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Optional;

/** Lays out and draws a grid. Labels have their own band, left of or above all images. */
final class GridPainter {

    private static final int GAP = 6;
    private static final int LABEL_WIDTH = 170;
    private static final int PAGE_GAP = 4 * GAP;
    private static final Color PAGE_LINE = new Color(0xb0b0b0);

    private final LabelledGrid grid;
    private final Optional<GridText> text;
    private final List<List<String>> rowLabels;
    private final int left;
    private final int width;
    private final List<String> title;
    private final List<List<String>> columnLabels;

    GridPainter(LabelledGrid grid, Optional<GridText> text) {
        this.grid = grid;
        this.text = text;
        rowLabels =
                grid.rows().stream().map(row -> wrap(row.label(), LABEL_WIDTH)).toList();
        int labelWidth = rowLabels.stream().mapToInt(this::width).max().orElse(0);
        left = labelWidth == 0 ? GAP : GAP + labelWidth + GAP;
        width = x(grid.columnCount() - 1) + grid.cellWidth() + GAP;
        title = wrap(grid.title(), width - 2 * GAP);
        columnLabels = grid.columns().stream()
                .map(label -> wrap(label, grid.cellWidth()))
                .toList();
    }

    BufferedImage paint() {
        int titleBottom = below(GAP, height(title));
        int top = below(
                titleBottom, columnLabels.stream().mapToInt(this::height).max().orElse(0));
        int height = top + rowLabels.stream().mapToInt(this::rowHeight).sum();
        var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        try {
            graphics.setColor(Color.WHITE);
            graphics.fillRect(0, 0, width, height);
            drawText(graphics, title, GAP, GAP);
            for (int column = 0; column < columnLabels.size(); column++) {
                List<String> label = columnLabels.get(column);
                int centred = x(column) + (grid.cellWidth() - width(label)) / 2;
                drawText(graphics, label, centred, titleBottom);
            }
            drawPageLines(graphics, titleBottom, height);
            drawRows(graphics, top);
        } finally {
            graphics.dispose();
        }
        return image;
    }

    private void drawPageLines(Graphics2D graphics, int top, int bottom) {
        graphics.setColor(PAGE_LINE);
        for (int column = 1; column < grid.columnCount(); column++) {
            if (page(column) > page(column - 1)) {
                int middle = x(column) - (PAGE_GAP + GAP) / 2;
                graphics.drawLine(middle, top, middle, bottom - GAP);
            }
        }
    }

    private void drawRows(Graphics2D graphics, int top) {
        graphics.setRenderingHint(
                RenderingHints.KEY_INTERPOLATION,
                switch (grid.scaling()) {
                    case NEAREST -> RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR;
                    case BICUBIC -> RenderingHints.VALUE_INTERPOLATION_BICUBIC;
                });
        int y = top;
        for (int row = 0; row < rowLabels.size(); row++) {
            drawText(graphics, rowLabels.get(row), GAP, y);
            List<BufferedImage> images = grid.rows().get(row).images();
            for (int column = 0; column < images.size(); column++) {
                graphics.drawImage(images.get(column), x(column), y, grid.cellWidth(), grid.cellHeight(), null);
            }
            y += rowHeight(rowLabels.get(row));
        }
    }

    private int x(int column) {
        return left + column * (grid.cellWidth() + GAP) + page(column) * PAGE_GAP;
    }

    private int page(int column) {
        return grid.columnsPerPage() == 0 ? 0 : column / grid.columnsPerPage();
    }

    private int rowHeight(List<String> label) {
        return Math.max(grid.cellHeight(), height(label)) + GAP;
    }

    /** The start of the next band; an empty band takes no space. */
    private static int below(int y, int height) {
        return height == 0 ? y : y + height + GAP;
    }

    private List<String> wrap(String label, int maxWidth) {
        return text.map(font -> font.wrap(label, maxWidth)).orElse(List.of());
    }

    private int width(List<String> lines) {
        return text.map(font -> font.width(lines)).orElse(0);
    }

    private int height(List<String> lines) {
        return text.map(font -> font.lineHeight() * lines.size()).orElse(0);
    }

    private void drawText(Graphics2D graphics, List<String> lines, int x, int y) {
        text.ifPresent(font -> font.draw(graphics, lines, x, y));
    }
}
