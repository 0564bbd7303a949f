package io.github.txt2lora.samples.spring;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.image.PlainWords;
import io.github.txt2lora.samples.spring.Drawing.Cell;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Lays out tables of images: a row for each variant, a column for each place and seed. */
@Component
final class Studio {

    private static final List<Long> USUAL_SEEDS = List.of(1L, 2L, 3L);
    private static final int LONGEST_PLACE = 300;

    private final ModelSource model;
    private final ServiceSettings settings;
    private final ServiceLimits limits;

    /**
     * A row.
     *
     * @param label what is different in it
     * @param request without prompt and seed
     * @param head part of the prompt that the place stands beside
     * @param tail part of the prompt after the place
     */
    record Variant(String label, ImageRequest.Builder request, String head, String tail) {

        /** One whose prompt is a single part. */
        Variant(String label, ImageRequest.Builder request, String prompt) {
            this(label, request, prompt, "");
        }
    }

    Studio(ModelSource model, ServiceSettings settings, ServiceLimits limits) {
        this.model = model;
        this.settings = settings;
        this.limits = limits;
    }

    /** A request that lacks its prompt. */
    ImageRequest.Builder request() {
        return ImageRequest.builder()
                .model(model)
                .width(settings.side())
                .height(settings.side())
                .steps(settings.steps())
                .guidanceScale(settings.guidance());
    }

    /** Side of an image in pixels. */
    int side() {
        return settings.side();
    }

    /**
     * A table of variants.
     *
     * @throws InvalidSettingException if a place is too long, or there are more images than allowed
     */
    Drawing table(List<Variant> variants, @Nullable List<String> places, @Nullable List<Long> seeds) {
        List<String> where = places == null || places.isEmpty() ? List.of("") : places;
        List<Long> which = seeds == null || seeds.isEmpty() ? USUAL_SEEDS : seeds;
        requireDrawable(variants, where, which);
        List<String> columns = new ArrayList<>();
        List<Cell> cells = new ArrayList<>();
        for (String place : where) {
            for (Long seed : which) {
                for (int row = 0; row < variants.size(); row++) {
                    cells.add(new Cell(row, columns.size(), request(variants.get(row), place, seed)));
                }
                columns.add(label(place, seed, which.size() > 1));
            }
        }
        return new Drawing(variants.stream().map(Variant::label).toList(), columns, cells);
    }

    private void requireDrawable(List<Variant> variants, List<String> places, List<Long> seeds) {
        long pictures = (long) variants.size() * places.size() * seeds.size();
        if (pictures > limits.pictures()) {
            throw new InvalidSettingException("the drawing has " + pictures + " pictures; expected at most "
                    + limits.pictures() + ", so name fewer places or seeds");
        }
        for (Object part : Stream.concat(places.stream(), seeds.stream()).toList()) {
            if (part == null) {
                throw new InvalidSettingException("a place or seed is null; expected text and a number");
            }
        }
        for (String place : places) {
            if (place.length() > LONGEST_PLACE) {
                throw InvalidSettingException.of("place", place, "at most " + LONGEST_PLACE + " characters");
            }
        }
    }

    private static ImageRequest request(Variant variant, String place, long seed) {
        String placed = place.isBlank() ? variant.head() : variant.head() + ", " + new PlainWords(place).asPrompt();
        return variant.request().prompt(placed + variant.tail()).seed(seed).build();
    }

    private static String label(String place, long seed, boolean hasSeeds) {
        if (place.isBlank()) {
            return "seed " + seed;
        }
        return hasSeeds ? place + ", seed " + seed : place;
    }
}
