package io.github.txt2lora.download;

import io.github.txt2lora.internal.DownloadAddress;
import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The addresses of files of Hugging Face that users name by their page or in short. */
final class HuggingFace {

    private static final Pattern SHORT = Pattern.compile("/([^/@]+)(?:@([^/]+))?/(.+)");
    private static final Pattern PAGE = Pattern.compile("(/[^/]+/[^/]+)/blob/(.+)");

    private HuggingFace() {}

    /**
     * The address of the file itself; other addresses are returned as they are.
     *
     * @param site Hugging Face
     */
    static URI resolve(URI address, URI site) {
        if (DownloadAddress.scheme(address).equals("hf")) {
            Matcher parts = SHORT.matcher(address.getRawPath());
            if (parts.matches()) {
                String revision = parts.group(2) == null ? "main" : parts.group(2);
                return site.resolve("/" + address.getRawAuthority() + "/" + parts.group(1) + "/resolve/" + revision
                        + "/" + parts.group(3));
            }
        } else if (site.getRawAuthority().equalsIgnoreCase(address.getRawAuthority())) {
            Matcher parts = PAGE.matcher(address.getRawPath());
            if (parts.matches()) {
                return site.resolve(parts.group(1) + "/resolve/" + parts.group(2));
            }
        }
        return address;
    }
}
