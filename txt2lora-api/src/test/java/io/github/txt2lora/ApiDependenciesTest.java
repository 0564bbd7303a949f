package io.github.txt2lora;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** An application that compiles against the API gets nothing else on its class path. */
@AnalyzeClasses(packages = "io.github.txt2lora", importOptions = DoNotIncludeTests.class)
class ApiDependenciesTest {

    @ArchTest
    static final ArchRule api_uses_the_jdk_and_jspecify_alone = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..", "javax.imageio..", "org.w3c.dom..", "org.jspecify.annotations..", "io.github.txt2lora..");
}
