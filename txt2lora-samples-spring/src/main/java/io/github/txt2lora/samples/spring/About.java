package io.github.txt2lora.samples.spring;

import io.github.txt2lora.ModelSource;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What a client has to know about the service before it asks for anything. */
@RestController
@Tag(name = "service")
final class About {

    private final ModelSource model;
    private final ServiceSettings settings;
    private final ServiceLimits limits;

    /**
     * Facts for clients.
     *
     * @param model the base model's name
     * @param side of training images and of drawn ones in pixels
     * @param isDemo whether the base model is the demo checkpoint
     * @param largestUpload in bytes
     * @param pictures most pictures of one drawing
     */
    record Facts(String model, int side, boolean isDemo, long largestUpload, int pictures) {}

    About(ModelSource model, ServiceSettings settings, ServiceLimits limits) {
        this.model = model;
        this.settings = settings;
        this.limits = limits;
    }

    @Operation(summary = "the base model and the limits that a client can respect")
    @GetMapping("/about")
    Facts facts() {
        return new Facts(
                model.displayName(),
                settings.side(),
                settings.model() == null,
                limits.upload().toBytes(),
                limits.pictures());
    }
}
