package io.github.txt2lora;

import static com.tngtech.archunit.lang.conditions.ArchConditions.callCodeUnitWhere;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.github.txt2lora.checkpoint.CheckpointFormat;
import io.github.txt2lora.checkpoint.ModelFamily;
import io.github.txt2lora.diffusion.Denoiser;
import io.github.txt2lora.diffusion.ImageDecoder;
import io.github.txt2lora.diffusion.NoiseProcess;
import io.github.txt2lora.family.FamilyProfile;
import io.github.txt2lora.lora.LoraRules;
import io.github.txt2lora.text.PromptEncoder;
import io.github.txt2lora.torch.HostNumbers;
import io.github.txt2lora.torch.HostType;
import java.io.File;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** The arrows between the packages of the engine, and what its code and that of the modules below may not use. */
@AnalyzeClasses(packages = "io.github.txt2lora", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String ROOT = "io.github.txt2lora.";

    private static final Pattern READING =
            Pattern.compile("to\\w*(Array|Buffer|String)|get(Float|Double|Int|Long|Uint8|Boolean|Byte|Scalar)"
                    + "|contentEquals|allClose|encode");

    /** Each package may use those before it. */
    private static final List<String> LAYERS = List.of(
            "picture",
            "torch",
            "checkpoint",
            "download",
            "text",
            "diffusion",
            "lora",
            "family",
            "leco",
            "engine",
            "proof");

    /** Each room of the method may use those before it; {@code leco} itself is the training that they serve. */
    private static final List<String> ROOMS_OF_LECO = List.of(
            "leco.cache",
            "leco.lesson",
            "leco.latents",
            "leco.optimizer",
            "leco.hint",
            "leco.state",
            "leco",
            "leco.quality",
            "leco.closedform",
            "leco.estimate");

    @ArchTest
    static void packages_use_only_those_before_them(JavaClasses classes) {
        requireOrder(classes, LAYERS.stream().map(name -> name + "..").toList());
    }

    @ArchTest
    static void rooms_of_the_method_use_only_those_before_them(JavaClasses classes) {
        requireOrder(classes, ROOMS_OF_LECO);
    }

    private static void requireOrder(JavaClasses classes, List<String> names) {
        List<String> packages = names.stream().map(name -> ROOT + name).toList();
        IntStream.range(0, packages.size() - 1)
                .forEach(place -> noClasses()
                        .that()
                        .resideInAPackage(packages.get(place))
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(
                                packages.subList(place + 1, packages.size()).toArray(String[]::new))
                        .as("package " + names.get(place) + " uses only the packages before it")
                        .check(classes));
    }

    @ArchTest
    static final ArchRule only_torch_uses_the_native_engine = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + "torch..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.djl.pytorch..");

    /** All others ask the profile of a family, so that a new family is new files. */
    @ArchTest
    static final ArchRule only_profiles_choose_what_a_family_is_made_of = classes()
            .that()
            .resideOutsideOfPackages(ROOT + "family..", ROOT + "benchmarks..")
            .should(knowNoPartOfAFamilyOutsideOfItsRoom());

    /** Types of which families have their own. */
    private static final Set<Class<?>> PARTS_OF_FAMILIES = Set.of(
            ModelFamily.class,
            CheckpointFormat.class,
            PromptEncoder.class,
            Denoiser.class,
            ImageDecoder.class,
            NoiseProcess.class,
            LoraRules.class,
            FamilyProfile.class);

    private static ArchCondition<JavaClass> knowNoPartOfAFamilyOutsideOfItsRoom() {
        return new ArchCondition<>("know no part of a family outside of the room that it is in") {
            @Override
            public void check(JavaClass user, ConditionEvents events) {
                user.getDirectDependenciesFromSelf().stream()
                        .filter(dependency -> isPartOfAFamily(dependency.getTargetClass()))
                        .filter(dependency ->
                                !dependency.getTargetClass().getPackageName().equals(user.getPackageName()))
                        .forEach(dependency ->
                                events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription())));
            }
        };
    }

    private static boolean isPartOfAFamily(JavaClass type) {
        return PARTS_OF_FAMILIES.stream().anyMatch(part -> type.isAssignableTo(part) && !type.isEquivalentTo(part));
    }

    /** DJL's bridge ends the process at types that libtorch's side does not know. */
    @ArchTest
    static final ArchRule only_torch_chooses_data_types = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + "torch..")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(DataType.class);

    /** DJL's own way leaves them in Java's memory, which is not aligned. */
    @ArchTest
    static final ArchRule numbers_enter_arrays_by_one_way =
            noClasses().that().resideOutsideOfPackage(ROOT + "torch..").should().accessTargetWhere(makesAnArray());

    /** DJL's own ways leave copies from a GPU with the owner of the array. */
    @ArchTest
    static final ArchRule numbers_leave_arrays_by_one_way = noClasses()
            .that()
            .doNotBelongToAnyOf(HostNumbers.class, HostType.class)
            .should()
            .accessTargetWhere(readsNumbers());

    /** Who embeds the engine gets neither its settings on disk nor what these need. */
    @ArchTest
    static final ArchRule engine_uses_no_workspace_yaml_and_charts = noClasses()
            .that()
            .resideOutsideOfPackages(ROOT + "workspace..", ROOT + "batch..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ROOT + "workspace..", ROOT + "batch..", "org.yaml..", "org.knowm..");

    @ArchTest
    static final ArchRule only_file_formats_use_json = noClasses()
            .that()
            .resideOutsideOfPackages(
                    ROOT + "checkpoint..",
                    ROOT + "lora..",
                    ROOT + "leco..",
                    ROOT + "engine..",
                    ROOT + "workspace..",
                    ROOT + "batch..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.fasterxml..");

    @ArchTest
    static final ArchRule classes_are_named_after_what_they_are = noClasses()
            .should()
            .haveSimpleNameEndingWith("Utils")
            .orShould()
            .haveSimpleNameEndingWith("Util")
            .orShould()
            .haveSimpleNameEndingWith("Manager")
            .orShould()
            .haveSimpleNameEndingWith("Impl")
            .orShould()
            .haveSimpleNameEndingWith("Helper");

    @ArchTest
    static final ArchRule nothing_static_changes =
            fields().that().areStatic().should().beFinal();

    @ArchTest
    static final ArchRule nothing_prints = noClasses().should(ACCESS_STANDARD_STREAMS);

    @ArchTest
    static final ArchRule nothing_logs_past_slf4j = NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

    /**
     * A file that {@code RegularFile} does not open may be a link, or a pipe that hangs the program. Contracts and test
     * doubles work in folders of their own.
     */
    @ArchTest
    static final ArchRule files_are_written_in_one_room = noClasses()
            .that()
            .resideOutsideOfPackages(ROOT + "internal.file..", ROOT + "testing..")
            .should(callCodeUnitWhere(opensOrChangesFiles()));

    private static DescribedPredicate<JavaCall<?>> opensOrChangesFiles() {
        Set<String> ofFiles = Set.of(
                "write",
                "writeString",
                "newOutputStream",
                "newBufferedWriter",
                "newByteChannel",
                "copy",
                "move",
                "createFile",
                "createTempFile",
                "createLink",
                "createSymbolicLink");
        Set<String> writers = Set.of("java.io.FileOutputStream", "java.io.FileWriter", "java.io.RandomAccessFile");
        return DescribedPredicate.describe("opens or changes files", call -> {
            String owner = call.getTargetOwner().getName();
            return (owner.equals("java.nio.file.Files") && ofFiles.contains(call.getName()))
                    || (owner.endsWith("FileChannel") && Set.of("open", "map").contains(call.getName()))
                    || writers.contains(owner)
                    || (owner.equals("javax.imageio.ImageIO")
                            && call.getTarget().getRawParameterTypes().stream()
                                    .anyMatch(type -> type.isEquivalentTo(File.class)));
        });
    }

    private static DescribedPredicate<JavaAccess<?>> makesAnArray() {
        return DescribedPredicate.describe(
                "makes an array",
                access -> access.getTarget().getOwner().isAssignableTo(NDManager.class)
                        && access.getTarget() instanceof CodeUnitAccessTarget made
                        && made.getRawReturnType().isAssignableTo(NDArray.class));
    }

    private static DescribedPredicate<JavaAccess<?>> readsNumbers() {
        return DescribedPredicate.describe(
                "reads the numbers of an array",
                access -> access.getTarget().getOwner().isAssignableTo(NDArray.class)
                        && READING.matcher(access.getTarget().getName()).matches());
    }
}
