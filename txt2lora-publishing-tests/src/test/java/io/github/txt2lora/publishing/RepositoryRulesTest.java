package io.github.txt2lora.publishing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RepositoryRulesTest {

    private static final String PARENT = """
            <project>
              <modelVersion>4.0.0</modelVersion>
              <groupId>org.example</groupId>
              <artifactId>parent</artifactId>
              <version>1-SNAPSHOT</version>
              <packaging>pom</packaging>
              <name>Parent</name>
              <description>All modules.</description>
              <url>https://example.org</url>
              <licenses><license><name>MIT</name><url>https://example.org/licence</url></license></licenses>
              <developers><developer><name>All</name><organization>Example</organization></developer></developers>
              <scm>
                <connection>scm:git:https://example.org/it.git</connection>
                <developerConnection>scm:git:ssh://example.org/it.git</developerConnection>
                <url>https://example.org/it</url>
              </scm>
              <modules><module>library</module><module>sample</module></modules>
              <properties><maven.deploy.skip>${unpublished}</maven.deploy.skip><unpublished>false</unpublished></properties>
            </project>
            """;

    private static final String LIBRARY = """
            <project>
              <modelVersion>4.0.0</modelVersion>
              <parent>
                <groupId>org.example</groupId>
                <artifactId>parent</artifactId>
                <version>1-SNAPSHOT</version>
              </parent>
              <artifactId>library</artifactId>
              <name>Library</name>
              <description>A library.</description>
              <dependencies>
                <dependency>
                  <groupId>org.example</groupId>
                  <artifactId>sample</artifactId>
                  <version>${project.version}</version>
                  <scope>test</scope>
                </dependency>
                <dependency>
                  <groupId>org.elsewhere</groupId>
                  <artifactId>used</artifactId>
                  <version>1</version>
                </dependency>
              </dependencies>
            </project>
            """;

    private static final String SAMPLE = """
            <project>
              <modelVersion>4.0.0</modelVersion>
              <parent>
                <groupId>org.example</groupId>
                <artifactId>parent</artifactId>
                <version>1-SNAPSHOT</version>
              </parent>
              <artifactId>sample</artifactId>
              <properties><unpublished>true</unpublished></properties>
            </project>
            """;

    @TempDir
    Path folder;

    @Test
    void takes_a_project_whose_sample_is_not_published() throws IOException {
        assertThat(violations(PARENT, LIBRARY, SAMPLE)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    <name>Parent</name>                                    |                               | has no name
                    <description>All modules.</description>                |                               | has no description
                    <url>https://example.org</url>                         |                               | has no url
                    <name>MIT</name>                                       |                               | has a licence without name or url
                    <url>https://example.org/licence</url>                 | <url>licence.txt</url>        | has a licence without name or url
                    <license><name>MIT</name><url>https://example.org/licence</url></license> |            | has no licence
                    <developer><name>All</name><organization>Example</organization></developer> |          | has no developer
                    <organization>Example</organization>                   |                               | has a developer without name or organization
                    <connection>scm:git:https://example.org/it.git</connection> |                          | has no scm connection
                    <developerConnection>scm:git:ssh://example.org/it.git</developerConnection> |          | has no scm developerConnection
                    <url>https://example.org/it</url>                      |                               | has no scm url
                    """)
    void refuses_a_parent_without(String text, String replacement, String violation) throws IOException {
        String parent = replaced(PARENT, text, replacement == null ? "" : replacement);

        assertThat(violations(parent, LIBRARY, SAMPLE)).contains("parent " + violation);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    <name>Library</name>                                   |                               | has no name
                    <description>A library.</description>                  |                               | has no description
                    <scope>test</scope>                                    |                               | depends on org.example:sample, which is not published
                    <scope>test</scope>                                    | <scope>provided</scope>       | depends on org.example:sample, which is not published
                    <groupId>org.elsewhere</groupId>                       | <groupId>org.example</groupId> | depends on org.example:used, which is not published
                    <dependencies>                                         | <profiles><profile><id>mac</id><dependencies><dependency><groupId>org.example</groupId><artifactId>sample</artifactId><version>1</version></dependency></dependencies></profile></profiles><dependencies> | depends on org.example:sample, which is not published
                    <version>1</version>                                   | <version>2-SNAPSHOT</version> | uses org.elsewhere:used in version 2-SNAPSHOT, which is not fixed
                    <version>1</version>                                   | <version>[1,)</version>       | uses org.elsewhere:used in version [1,), which is not fixed
                    <version>1</version>                                   | <version>1</version><scope>system</scope><systemPath>/a.jar</systemPath> | takes org.elsewhere:used from a file (scope system)
                    <dependencies>                                         | <repositories><repository><id>own</id><url>https://example.org</url></repository></repositories><dependencies> | needs the repository own, which users lack
                    <dependencies>                                         | <pluginRepositories><pluginRepository><id>own</id><url>https://example.org</url></pluginRepository></pluginRepositories><dependencies> | needs the repository own, which users lack
                    <dependencies>                                         | <repositories><repository><id>central</id><url>https://example.org</url></repository></repositories><dependencies> | needs the repository central, which users lack
                    <dependencies>                                         | <build><plugins><plugin><artifactId>p</artifactId><version>1-SNAPSHOT</version></plugin></plugins></build><dependencies> | uses org.apache.maven.plugins:p in version 1-SNAPSHOT, which is not fixed
                    <artifactId>library</artifactId>                       | <artifactId>library</artifactId><version>2</version> | has another version than its parent
                    """)
    void refuses_a_library_with(String text, String replacement, String violation) throws IOException {
        String library = replaced(LIBRARY, text, replacement == null ? "" : replacement);

        assertThat(violations(PARENT, library, SAMPLE)).contains("library " + violation);
    }

    @Test
    void refuses_a_library_whose_parent_is_not_published() throws IOException {
        String parent = replaced(PARENT, "<unpublished>false</unpublished>", "<unpublished>true</unpublished>");
        String library = replaced(
                LIBRARY, "<dependencies>", "<properties><unpublished>false</unpublished></properties><dependencies>");

        assertThat(violations(parent, library, SAMPLE))
                .containsExactly("library has the parent org.example:parent, which is not published");
    }

    private List<String> violations(String parent, String library, String sample) throws IOException {
        write("pom.xml", parent);
        write("library/pom.xml", library);
        write("sample/pom.xml", sample);
        return RepositoryRules.violations(Pom.readAll(folder.resolve("pom.xml")));
    }

    private void write(String file, String text) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private static String replaced(String text, String old, String replacement) {
        assertThat(text).contains(old);
        return text.replace(old, replacement);
    }
}
