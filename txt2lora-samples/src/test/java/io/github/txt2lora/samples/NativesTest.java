package io.github.txt2lora.samples;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.util.Platform;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** The PyTorch that an application gets with {@code txt2lora-core}. */
class NativesTest {

    private static final String[] PLATFORMS = {"linux-aarch64", "linux-x86_64", "osx-aarch64", "win-x86_64"};

    @Test
    void application_gets_the_natives_of_the_system_that_builds_it_alone() throws IOException {
        List<URL> natives =
                Collections.list(NativesTest.class.getClassLoader().getResources("native/lib/pytorch.properties"));

        assertThat(natives)
                .singleElement()
                .satisfies(jar -> assertThat(jar.toString())
                        .contains(Platform.fromSystem("pytorch").getClassifier() + ".jar"));
    }

    @Test
    void every_platform_has_a_profile_in_the_core_and_is_among_all_platforms() throws Exception {
        assertThat(classifiers("txt2lora-core/pom.xml", "/project/profiles/profile[activation/os]"))
                .containsExactly(PLATFORMS);
        assertThat(classifiers("txt2lora-all-platforms/pom.xml", "/project")).containsExactly(PLATFORMS);
    }

    private static Set<String> classifiers(String pom, String below) throws Exception {
        Document document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(Path.of(pom).toFile());
        NodeList found = (NodeList) XPathFactory.newInstance()
                .newXPath()
                .evaluate(
                        below + "/dependencies/dependency[artifactId='pytorch-native-cpu']/classifier",
                        document,
                        XPathConstants.NODESET);
        Set<String> classifiers = new TreeSet<>();
        for (int i = 0; i < found.getLength(); i++) {
            // a property, where an older version of PyTorch has none for the system
            classifiers.add(found.item(i).getTextContent().replaceFirst("\\$\\{pytorch\\.(.+)}", "$1"));
        }
        return classifiers;
    }
}
