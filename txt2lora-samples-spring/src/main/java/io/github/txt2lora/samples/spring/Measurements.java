package io.github.txt2lora.samples.spring;

import java.util.List;
import org.springframework.data.jdbc.repository.query.Modifying;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.ListCrudRepository;
import org.springframework.data.repository.query.Param;

/** The curves of trainings in the database. */
interface Measurements extends ListCrudRepository<Measurement, Long> {

    /** The curve of a training. */
    @Query("select * from measurement where training = :training order by iteration")
    List<Measurement> of(@Param("training") long training);

    /** Takes back what was measured after an iteration, since the training goes on from there. */
    @Modifying
    @Query("delete from measurement where training = :training and iteration > :iteration")
    void forgetAfter(@Param("training") long training, @Param("iteration") int iteration);
}
