package io.github.txt2lora;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Builders, records and what may be absent look alike everywhere. */
class ValueConventionsTest {

    static Stream<Class<?>> publicTypes() {
        return new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("io.github.txt2lora").stream()
                        .filter(type -> Stream.of(
                                        "io.github.txt2lora", "io.github.txt2lora.image", "io.github.txt2lora.ops")
                                .anyMatch(type.getPackageName()::equals))
                        .map(JavaClass::reflect)
                        .filter(ValueConventionsTest::isPublic);
    }

    static Stream<Class<?>> buildersOfRecords() {
        return publicTypes()
                .filter(type -> type.getSimpleName().equals("Builder")
                        && type.getDeclaringClass().isRecord());
    }

    static Stream<Class<?>> records() {
        return publicTypes().filter(Class::isRecord);
    }

    @ParameterizedTest
    @MethodSource("records")
    void what_may_be_absent_is_an_optional_where_it_is_read(Class<?> type) {
        for (RecordComponent component : type.getRecordComponents()) {
            assertThat(isNullable(component.getAnnotatedType()))
                    .as("%s.%s may be null; expected an Optional", type.getName(), component.getName())
                    .isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("buildersOfRecords")
    void null_means_nothing_to_a_builder(Class<?> builder) {
        for (Method method : builder.getDeclaredMethods()) {
            assertThat(method.getAnnotatedParameterTypes())
                    .as(method.toString())
                    .noneMatch(parameter -> isNullable(parameter));
        }
    }

    @ParameterizedTest
    @MethodSource("buildersOfRecords")
    void a_builder_sets_each_component_by_its_name_and_copies_its_record(Class<?> builder) throws Exception {
        Class<?> type = builder.getDeclaringClass();
        List<String> setters =
                Arrays.stream(builder.getMethods()).map(Method::getName).toList();
        List<String> components = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getName)
                .filter(name ->
                        type != PromptPair.class || !List.of("target", "action").contains(name))
                // the sides of images are given together
                .map(name ->
                        type == PromptPair.class && List.of("height", "width").contains(name) ? "resolution" : name)
                .toList();

        assertThat(setters).containsAll(components).contains("build");
        assertThat(type.getMethod("toBuilder").getReturnType()).isEqualTo(builder);
    }

    @ParameterizedTest
    @MethodSource("records")
    void a_changed_copy_is_made_by_a_method_called_with(Class<?> type) {
        List<String> components = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getName)
                .toList();

        assertThat(Arrays.stream(type.getMethods())
                        .filter(method -> !Modifier.isStatic(method.getModifiers())
                                && method.getReturnType() == type
                                && components.contains(method.getName())
                                && method.getParameterCount() > 0))
                .isEmpty();
    }

    private static boolean isPublic(Class<?> type) {
        return Modifier.isPublic(type.getModifiers())
                && Optional.<Class<?>>ofNullable(type.getDeclaringClass())
                        .map(ValueConventionsTest::isPublic)
                        .orElse(true);
    }

    private static boolean isNullable(AnnotatedType type) {
        return type.isAnnotationPresent(Nullable.class);
    }
}
