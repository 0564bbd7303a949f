package io.github.txt2lora.samples;

import io.github.txt2lora.InvalidSettingException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A character as a line of {@code characters.csv} describes it.
 *
 * @param name the word that will mean the character
 * @param hair its cut, for example {@code short hair}
 * @param hairColour for example {@code black}
 * @param eyes their colour
 * @param outfit {@code maid}, {@code miko}, {@code school} or {@code hoodie}
 * @param extra one more tag
 */
record CharacterSheet(String name, String hair, String hairColour, String eyes, String outfit, String extra) {

    private static final int COLUMNS = 6;

    /** The parts of each outfit; one tag alone says less than the parts that go with it. */
    private static final Map<String, String> OUTFITS = Map.of(
            "maid", "maid uniform,maid apron,maid headdress,frilled skirt,sleeves",
            "miko", "japanese miko clothes,white kimono,red hakama",
            "school", "school uniform,sailor collar,blue skirt",
            "hoodie", "yellow hoodie,blue shorts");

    /** Reads the resource {@code characters.csv}: a line of titles, then a character a line, without quotes. */
    static List<CharacterSheet> readAll() {
        try (var reader = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(CharacterSheet.class.getResourceAsStream("characters.csv")),
                StandardCharsets.UTF_8))) {
            return reader.lines().skip(1).map(CharacterSheet::parse).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CharacterSheet parse(String line) {
        String[] cells = line.split(",", -1);
        if (cells.length != COLUMNS) {
            throw new InvalidSettingException(
                    "the line \"" + line + "\" has " + cells.length + " cells; expected " + COLUMNS);
        }
        return new CharacterSheet(cells[0], cells[1], cells[2], cells[3], cells[4], cells[5]);
    }

    /** The tags that describe the character. */
    String look() {
        String clothes = OUTFITS.get(outfit);
        if (clothes == null) {
            throw new InvalidSettingException(
                    "the outfit of " + name + " is \"" + outfit + "\"; expected one of " + OUTFITS.keySet());
        }
        return String.join(",", hair, hairColour + " hair", eyes + " eyes", clothes, extra);
    }
}
