package io.github.txt2lora.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.csv.CsvFactory;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.internal.FirstFew;
import io.github.txt2lora.internal.NearestWord;
import io.github.txt2lora.internal.file.RegularFile;
import io.github.txt2lora.workspace.LoraDraft;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A list of characters as spreadsheets write it: CSV with a line of titles and then a line for each character,
 * separated by commas, semicolons or tabs.
 */
final class CharacterTable {

    private static final String NAME = "name";

    /** Thousands of characters still fit. */
    private static final int MOST_BYTES = 8 << 20;

    private static final int MOST_TOLD = 20;

    private static final String SEPARATORS = ",;\t";

    /** The line that tells Excel the separator. */
    private static final Pattern SEPARATOR_LINE = Pattern.compile("\\A\"?sep=([,;\t])\"?(?=\\R|\\z)");

    private static final Pattern LINE_BREAK = Pattern.compile("\\s*\\R\\s*");

    private record Row(int line, List<String> cells) {

        boolean isEmpty() {
            return cells.stream().allMatch(String::isEmpty);
        }
    }

    private final Path file;
    private final List<String> problems = new ArrayList<>();

    private CharacterTable(Path file) {
        this.file = file;
    }

    /**
     * The characters of a table.
     *
     * @param defaults values for cells that are empty or in no column, by the keys of {@link LoraDraft}
     * @throws InvalidSettingException if the file is missing, too large, not UTF-8 or no such table; the message names
     *     the line of everything that is wrong
     * @throws StorageException if the file cannot be read
     */
    static List<LoraDraft> read(Path file, Map<String, String> defaults) {
        CharacterTable table = new CharacterTable(file);
        List<Row> rows = table.rows(table.text());
        if (rows.isEmpty()) {
            throw new InvalidSettingException(file + " is empty; expected a line of titles, such as"
                    + " name,positive,neutral, and then a line for each character");
        }
        List<String> columns = table.columns(rows.get(0));
        table.throwIfAny();
        List<LoraDraft> drafts = new ArrayList<>();
        for (Row row : rows.subList(1, rows.size())) {
            table.draft(row, columns, defaults).ifPresent(drafts::add);
        }
        table.throwIfAny();
        if (drafts.isEmpty()) {
            throw new InvalidSettingException(
                    file + " has titles but no characters; expected a line for each, below the titles");
        }
        return drafts;
    }

    private String text() {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new InvalidSettingException(
                    file + " is a folder, device or pipe; expected a list of characters in CSV");
        }
        try (FileChannel channel = RegularFile.openToRead(file);
                InputStream in = Channels.newInputStream(channel)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new InvalidSettingException(
                        file + " is too large for a list of characters; expected at most " + MOST_BYTES + " bytes");
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.startsWith("\ufeff") ? text.substring(1) : text;
        } catch (NoSuchFileException e) {
            throw new InvalidSettingException("there is no file " + file + "; expected a list of characters in CSV", e);
        } catch (CharacterCodingException e) {
            throw new InvalidSettingException(
                    file + " is not encoded in UTF-8; save it as \"CSV UTF-8\", as spreadsheets call it", e);
        } catch (IOException e) {
            throw new StorageException("Cannot read " + file + ": " + e, e);
        }
    }

    /** All rows with something in them. */
    private List<Row> rows(String text) {
        var given = SEPARATOR_LINE.matcher(text);
        char separator = given.find() ? given.group(1).charAt(0) : separator(text);
        List<Row> rows = new ArrayList<>();
        int line = 1;
        try (CsvParser parser = CsvFactory.builder()
                .enable(CsvParser.Feature.TRIM_SPACES)
                .build()
                .createParser(given.replaceFirst(""))) {
            parser.setSchema(CsvSchema.emptySchema().withColumnSeparator(separator));
            while (parser.nextToken() == JsonToken.START_ARRAY) {
                line = parser.currentLocation().getLineNr();
                List<String> cells = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    cells.add(LINE_BREAK.matcher(parser.getText().strip()).replaceAll(" "));
                }
                rows.add(new Row(line, cells));
            }
        } catch (JsonProcessingException e) {
            throw new InvalidSettingException(at(line) + "not valid CSV: " + Excerpt.of(e.getOriginalMessage())
                    + "; write a value with a separator, quote or line break in quotes, and each quote in it twice");
        } catch (IOException e) {
            throw new StorageException("Cannot read " + file + ": " + e, e);
        }
        rows.removeIf(Row::isEmpty);
        return rows;
    }

    /** The one that the titles are separated by, which have no such characters in them. */
    private static char separator(String text) {
        String titles = text.lines().filter(line -> !line.isBlank()).findFirst().orElse("");
        return (char) titles.chars()
                .filter(c -> SEPARATORS.indexOf(c) >= 0)
                .findFirst()
                .orElse(SEPARATORS.charAt(0));
    }

    /** The keys of the columns; an empty one for a column without a title. */
    private List<String> columns(Row titles) {
        List<String> columns = new ArrayList<>();
        Set<String> known = new LinkedHashSet<>(List.of(NAME));
        known.addAll(LoraDraft.keys());
        for (String title : titles.cells()) {
            String key = title.toLowerCase(Locale.ROOT).replaceAll("[\\s-]+", "_");
            if (!key.isEmpty() && columns.contains(key)) {
                problems.add(at(titles.line()) + "the column " + key + " is there twice; remove one of them");
            } else if (!key.isEmpty() && !known.contains(key)) {
                problems.add(at(titles.line()) + "the column " + Excerpt.quoted(title) + " is unknown; "
                        + NearestWord.closeTo(key, known)
                                .map(near -> "did you mean " + near + "?")
                                .orElse("expected name or a key of prompts or settings, such as positive, neutral or"
                                        + " rank"));
            }
            columns.add(key);
        }
        if (!columns.contains(NAME)) {
            problems.add(at(titles.line()) + "there is no column name; expected titles such as name,positive,neutral");
        }
        return columns;
    }

    private Optional<LoraDraft> draft(Row row, List<String> columns, Map<String, String> defaults) {
        int count = problems.size();
        Map<String, String> cells = new LinkedHashMap<>();
        for (int i = 0; i < row.cells().size(); i++) {
            String cell = row.cells().get(i);
            if (!cell.isEmpty() && i >= columns.size()) {
                problems.add(at(row.line()) + "there are " + row.cells().size() + " values, but " + columns.size()
                        + " titles; write a value with a separator in it in quotes");
                break;
            } else if (!cell.isEmpty() && columns.get(i).isEmpty()) {
                problems.add(
                        at(row.line()) + Excerpt.quoted(cell) + " stands in a column without a title; give it one");
            } else if (!cell.isEmpty()) {
                cells.put(columns.get(i), cell);
            }
        }
        String name = cells.remove(NAME);
        if (name == null) {
            problems.add(at(row.line()) + "name is missing; expected the name of a LoRA");
        }
        if (name == null || problems.size() > count) {
            return Optional.empty();
        }
        Map<String, String> values = new LinkedHashMap<>(defaults);
        values.putAll(cells);
        return Optional.of(new LoraDraft(name, values, Optional.of(file), row.line()));
    }

    private String at(int line) {
        return file + ", line " + line + ": ";
    }

    private void throwIfAny() {
        if (!problems.isEmpty()) {
            List<String> told =
                    new ArrayList<>(problems.stream().limit(MOST_TOLD).toList());
            if (problems.size() > MOST_TOLD) {
                told.add(file + ": and " + FirstFew.more(problems.size() - MOST_TOLD));
            }
            throw new InvalidSettingException(String.join("\n", told));
        }
    }
}
