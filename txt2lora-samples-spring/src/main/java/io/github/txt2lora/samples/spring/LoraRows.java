package io.github.txt2lora.samples.spring;

import java.util.Optional;
import org.springframework.data.jdbc.repository.query.Modifying;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.ListCrudRepository;
import org.springframework.data.repository.query.Param;

/** What is known about the files in the folder of LoRAs. */
interface LoraRows extends ListCrudRepository<LoraRow, Long> {

    /** The LoRA of a name. */
    Optional<LoraRow> findByName(String name);

    /** Forgets a file. */
    @Modifying
    @Query("delete from lora_row where name = :name")
    void forget(@Param("name") String name);
}
