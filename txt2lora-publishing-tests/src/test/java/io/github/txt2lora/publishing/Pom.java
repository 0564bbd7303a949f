package io.github.txt2lora.publishing;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.maven.model.Model;
import org.apache.maven.model.building.DefaultModelBuilderFactory;
import org.apache.maven.model.building.DefaultModelBuildingRequest;
import org.apache.maven.model.building.ModelBuildingException;
import org.apache.maven.model.building.ModelBuildingRequest;
import org.apache.maven.model.building.ModelBuildingResult;

/**
 * A pom as Maven reads it.
 *
 * @param file where it lies
 * @param raw what the file says
 * @param effective the same with all that it inherits, and without properties; BOMs are not read
 */
record Pom(Path file, Model raw, Model effective) {

    static Pom read(Path file, String... profiles) {
        ModelBuildingRequest request = new DefaultModelBuildingRequest()
                .setPomFile(file.toFile())
                .setActiveProfileIds(List.of(profiles))
                .setSystemProperties(System.getProperties())
                .setValidationLevel(ModelBuildingRequest.VALIDATION_LEVEL_STRICT)
                // The second phase would fetch the BOMs.
                .setTwoPhaseBuilding(true);
        try {
            ModelBuildingResult result =
                    new DefaultModelBuilderFactory().newInstance().build(request);
            return new Pom(file, result.getRawModel(), result.getEffectiveModel());
        } catch (ModelBuildingException e) {
            throw new IllegalArgumentException(file + " is no pom that Maven reads: " + e.getMessage(), e);
        }
    }

    /** The pom and those of its modules, of theirs, and so on. */
    static List<Pom> readAll(Path file, String... profiles) {
        Pom pom = read(file, profiles);
        List<Pom> poms = new ArrayList<>(List.of(pom));
        for (String module : pom.raw().getModules()) {
            poms.addAll(readAll(file.resolveSibling(module).resolve("pom.xml"), profiles));
        }
        return poms;
    }

    String name() {
        return effective.getArtifactId();
    }

    boolean published() {
        return !Boolean.parseBoolean(effective.getProperties().getProperty("maven.deploy.skip"));
    }

    @Override
    public String toString() {
        return name();
    }
}
