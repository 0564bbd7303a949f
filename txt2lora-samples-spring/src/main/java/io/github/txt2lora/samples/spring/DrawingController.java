package io.github.txt2lora.samples.spring;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Tables of images, sent as server-sent events: {@code table} with the labels, {@code picture} with a PNG file as a data
 * URL for each image as it comes, {@code warning}, and at last {@code finished} or {@code failed}. Nothing is stored; who
 * leaves ends the drawing.
 */
@RestController
@Tag(name = "drawings")
@RequestMapping(path = "/drawings", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
final class DrawingController {

    private final Studio studio;
    private final LoraLibrary library;
    private final DrawingStreams streams;

    DrawingController(Studio studio, LoraLibrary library, DrawingStreams streams) {
        this.studio = studio;
        this.library = library;
        this.streams = streams;
    }

    @Operation(summary = "what words draw, before anything is trained")
    @PostMapping("/words")
    SseEmitter words(@RequestBody WordsOrder order) {
        return streams.open(order.in(studio));
    }

    @Operation(summary = "the same seeds without, with half of and with the whole of a LoRA")
    @PostMapping("/comparison")
    SseEmitter comparison(@RequestBody ComparisonOrder order) {
        return streams.open(order.in(studio, library));
    }

    @Operation(summary = "two characters in one image")
    @PostMapping("/couple")
    SseEmitter couple(@RequestBody CoupleOrder order) {
        return streams.open(order.in(studio, library));
    }
}
