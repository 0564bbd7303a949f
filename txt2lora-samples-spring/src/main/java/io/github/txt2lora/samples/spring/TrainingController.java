package io.github.txt2lora.samples.spring;

import io.github.txt2lora.CancelMode;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.util.List;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** Trainings as resources. */
@RestController
@Tag(name = "trainings")
@RequestMapping("/trainings")
final class TrainingController {

    private final Trainings trainings;
    private final EventStreams streams;
    private final Previews previews;

    TrainingController(Trainings trainings, EventStreams streams, Previews previews) {
        this.trainings = trainings;
        this.previews = previews;
        this.streams = streams;
    }

    @Operation(summary = "queues a training, and says where to find it")
    @PostMapping
    ResponseEntity<TrainingStatus> queue(@RequestBody TrainingOrder order) {
        TrainingStatus queued = trainings.start(order);
        return ResponseEntity.created(URI.create("/trainings/" + queued.id())).body(queued);
    }

    @Operation(summary = "all trainings that are not over and the last that are, the oldest first")
    @GetMapping
    List<TrainingStatus> list() {
        return trainings.all();
    }

    @Operation(summary = "the status of a training")
    @GetMapping("/{id}")
    TrainingStatus status(@PathVariable("id") long id) {
        return trainings.status(id);
    }

    @Operation(summary = "what a training had left to learn, at each measurement")
    @GetMapping("/{id}/curve")
    List<Measurement> curve(@PathVariable("id") long id) {
        return trainings.curve(id);
    }

    @Operation(summary = "what a training has drawn on its way, the first first")
    @GetMapping("/{id}/previews")
    List<Preview> previews(@PathVariable("id") long id) {
        return trainings.previews(id);
    }

    @Operation(summary = "an image of a preview")
    @GetMapping(path = "/{id}/previews/{iteration}/{image}", produces = MediaType.IMAGE_PNG_VALUE)
    Resource preview(
            @PathVariable("id") long id, @PathVariable("iteration") int iteration, @PathVariable("image") int image) {
        return previews.picture(id, iteration, image);
    }

    @Operation(summary = "server-sent events of a training, until it ends")
    @GetMapping(path = "/{id}/events")
    SseEmitter watch(@PathVariable("id") long id) {
        return streams.open(trainings.events(id));
    }

    @Operation(summary = "pauses a training; it keeps its place in the queue, also over a restart")
    @PutMapping("/{id}/pause")
    @ResponseStatus(HttpStatus.ACCEPTED)
    void pause(@PathVariable("id") long id) {
        trainings.pause(id, true);
    }

    @Operation(summary = "lets a paused training go on")
    @DeleteMapping("/{id}/pause")
    @ResponseStatus(HttpStatus.ACCEPTED)
    void resume(@PathVariable("id") long id) {
        trainings.pause(id, false);
    }

    /**
     * Cancels a training; it ends soon after.
     *
     * @param keep whether the LoRA is saved as it is; by default what the training made is dropped
     */
    @Operation(summary = "cancels a training; it ends soon after")
    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.ACCEPTED)
    void cancel(@PathVariable("id") long id, @RequestParam(name = "keep", defaultValue = "false") boolean keep) {
        trainings.cancel(id, keep ? CancelMode.KEEP : CancelMode.DISCARD);
    }
}
