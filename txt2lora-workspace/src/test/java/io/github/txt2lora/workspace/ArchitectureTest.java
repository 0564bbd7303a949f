package io.github.txt2lora.workspace;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * The arrows between the packages of this module, and which libraries each of them uses. What holds for the code of all
 * modules is among the rules of the engine, whose test reads this module too.
 */
@AnalyzeClasses(packages = "io.github.txt2lora", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String WORKSPACE = "io.github.txt2lora.workspace..";
    private static final String BATCH = "io.github.txt2lora.batch..";

    @ArchTest
    static final ArchRule workspace_uses_yaml_and_toml_and_what_an_application_sees = classes()
            .that()
            .resideInAPackage(WORKSPACE)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "org.jspecify.annotations..",
                    "org.slf4j..",
                    "org.yaml.snakeyaml..",
                    "com.fasterxml.jackson..",
                    "io.github.txt2lora",
                    "io.github.txt2lora.image..",
                    "io.github.txt2lora.internal..",
                    "io.github.txt2lora.ops..",
                    WORKSPACE);

    @ArchTest
    static final ArchRule only_workspace_uses_yaml = noClasses()
            .that()
            .resideOutsideOfPackage(WORKSPACE)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.yaml..");

    @ArchTest
    static final ArchRule only_batch_draws_charts = noClasses()
            .that()
            .resideOutsideOfPackage(BATCH)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.knowm..");

    @ArchTest
    static final ArchRule only_batch_writes_json_and_only_workspace_reads_toml = noClasses()
            .that()
            .resideOutsideOfPackages(BATCH, WORKSPACE)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.fasterxml..");

    @ArchTest
    static final ArchRule one_class_knows_the_parser_of_toml = noClasses()
            .that()
            .resideInAPackage(WORKSPACE)
            .and()
            .doNotHaveSimpleName("SettingsToml")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.fasterxml..");
}
