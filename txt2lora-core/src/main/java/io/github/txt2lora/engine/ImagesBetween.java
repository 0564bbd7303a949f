package io.github.txt2lora.engine;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Draws images that others ask for while trainings run: between two iterations, or while they are paused. Only the model
 * that is trained on is used, since there may be no memory for another one; other requests wait for their turn, and so
 * does one that memory does not suffice for beside the training. Used by the engine's worker thread.
 */
final class ImagesBetween {

    private final EngineParts engine;
    private final BooleanSupplier mustGoOn;
    private final Set<ImageCall> putOff = Collections.newSetFromMap(new IdentityHashMap<>());

    /**
     * Nothing is drawn yet.
     *
     * @param mustGoOn whether the trainings cannot wait for an image, since one is to end
     */
    ImagesBetween(EngineParts engine, BooleanSupplier mustGoOn) {
        this.engine = engine;
        this.mustGoOn = mustGoOn;
    }

    /** Whether there is a request to draw. */
    boolean isWaiting() {
        return next().isPresent();
    }

    private Optional<ImageCall> next() {
        if (mustGoOn.getAsBoolean()) {
            return Optional.empty();
        }
        return engine.images().list().stream()
                .filter(call -> !putOff.contains(call))
                .filter(call -> {
                    if (engine.models()
                            .isLoaded(
                                    call.request().model(),
                                    call.request().modelUse().precision())) {
                        return true;
                    }
                    putOff.add(call);
                    return false;
                })
                .findFirst();
    }

    /** Draws the images of one request, if one waits. */
    void drawOne() {
        next().ifPresent(this::draw);
    }

    /** Draws as long as requests wait. */
    void drawAll() {
        for (Optional<ImageCall> call = next(); call.isPresent(); call = next()) {
            draw(call.get());
        }
    }

    private void draw(ImageCall call) {
        boolean isAnswered = call.attempt(
                () -> ImageRun.between(engine, call, this::requireTime).run());
        engine.torch().emptyCache();
        if (isAnswered) {
            engine.images().remove(call);
        } else if (!mustGoOn.getAsBoolean()) {
            putOff.add(call);
        }
    }

    private void requireTime() {
        if (mustGoOn.getAsBoolean()) {
            throw new NotNow();
        }
    }
}
