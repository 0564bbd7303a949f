package io.github.txt2lora.batch;

import io.github.txt2lora.internal.Excerpt;
import java.util.Base64;

/** Collects HTML; whatever is not a constant of this program goes in as text. */
final class HtmlText {

    private final StringBuilder html = new StringBuilder();

    /** Markup as it is. */
    HtmlText markup(String markup) {
        html.append(markup);
        return this;
    }

    /**
     * Text, which no browser takes for markup, wherever it stands; invisible characters are escaped, and addresses
     * stand without what may be secret.
     */
    HtmlText text(String text) {
        Excerpt.message(text).codePoints().forEach(c -> {
            switch (c) {
                case '&' -> html.append("&amp;");
                case '<' -> html.append("&lt;");
                case '>' -> html.append("&gt;");
                case '"' -> html.append("&quot;");
                case '\'' -> html.append("&#39;");
                default -> html.appendCodePoint(c);
            }
        });
        return this;
    }

    /** An element with text only. */
    HtmlText element(String tag, String text) {
        return markup("<" + tag + ">").text(text).markup("</" + tag + ">");
    }

    /** A row of a table with a heading. */
    HtmlText row(String heading, String text) {
        return markup("<tr>").element("th", heading).element("td", text).markup("</tr>\n");
    }

    /** An image within the page. */
    HtmlText png(byte[] png, String description) {
        return markup("<img src=\"data:image/png;base64,")
                .markup(Base64.getEncoder().encodeToString(png))
                .markup("\" alt=\"")
                .text(description)
                .markup("\">\n");
    }

    @Override
    public String toString() {
        return html.toString();
    }
}
