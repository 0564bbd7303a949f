package io.github.txt2lora.publishing;

import static java.util.stream.Collectors.toUnmodifiableSet;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.maven.model.Build;
import org.apache.maven.model.Dependency;
import org.apache.maven.model.DependencyManagement;
import org.apache.maven.model.Developer;
import org.apache.maven.model.License;
import org.apache.maven.model.Model;
import org.apache.maven.model.ModelBase;
import org.apache.maven.model.Plugin;
import org.apache.maven.model.Scm;
import org.jspecify.annotations.Nullable;

/** The rules by which Maven Central takes or refuses a pom, and that an application can resolve what it names. */
final class RepositoryRules {

    private final Set<String> groups;
    private final Set<String> published;
    private final List<String> violations = new ArrayList<>();

    private RepositoryRules(List<Pom> project) {
        groups = project.stream().map(pom -> pom.effective().getGroupId()).collect(toUnmodifiableSet());
        published = project.stream()
                .filter(Pom::published)
                .map(pom -> id(pom.effective()))
                .collect(toUnmodifiableSet());
    }

    /** Returns a sentence for each rule that a published pom of the project breaks. */
    static List<String> violations(List<Pom> project) {
        RepositoryRules rules = new RepositoryRules(project);
        project.stream().filter(Pom::published).forEach(rules::check);
        return rules.violations;
    }

    private void check(Pom pom) {
        describesItself(pom);
        namesItsOwners(pom);
        hasPublishedParent(pom);
        dependsOnWhatIsPublished(pom);
        hasFixedVersions(pom);
        needsNoOtherRepository(pom);
    }

    private void describesItself(Pom pom) {
        // Its own: "txt2lora" and what the parent is would tell nothing of a module.
        require(pom, present(pom.raw().getName()), "has no name");
        require(pom, present(pom.raw().getDescription()), "has no description");
        require(pom, isWebAddress(pom.effective().getUrl()), "has no url");
    }

    private void namesItsOwners(Pom pom) {
        Model model = pom.effective();
        require(pom, !model.getLicenses().isEmpty(), "has no licence");
        for (License license : model.getLicenses()) {
            require(
                    pom,
                    present(license.getName()) && isWebAddress(license.getUrl()),
                    "has a licence without name or url");
        }
        require(pom, !model.getDevelopers().isEmpty(), "has no developer");
        for (Developer developer : model.getDevelopers()) {
            require(
                    pom,
                    present(developer.getName()) && present(developer.getOrganization()),
                    "has a developer without name or organization");
        }
        Scm scm = Optional.ofNullable(model.getScm()).orElseGet(Scm::new);
        require(pom, isScm(scm.getConnection()), "has no scm connection");
        require(pom, isScm(scm.getDeveloperConnection()), "has no scm developerConnection");
        require(pom, isWebAddress(scm.getUrl()), "has no scm url");
    }

    private void hasPublishedParent(Pom pom) {
        Model model = pom.raw();
        if (model.getParent() != null) {
            String parent =
                    model.getParent().getGroupId() + ":" + model.getParent().getArtifactId();
            require(pom, published.contains(parent), "has the parent " + parent + ", which is not published");
        }
    }

    private void dependsOnWhatIsPublished(Pom pom) {
        dependencies(pom).forEach(dependency -> {
            // Nobody who uses a module needs what it is tested with.
            require(
                    pom,
                    "test".equals(dependency.getScope()) || !isOwn(dependency) || published.contains(id(dependency)),
                    "depends on " + id(dependency) + ", which is not published");
            require(
                    pom,
                    !"system".equals(dependency.getScope()) && dependency.getSystemPath() == null,
                    "takes " + id(dependency) + " from a file (scope system)");
        });
    }

    private void hasFixedVersions(Pom pom) {
        Model model = pom.effective();
        dependencies(pom)
                .filter(dependency -> !isOwn(dependency))
                .forEach(dependency -> hasFixedVersion(pom, id(dependency), dependency.getVersion()));
        plugins(model).forEach(plugin -> hasFixedVersion(pom, plugin.getKey(), plugin.getVersion()));
        model.getBuild()
                .getExtensions()
                .forEach(extension -> hasFixedVersion(
                        pom, extension.getGroupId() + ":" + extension.getArtifactId(), extension.getVersion()));
        if (model.getParent() != null) {
            require(
                    pom,
                    model.getVersion().equals(model.getParent().getVersion()),
                    "has another version than its parent");
        }
    }

    private void hasFixedVersion(Pom pom, String id, @Nullable String version) {
        // One without a version has that of a BOM or of what is managed, which is looked at for itself.
        boolean fixed = version == null || !version.matches(".*-SNAPSHOT|LATEST|RELEASE|[\\[(].*");
        require(pom, fixed, "uses " + id + " in version " + version + ", which is not fixed");
    }

    private void needsNoOtherRepository(Pom pom) {
        // Those that it inherits are found in its parent, which is published too.
        Stream.<ModelBase>concat(Stream.of(pom.raw()), pom.raw().getProfiles().stream())
                .flatMap(part -> Stream.concat(part.getRepositories().stream(), part.getPluginRepositories().stream()))
                .forEach(repository ->
                        require(pom, false, "needs the repository " + repository.getId() + ", which users lack"));
    }

    /** All that a pom names; its profiles can be active in an application, too. */
    private Stream<Dependency> dependencies(Pom pom) {
        return Stream.<ModelBase>concat(Stream.of(pom.effective()), pom.raw().getProfiles().stream())
                .flatMap(part -> Stream.concat(part.getDependencies().stream(), managed(part)));
    }

    /** The parent manages modules that are not published, too, which binds nobody unless they are imported. */
    private Stream<Dependency> managed(ModelBase part) {
        DependencyManagement management = part.getDependencyManagement();
        return management == null
                ? Stream.empty()
                : management.getDependencies().stream()
                        .filter(dependency -> !isOwn(dependency)
                                || "import".equals(dependency.getScope())
                                || "system".equals(dependency.getScope()));
    }

    private boolean isOwn(Dependency dependency) {
        return groups.contains(dependency.getGroupId());
    }

    private static Stream<Plugin> plugins(Model model) {
        Build build = model.getBuild();
        return build.getPluginManagement() == null
                ? build.getPlugins().stream()
                : Stream.concat(build.getPlugins().stream(), build.getPluginManagement().getPlugins().stream());
    }

    private void require(Pom pom, boolean held, String violation) {
        if (!held) {
            violations.add(pom.name() + " " + violation);
        }
    }

    private static boolean present(@Nullable String text) {
        return text != null && !text.isBlank();
    }

    private static boolean isWebAddress(@Nullable String text) {
        return text != null && text.matches("https?://[^\\s/]+.*");
    }

    private static boolean isScm(@Nullable String text) {
        return text != null && text.matches("scm:git:\\S+");
    }

    private static String id(Model model) {
        return model.getGroupId() + ":" + model.getArtifactId();
    }

    private static String id(Dependency dependency) {
        return dependency.getGroupId() + ":" + dependency.getArtifactId();
    }
}
