package io.github.txt2lora.batch;

import io.github.txt2lora.StorageException;
import io.github.txt2lora.image.GenerationParameters;
import io.github.txt2lora.internal.ImageBytes;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The previews that a training drew on its way, side by side over the iterations, from their files. */
final class PreviewStrip {

    /** More are no overview; the files are all there. */
    private static final int MOST_COLUMNS = 12;

    private static final int THUMBNAIL = 192;

    private static final Pattern LORA_TAG = Pattern.compile(" ?<lora:[^:>]*:([^>]*)>");

    private final String name;
    private final Path folder;
    private final Path page;

    /**
     * Previews.
     *
     * @param name the LoRA's name
     * @param folder of the LoRA
     * @param page folder of the page that shows them
     */
    PreviewStrip(String name, Path folder, Path page) {
        this.name = name;
        this.folder = folder.resolve("preview");
        this.page = page;
    }

    /** An image after so many iterations. */
    private record Picture(int iteration, Path file) {}

    /** Adds those up to an iteration as links to their files, which is little for a page that is written often. */
    void addLinks(HtmlText html, int lastIteration) {
        add(html, lastIteration, picture -> Optional.of(link(picture.file())));
    }

    /** Adds small copies, so that the page holds all that it shows. */
    void addCopies(HtmlText html) {
        add(html, Integer.MAX_VALUE, picture -> copy(picture.file()));
    }

    private interface Source {
        /** The address of an image; empty if it cannot be shown. */
        Optional<String> of(Picture picture);
    }

    private void add(HtmlText html, int lastIteration, Source source) {
        pictures(lastIteration).values().forEach(row -> {
            html.markup("<h3>").text(heading(row.get(0).file())).markup("</h3>\n<ul class=\"strip\">\n");
            for (Picture picture : few(row)) {
                source.of(picture).ifPresent(address -> addPicture(html, picture, address));
            }
            html.markup("</ul>\n");
        });
    }

    private void addPicture(HtmlText html, Picture picture, String address) {
        html.markup("<li><figure><a href=\"" + link(picture.file()) + "\"><img loading=\"lazy\""
                        + PngSize.attributes(picture.file())
                        + " src=\"" + address
                        + "\" alt=\"")
                .text("preview of " + name + " after " + picture.iteration() + " iterations")
                .markup("\"></a><figcaption>")
                .text(String.valueOf(picture.iteration()))
                .markup("</figcaption></figure></li>\n");
    }

    /** The images by their number in a preview, each in the order of iterations. */
    private Map<Integer, List<Picture>> pictures(int lastIteration) {
        Pattern pattern = Pattern.compile(Pattern.quote(name) + "-(\\d{6,9})-(\\d{1,3})\\.png");
        Map<Integer, List<Picture>> rows = new TreeMap<>();
        for (Path file : files()) {
            Matcher matcher = pattern.matcher(String.valueOf(file.getFileName()));
            if (matcher.matches() && Integer.parseInt(matcher.group(1)) <= lastIteration) {
                rows.computeIfAbsent(Integer.valueOf(matcher.group(2)), row -> new ArrayList<>())
                        .add(new Picture(Integer.parseInt(matcher.group(1)), file));
            }
        }
        rows.values().forEach(row -> row.sort((a, b) -> Integer.compare(a.iteration(), b.iteration())));
        return rows;
    }

    private List<Path> files() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        } catch (IOException e) {
            throw new StorageException("Cannot list the folder " + folder + ": " + e, e);
        }
    }

    /** Evenly chosen, with the first and the last. */
    private static List<Picture> few(List<Picture> row) {
        if (row.size() <= MOST_COLUMNS) {
            return row;
        }
        return IntStream.range(0, MOST_COLUMNS)
                .mapToObj(i -> row.get((int) Math.round((double) i * (row.size() - 1) / (MOST_COLUMNS - 1))))
                .toList();
    }

    /** What the file says of itself. */
    private String heading(Path file) {
        try {
            return GenerationParameters.readPng(file)
                    .map(parameters ->
                            "“" + LORA_TAG.matcher(parameters.prompt()).replaceAll("") + "”"
                                    + weight(parameters.prompt()) + ", seed "
                                    + parameters.settings().getOrDefault("Seed", "?") + ", by iteration")
                    .orElse("Previews by iteration");
        } catch (StorageException e) {
            return "Previews by iteration";
        }
    }

    private static String weight(String prompt) {
        Matcher tag = LORA_TAG.matcher(prompt);
        return tag.find() && !tag.group(1).equals("1") ? " at weight " + tag.group(1) : "";
    }

    private String link(Path file) {
        return links(page, file);
    }

    /** The address of a file relative to the folder of a page. */
    static String links(Path page, Path file) {
        List<String> parts = new ArrayList<>();
        page.toAbsolutePath()
                .normalize()
                .relativize(file.toAbsolutePath().normalize())
                .forEach(part -> parts.add(URLEncoder.encode(part.toString(), StandardCharsets.UTF_8)
                        .replace("+", "%20")));
        return String.join("/", parts);
    }

    private static Optional<String> copy(Path file) {
        try {
            BufferedImage image = ImageBytes.read(Files.readAllBytes(file));
            if (image == null) {
                return Optional.empty();
            }
            double scale = Math.min(1, (double) THUMBNAIL / Math.max(image.getWidth(), image.getHeight()));
            int width = (int) Math.max(1, Math.round(image.getWidth() * scale));
            int height = (int) Math.max(1, Math.round(image.getHeight() * scale));
            var small = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
            Graphics2D graphics = small.createGraphics();
            graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
            graphics.drawImage(image, 0, 0, width, height, null);
            graphics.dispose();
            return Optional.of(
                    "data:image/jpeg;base64," + Base64.getEncoder().encodeToString(ImageBytes.of(small, "jpg")));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
