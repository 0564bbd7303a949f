package io.github.txt2lora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import me.tongfei.progressbar.ProgressBarConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TerminalBarsTest {

    private final StringWriter written = new StringWriter();
    private final TerminalBars bars = new TerminalBars(new PrintWriter(written), 80);

    @Test
    void what_is_printed_comes_above_the_bars() {
        ProgressBarConsumer first = bars.newBar();
        ProgressBarConsumer second = bars.newBar();
        first.accept("first 1/2");
        second.accept("second 1/2");
        bars.println("saved");
        first.accept("first 2/2");

        assertThat(screen()).containsExactly("saved", "first 2/2", "second 1/2", "");
    }

    @Test
    void a_bar_that_is_closed_stays_above_those_that_go_on() {
        ProgressBarConsumer first = bars.newBar();
        ProgressBarConsumer second = bars.newBar();
        first.accept("first 1/2");
        second.accept("second 1/2");
        second.close();
        bars.println("saved");
        first.accept("first 2/2");
        first.close();

        assertThat(screen()).containsExactly("second 1/2", "saved", "first 2/2", "");
    }

    @Test
    void what_the_terminal_shows_of_a_key_is_overwritten() {
        written.write("^C");
        bars.println("cancelled");

        assertThat(screen()).containsExactly("cancelled", "");
    }

    @ParameterizedTest
    @CsvSource({"24 100, 100", "24 3, 20", "0 0, 80", "'', 80", "24, 80"})
    void width_is_what_stty_says_or_the_usual_one(String size, int columns) {
        assertThat(TerminalWidth.parse(size)).isEqualTo(columns);
    }

    /** The final content of a terminal; the cursor stands at the start of the last line. */
    private List<String> screen() {
        List<String> lines = new ArrayList<>(List.of(""));
        int row = 0;
        String text = written.toString().replaceAll("\u001b\\[\\?7[lh]", "").replace("\r\n", "\n");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\u001b') {
                int end = i + 2;
                while (Character.isDigit(text.charAt(end))) {
                    end++;
                }
                if (text.charAt(end) == 'A') {
                    row -= Integer.parseInt(text.substring(i + 2, end));
                } else {
                    assertThat(text.charAt(end)).isEqualTo('J');
                    lines.subList(row + 1, lines.size()).clear();
                    lines.set(row, "");
                }
                i = end;
            } else if (c == '\n') {
                row++;
                if (row == lines.size()) {
                    lines.add("");
                }
            } else if (c != '\r') {
                lines.set(row, lines.get(row) + c);
            }
        }
        return lines;
    }
}
