package io.github.txt2lora.spark;

import static com.tngtech.archunit.lang.conditions.ArchConditions.callCodeUnitWhere;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Files;
import java.util.Set;

/** What this module uses; the rules of the engine's own test do not read it. */
@AnalyzeClasses(packages = "io.github.txt2lora.spark", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule uses_the_api_workspaces_and_spark = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "javax.imageio..",
                    "org.apache.spark..",
                    "org.jspecify.annotations..",
                    "org.slf4j..",
                    "picocli..",
                    "scala..",
                    "io.github.txt2lora",
                    "io.github.txt2lora.batch..",
                    "io.github.txt2lora.event..",
                    "io.github.txt2lora.image..",
                    "io.github.txt2lora.internal..",
                    "io.github.txt2lora.ops..",
                    "io.github.txt2lora.spark..",
                    "io.github.txt2lora.spi..",
                    "io.github.txt2lora.workspace..");

    @ArchTest
    static final ArchRule only_the_command_knows_its_parser = noClasses()
            .that()
            .doNotHaveSimpleName("SparkTrain")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("picocli..");

    @ArchTest
    static final ArchRule nothing_static_changes =
            fields().that().areStatic().should().beFinal();

    @ArchTest
    static final ArchRule nothing_prints = noClasses().should(ACCESS_STANDARD_STREAMS);

    @ArchTest
    static final ArchRule files_are_written_elsewhere = noClasses().should(callCodeUnitWhere(writesFiles()));

    private static DescribedPredicate<JavaCall<?>> writesFiles() {
        Set<String> reading = Set.of("exists", "isDirectory");
        return DescribedPredicate.describe(
                "writes files",
                call -> call.getTargetOwner().isEquivalentTo(Files.class) && !reading.contains(call.getName()));
    }
}
