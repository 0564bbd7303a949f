package io.github.txt2lora.publishing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.maven.model.Model;
import org.apache.maven.model.Plugin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PublishedPomsTest {

    private static final String BOM = "txt2lora-bom";

    /** Tests run in the root of the project. */
    private static final Path ROOT = Path.of("pom.xml").toAbsolutePath();

    @Test
    void a_repository_takes_every_published_pom() {
        assertThat(RepositoryRules.violations(Pom.readAll(ROOT))).isEmpty();
    }

    @Test
    void libraries_are_published_and_programs_are_not() {
        List<Pom> poms = Pom.readAll(ROOT);

        assertThat(poms)
                .filteredOn(Pom::published)
                .extracting(Pom::name)
                .contains(
                        "txt2lora-parent",
                        "txt2lora-bom",
                        "txt2lora-api",
                        "txt2lora-testing",
                        "txt2lora-workspace",
                        "txt2lora-core",
                        "txt2lora-spark",
                        "txt2lora-all-platforms");
        assertThat(poms)
                .filteredOn(pom -> !pom.published())
                .extracting(Pom::name)
                .contains(
                        "txt2lora-cli",
                        "txt2lora-demo",
                        "txt2lora-samples",
                        "txt2lora-samples-spring",
                        "txt2lora-benchmarks");
    }

    @Test
    void the_bom_manages_every_published_module_and_nothing_else() {
        List<Pom> poms = Pom.readAll(ROOT);
        Model bom = poms.stream()
                .filter(pom -> pom.name().equals(BOM))
                .findFirst()
                .orElseThrow()
                .effective();

        assertThat(bom.getDependencyManagement().getDependencies())
                .extracting(managed -> managed.getManagementKey() + ":" + managed.getVersion())
                .containsExactlyInAnyOrderElementsOf(poms.stream()
                        .filter(Pom::published)
                        .map(Pom::effective)
                        .filter(module -> !List.of(BOM, "txt2lora-parent").contains(module.getArtifactId()))
                        .map(module -> "%s:%s:%s:%s"
                                .formatted(
                                        module.getGroupId(),
                                        module.getArtifactId(),
                                        module.getPackaging(),
                                        module.getVersion()))
                        .toList());
        assertThat(bom.getVersion()).isEqualTo(poms.get(0).effective().getVersion());
    }

    @ParameterizedTest
    @MethodSource("publishedForRelease")
    void a_release_is_signed(Pom pom) {
        assertThat(pom.effective().getBuild().getPlugins())
                .flatExtracting(PublishedPomsTest::goals)
                .contains("maven-gpg-plugin:sign");
        assertThat(pom.effective().getProperties().getProperty("gpg.skip", "false"))
                .isEqualTo("false");
    }

    @ParameterizedTest
    @MethodSource("publishedForRelease")
    void a_release_has_sources_and_javadoc_of_all_that_has_code(Pom pom) {
        assumeThat(pom.name()).as("has no code").isNotEqualTo(BOM);
        assertThat(pom.effective().getBuild().getPlugins())
                .flatExtracting(PublishedPomsTest::goals)
                .contains("maven-source-plugin:jar-no-fork", "maven-javadoc-plugin:jar");
        assertThat(pom.effective().getProperties())
                .containsEntry("maven.source.skip", "false")
                .containsEntry("maven.javadoc.skip", "false");
    }

    @ParameterizedTest
    @MethodSource("published")
    void a_usual_build_makes_no_jars_for_a_repository(Pom pom) {
        assertThat(pom.effective().getBuild().getPlugins())
                .extracting(Plugin::getArtifactId)
                .doesNotContain("maven-source-plugin", "maven-javadoc-plugin", "maven-gpg-plugin");
    }

    static List<Pom> published() {
        return Pom.readAll(ROOT).stream().filter(Pom::published).toList();
    }

    static List<Pom> publishedForRelease() {
        return Pom.readAll(ROOT, "release").stream().filter(Pom::published).toList();
    }

    private static List<String> goals(Plugin plugin) {
        return plugin.getExecutions().stream()
                .flatMap(execution -> Stream.of(execution.getGoals().toArray(String[]::new)))
                .map(goal -> plugin.getArtifactId() + ":" + goal)
                .toList();
    }
}
