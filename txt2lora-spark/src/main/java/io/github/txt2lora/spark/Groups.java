package io.github.txt2lora.spark;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The trainings of each task. Spark begins tasks in their order, so that those on one model are done one after another
 * by whichever executor is free, and each executor loads a model once at the most.
 */
final class Groups {

    private Groups() {}

    /**
     * Forms groups as a batch on one machine does, whose LoRAs then are the same.
     *
     * @param model a key of the models that an engine keeps loaded
     * @param most trainings of a group, 1 or more
     */
    static <T> List<List<T>> of(List<T> trainings, Function<T, Object> model, int most) {
        Map<Object, List<T>> byModel = new LinkedHashMap<>();
        trainings.forEach(training -> byModel.computeIfAbsent(model.apply(training), key -> new ArrayList<>())
                .add(training));
        List<List<T>> groups = new ArrayList<>();
        for (List<T> all : byModel.values()) {
            for (int from = 0; from < all.size(); from += most) {
                groups.add(List.copyOf(all.subList(from, Math.min(all.size(), from + most))));
            }
        }
        return groups;
    }
}
