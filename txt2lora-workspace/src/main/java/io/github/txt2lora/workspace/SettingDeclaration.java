package io.github.txt2lora.workspace;

import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Collects what {@link SettingKey} says of one setting. */
final class SettingDeclaration {

    final SettingPart part;
    final String key;
    final String property;
    String alias = "";
    String leco = "";
    String says = "";
    String unset = "";
    boolean affectsResult = true;
    List<String> masters = List.of();
    BiConsumer<SettingsDraft, SettingKey> reader = (draft, self) -> {};
    BiFunction<LoraSettings, SettingsLayout, Optional<String>> writer = (settings, layout) -> Optional.empty();

    /**
     * Begins with the names of a setting.
     *
     * @param key in Txt2Lora's layout
     * @param property type and component in Java
     */
    SettingDeclaration(SettingPart part, String key, String property) {
        this.part = part;
        this.key = key;
        this.property = property;
    }

    /** Its section and key in LECO's layout. */
    SettingDeclaration leco(String path) {
        leco = path;
        return this;
    }

    /** Another key that means the same. */
    SettingDeclaration alias(String other) {
        alias = other;
        return this;
    }

    /** A sentence about its values for the documentation. */
    SettingDeclaration says(String sentence) {
        says = sentence;
        return this;
    }

    /** The default where nothing is written, for the documentation. */
    SettingDeclaration unset(String meaning) {
        unset = meaning;
        return this;
    }

    /** Its value has no effect on the LoRA or the images. */
    SettingDeclaration withoutEffect() {
        affectsResult = false;
        return this;
    }

    /** It means something only beside another setting, whose change takes it away. */
    SettingDeclaration beside(String... others) {
        masters = List.of(others);
        return this;
    }

    /** It has a value always. */
    <T> SettingDeclaration is(Kind<T> kind, Function<LoraSettings, T> getter, BiConsumer<SettingsDraft, T> setter) {
        return maybe(kind, settings -> Optional.of(getter.apply(settings)), setter);
    }

    /** It may have a value. */
    <T> SettingDeclaration maybe(
            Kind<T> kind, Function<LoraSettings, Optional<T>> getter, BiConsumer<SettingsDraft, T> setter) {
        return maybe(layout -> kind, getter, setter);
    }

    /** It may have a value, which LECO writes otherwise. */
    <T> SettingDeclaration maybe(
            Function<SettingsLayout, Kind<T>> kinds,
            Function<LoraSettings, Optional<T>> getter,
            BiConsumer<SettingsDraft, T> setter) {
        reader = (draft, self) -> draft.set(
                self, draft.keys().value(self, kinds.apply(draft.keys().layout())), setter);
        writer = (settings, layout) ->
                getter.apply(settings).map(kinds.apply(layout).writer());
        return this;
    }

    /** It is a list. */
    <T> SettingDeclaration list(
            Kind<T> kind, Function<LoraSettings, List<T>> getter, BiConsumer<SettingsDraft, List<T>> setter) {
        reader = (draft, self) -> draft.set(self, draft.keys().values(self, kind), setter);
        writer = (settings, layout) -> Optional.of("["
                + String.join(
                        ", ", getter.apply(settings).stream().map(kind.writer()).toList())
                + "]");
        return this;
    }

    /** It is read together with others. */
    SettingDeclaration reads(BiConsumer<SettingsDraft, SettingKey> how) {
        reader = how;
        return this;
    }

    /** It is written as YAML; null where it is not written. */
    SettingDeclaration writes(Function<LoraSettings, @Nullable String> how) {
        writer = (settings, layout) -> Optional.ofNullable(how.apply(settings));
        return this;
    }
}
