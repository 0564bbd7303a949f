package io.github.txt2lora.torch;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The compiler's check of DJL's members, for the DJL that the tests run with. */
@Tag("djl")
class DjlLinkageTest {

    @Test
    void every_member_of_djl_that_is_used_exists() {
        JavaClasses classes = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("io.github.txt2lora");

        List<? extends JavaAccess<?>> uses = classes.stream()
                .flatMap(type -> type.getAccessesFromSelf().stream())
                .filter(access -> access.getTargetOwner().getPackageName().startsWith("ai.djl"))
                .toList();

        assertThat(uses).hasSizeGreaterThan(100);
        assertThat(uses)
                .filteredOn(access -> access.getTarget().resolveMember().isEmpty())
                .isEmpty();
    }
}
