package io.github.txt2lora.batch;

import io.github.txt2lora.internal.file.Sha256;
import java.util.Base64;
import java.util.HexFormat;

/** The beginning of the pages about a batch: their style, and what they may load. */
final class PageHead {

    /**
     * Reloads the page where nobody is in the middle of something: reading an open part, marking text, looking at another
     * tab. Scrolling and the focus stay. A page that was not written for long belongs to a batch that was stopped.
     */
    private static final String SCRIPT = """
            const box = document.getElementById('refresh');
            const note = document.getElementById('note');
            const every = Number(document.body.dataset.seconds) * 1000;
            const written = Number(document.body.dataset.written);
            const places = () => [...document.querySelectorAll('a, summary, input')];
            const kept = key => { try { return sessionStorage.getItem(key); } catch { return null; } };
            const keep = (key, value) => { try { sessionStorage.setItem(key, value); } catch { } };
            if (kept('page') === location.pathname) {
              scrollTo(0, Number(kept('scroll')));
              places()[Number(kept('focus'))]?.focus({ preventScroll: true });
            }
            keep('page', '');
            const why = () => {
              if (!box.checked) return 'Refreshing is off.';
              if (document.querySelector('details[open]')) return 'Refreshing waits until what is open is closed.';
              if (String(getSelection())) return 'Refreshing waits as long as text is marked.';
              return '';
            };
            setInterval(() => {
              const minutes = Math.floor((Date.now() - written) / 60000);
              note.textContent = why() || (minutes < 5 ? ''
                : 'Not written for ' + minutes + ' minutes. If the batch was stopped, start it again: it resumes.');
            }, 500);
            setInterval(() => {
              if (why() || document.hidden) return;
              keep('page', location.pathname);
              keep('scroll', scrollY);
              keep('focus', places().indexOf(document.activeElement));
              location.reload();
            }, every);
            """;

    private static final String START = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:""";

    private static final String STYLE = """
            <meta name="viewport" content="width=device-width">
            <title>Txt2Lora report</title>
            <style>
            :root { color-scheme: light dark; --text: #222; --page: #fff; --line: #ccc; --bad: #b00020; --wait: #8a5a00;
              --warn: #fdecea; --link: #1f4e9c; --pale: #8aa3cf; --strong: #1f4e9c; --faint: #595959; }
            @media (prefers-color-scheme: dark) {
              :root { --text: #ddd; --page: #1b1b1d; --line: #4a4a4e; --bad: #ff8a94; --wait: #e8b04a; --warn: #40262a;
                --link: #9dbdf2; --pale: #5f7399; --strong: #9dbdf2; --faint: #a8a8ad; }
            }
            body { font: 15px/1.4 sans-serif; margin: 2em auto; max-width: 70em; padding: 0 1em; color: var(--text);
              background: var(--page); }
            h2 { margin-top: 2em; overflow-wrap: anywhere; }
            h3 { font-size: 1em; margin: 1.5em 0 .3em; overflow-wrap: anywhere; }
            p, .summary th { overflow-wrap: anywhere; }
            table { border-collapse: collapse; margin: .5em 0; }
            th, td { border: 1px solid var(--line); padding: .2em .6em; text-align: left; vertical-align: top; }
            td { overflow-wrap: anywhere; white-space: pre-wrap; }
            .summary td, .summary thead th { overflow-wrap: normal; white-space: nowrap; }
            a { color: var(--link); }
            img { max-width: 100%; height: auto; display: block; margin: 1em 0; }
            .chart { overflow-x: auto; }
            .chart img { min-width: 38em; }
            pre { background: var(--warn); padding: .6em; white-space: pre-wrap; overflow-wrap: anywhere; }
            .failed { color: var(--bad); } .interrupted { color: var(--wait); }
            .strip { display: grid; grid-template-columns: repeat(auto-fill, minmax(7em, 1fr)); gap: .6em; padding: 0;
              margin: 0; list-style: none; }
            .strip figure { margin: 0; } .strip img { margin: 0; width: 100%; }
            .strip figcaption, .faint { color: var(--faint); }
            progress { width: 100%; height: 1.2em; accent-color: var(--strong); }
            .curves { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22em), 1fr)); gap: 1em; }
            .curve { margin: 0; }
            .plot { display: grid; grid-template: 10em auto / auto 1fr; column-gap: .4em; font-size: .85em; }
            .plot svg { width: 100%; height: 100%; border: 1px solid var(--line); border-width: 0 0 1px 1px;
              overflow: visible; }
            .plot polyline { fill: none; stroke-width: 1.5; vector-effect: non-scaling-stroke; }
            .plot .single { stroke: var(--pale); stroke-width: 1; } .plot .mean { stroke: var(--strong); }
            .plot .y, .plot .x { display: flex; justify-content: space-between; color: var(--faint); }
            .plot .y { flex-direction: column; text-align: right; } .plot .x { grid-column: 2; }
            @media (max-width: 40em) {
              .summary, .summary thead, .summary tbody { display: block; }
              .summary tr { display: grid; grid-template-columns: 6em 1fr 1fr 6em; }
              .summary tr > :first-child { grid-column: 1 / -1; }
              .summary th, .summary td { padding: .2em .3em; margin: 0 -1px -1px 0; white-space: normal; }
            }
            </style>
            </head>
            """;

    private PageHead() {}

    /** Of a page that is complete and loads nothing. */
    static String ofFinal() {
        return START + "\">\n" + STYLE + "<body>\n";
    }

    /**
     * Of a page that refreshes itself and shows images that lie beside it.
     *
     * @param seconds between two refreshes
     * @param writtenMillis when it was written
     */
    static String ofLive(int seconds, long writtenMillis) {
        return START + " file: 'self'; script-src 'sha256-" + digest() + "'\">\n"
                + "<noscript><meta http-equiv=\"refresh\" content=\"" + 3 * seconds + "\"></noscript>\n" + STYLE
                + "<body data-seconds=\"" + seconds + "\" data-written=\"" + writtenMillis + "\">\n";
    }

    /** The end of a page that refreshes itself, where all that the script looks for is there. */
    static String endOfLive() {
        return "<script>\n" + SCRIPT + "</script>\n</body>\n</html>\n";
    }

    private static String digest() {
        return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(Sha256.of("\n" + SCRIPT)));
    }
}
