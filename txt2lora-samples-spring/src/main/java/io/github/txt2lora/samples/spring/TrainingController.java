package io.github.txt2lora.samples.spring;

import io.github.txt2lora.CancelMode;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingJob;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** Trainings as resources. */
@RestController
@RequestMapping("/trainings")
final class TrainingController {

    private final TrainingEngine engine;
    private final ModelSource model;
    private final Path folder;
    private final AtomicLong lastId = new AtomicLong();
    private final Map<Long, Training> trainings = new ConcurrentSkipListMap<>();

    private record Training(TrainingJob job, EventStream events) {}

    TrainingController(TrainingEngine engine, ModelSource model, @Value("${txt2lora.folder:service}") Path folder) {
        this.engine = engine;
        this.model = model;
        this.folder = folder;
    }

    /** Queues a training, and says where to find it. */
    @PostMapping
    ResponseEntity<TrainingStatus> queue(@RequestBody TrainingOrder order) {
        var events = new EventStream();
        TrainingJob job = engine.start(order.on(model, folder), events);
        long id = lastId.incrementAndGet();
        trainings.put(id, new Training(job, events));
        return ResponseEntity.created(URI.create("/trainings/" + id)).body(TrainingStatus.of(id, job));
    }

    /** All trainings since the service started, the oldest first. */
    @GetMapping
    List<TrainingStatus> list() {
        return trainings.entrySet().stream()
                .map(training ->
                        TrainingStatus.of(training.getKey(), training.getValue().job()))
                .toList();
    }

    /** Where a training stands. */
    @GetMapping("/{id}")
    TrainingStatus status(@PathVariable("id") long id) {
        return TrainingStatus.of(id, find(id).job());
    }

    /** Server-sent events, until the training ends. */
    @GetMapping("/{id}/events")
    SseEmitter watch(@PathVariable("id") long id) {
        return find(id).events().watch();
    }

    /** Cancels a training and drops what it made; it ends soon after. */
    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.ACCEPTED)
    void cancel(@PathVariable("id") long id) {
        find(id).job().cancel(CancelMode.DISCARD);
    }

    /** Messages of the library say what was expected, so clients get them as they are. */
    @ExceptionHandler
    ProblemDetail invalid(InvalidSettingException e) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, String.valueOf(e.getMessage()));
    }

    private Training find(long id) {
        Training training = trainings.get(id);
        if (training == null) {
            throw new ResponseStatusException(HttpStatus.NOT_FOUND, "there is no training " + id);
        }
        return training;
    }
}
