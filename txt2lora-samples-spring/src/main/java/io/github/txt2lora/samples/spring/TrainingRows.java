package io.github.txt2lora.samples.spring;

import io.github.txt2lora.CancelMode;
import io.github.txt2lora.JobState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.data.jdbc.repository.query.Modifying;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.ListCrudRepository;
import org.springframework.data.repository.query.Param;

/**
 * The trainings in the database. Clients and the engine change different columns of a row at the same time, so each
 * change writes its own columns alone.
 */
interface TrainingRows extends ListCrudRepository<TrainingRow, Long> {

    /** All of them, the oldest first. */
    @Query("select * from training_row order by id")
    List<TrainingRow> inOrder();

    /** Their numbers. */
    @Query("select id from training_row")
    Set<Long> ids();

    /** Those that go on after a restart, in the order of the queue. */
    @Query("select * from training_row where ended_at is null order by id")
    List<TrainingRow> notEnded();

    /** The newest training of a LoRA. */
    @Query("select * from training_row where name = :name order by id desc limit 1")
    Optional<TrainingRow> newest(@Param("name") String name);

    /** Whether a training that has not ended writes a LoRA of this name. */
    @Query("select count(*) > 0 from training_row where name = :name and ended_at is null")
    boolean isWriting(@Param("name") String name);

    /** Says that a training has left the queue. */
    @Modifying
    @Query("update training_row set state = 'RUNNING' where id = :id")
    void started(@Param("id") long id);

    /** Says where a training is. */
    @Modifying
    @Query("update training_row set state = :state, iteration = :iteration where id = :id")
    void proceeded(@Param("id") long id, @Param("state") JobState state, @Param("iteration") int iteration);

    /** Says how many iterations it makes, when it has chosen their number. */
    @Modifying
    @Query("update training_row set iterations = :iterations where id = :id")
    void chose(@Param("id") long id, @Param("iterations") int iterations);

    /** Says how far a restart after a crash would go back. */
    @Modifying
    @Query("update training_row set saved_iteration = :iteration where id = :id")
    void saved(@Param("id") long id, @Param("iteration") int iteration);

    /** Says where it went on. */
    @Modifying
    @Query("update training_row set resumed_from = :iteration, iteration = :iteration, saved_iteration = :iteration"
            + " where id = :id")
    void resumed(@Param("id") long id, @Param("iteration") int iteration);

    /** Says that it is over. */
    @Modifying
    @Query("update training_row set state = :state, iteration = :iteration, reason = :reason, ended_at = :now"
            + " where id = :id")
    void ended(
            @Param("id") long id,
            @Param("state") JobState state,
            @Param("iteration") int iteration,
            @Param("reason") @Nullable String reason,
            @Param("now") Instant now);

    /** Keeps a client's wish, so that a restart does not forget it. */
    @Modifying
    @Query("update training_row set cancel = :mode where id = :id and cancel is null and ended_at is null")
    void cancel(@Param("id") long id, @Param("mode") CancelMode mode);

    /** Keeps a client's wish, so that a restart does not forget it. */
    @Modifying
    @Query("update training_row set paused = :paused where id = :id and ended_at is null")
    void pause(@Param("id") long id, @Param("paused") boolean paused);

    /** Forgets all that have ended but the last ones. */
    @Modifying
    @Query("delete from training_row where ended_at is not null and id not in"
            + " (select id from training_row where ended_at is not null order by ended_at desc, id desc limit :kept)")
    void forgetAllBut(@Param("kept") int kept);
}
