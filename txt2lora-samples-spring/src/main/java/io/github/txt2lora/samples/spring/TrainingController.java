package io.github.txt2lora.samples.spring;

import io.github.txt2lora.CancelMode;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.samples.spring.Trainings.Training;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** Trainings as resources. */
@RestController
@RequestMapping("/trainings")
final class TrainingController {

    private final Trainings trainings;
    private final EventStreams streams;
    private final ServiceLimits limits;
    private final ModelSource model;
    private final Path folder;

    TrainingController(
            Trainings trainings,
            EventStreams streams,
            ServiceLimits limits,
            ModelSource model,
            @Value("${txt2lora.folder:service}") Path folder) {
        this.trainings = trainings;
        this.streams = streams;
        this.limits = limits;
        this.model = model;
        this.folder = folder;
    }

    /** Queues a training, and says where to find it. */
    @PostMapping
    ResponseEntity<TrainingStatus> queue(@RequestBody TrainingOrder order) {
        Training training = trainings.start(order.on(model, folder, limits.iterations()));
        return ResponseEntity.created(URI.create("/trainings/" + training.id())).body(training.status());
    }

    /** All trainings that are not over and the last that are, the oldest first. */
    @GetMapping
    List<TrainingStatus> list() {
        return trainings.all().stream().map(Training::status).toList();
    }

    /** The status of a training. */
    @GetMapping("/{id}")
    TrainingStatus status(@PathVariable("id") long id) {
        return trainings.find(id).status();
    }

    /** Server-sent events, until the training ends. */
    @GetMapping("/{id}/events")
    SseEmitter watch(@PathVariable("id") long id) {
        return streams.open(trainings.find(id).events());
    }

    /** Cancels a training and drops what it made; it ends soon after. */
    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.ACCEPTED)
    void cancel(@PathVariable("id") long id) {
        trainings.find(id).job().cancel(CancelMode.DISCARD);
    }
}
