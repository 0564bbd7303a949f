package io.github.txt2lora.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.txt2lora.InvalidSettingException;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PictureFileTest {

    /** 8x4: red on the left, transparent blue on the right. */
    private static final String WEBP = "UklGRh4AAABXRUJQVlA4TBIAAAAvB8AAEA8Q87//8x8q+hDR/wA=";

    @TempDir
    Path folder;

    @Test
    void reads_webp_over_white() throws IOException {
        BufferedImage picture =
                new PictureFile(write("a.webp", Base64.getDecoder().decode(WEBP))).read(8, 4);

        assertThat(new Color(picture.getRGB(0, 0))).isEqualTo(Color.RED);
        assertThat(new Color(picture.getRGB(7, 3))).isEqualTo(Color.WHITE);
    }

    @Test
    void half_transparent_pixels_are_mixed_with_white() throws IOException {
        var stored = new BufferedImage(4, 4, BufferedImage.TYPE_INT_ARGB);
        for (int i = 0; i < 16; i++) {
            stored.setRGB(i % 4, i / 4, 0x80000000);
        }

        BufferedImage picture = new PictureFile(write("a.png", encoded(stored, "png"))).read(4, 4);

        assertThat(new Color(picture.getRGB(1, 1)).getGreen()).isBetween(125, 129);
    }

    @ParameterizedTest
    @CsvSource({"10", "11"})
    void grey_keeps_its_brightness(int type) throws IOException {
        var stored = new BufferedImage(4, 4, type);
        int level = type == BufferedImage.TYPE_USHORT_GRAY ? 100 * 257 : 100;
        for (int i = 0; i < 16; i++) {
            stored.getRaster().setSample(i % 4, i / 4, 0, level);
        }

        BufferedImage picture = new PictureFile(write("a.png", encoded(stored, "png"))).read(4, 4);

        assertThat(new Color(picture.getRGB(2, 2))).isEqualTo(new Color(100, 100, 100));
    }

    /** The corner that is stored at the top left, red, comes to where EXIF says. */
    @ParameterizedTest
    @CsvSource({
        "1,left,top", "2,right,top", "3,right,bottom", "4,left,bottom",
        "5,left,top", "6,right,top", "7,right,bottom", "8,left,bottom"
    })
    void turns_and_mirrors_as_exif_says(int orientation, String column, String row) throws IOException {
        var stored = new BufferedImage(64, 32, BufferedImage.TYPE_INT_RGB);
        stored.createGraphics().fillRect(0, 0, 64, 32);
        for (int i = 0; i < 16 * 16; i++) {
            stored.setRGB(i % 16, i / 16, 0xFF0000);
        }
        boolean turned = orientation > 4;
        int width = turned ? 32 : 64;
        int height = turned ? 64 : 32;

        BufferedImage picture = new PictureFile(write("a.jpg", withOrientation(encoded(stored, "jpeg"), orientation)))
                .read(width, height);

        int x = column.equals("left") ? 4 : width - 5;
        int y = row.equals("top") ? 4 : height - 5;
        assertThat(new Color(picture.getRGB(x, y)).getGreen()).isLessThan(60);
        assertThat(new Color(picture.getRGB(width - 1 - x, y)).getGreen()).isGreaterThan(200);
        assertThat(new Color(picture.getRGB(x, height - 1 - y)).getGreen()).isGreaterThan(200);
    }

    @Test
    void cuts_the_middle_out_of_a_wide_picture() throws IOException {
        var stored = new BufferedImage(300, 100, BufferedImage.TYPE_INT_RGB);
        var graphics = stored.createGraphics();
        graphics.setColor(Color.GREEN);
        graphics.fillRect(100, 0, 100, 100);

        BufferedImage picture = new PictureFile(write("a.png", encoded(stored, "png"))).read(16, 16);

        assertThat(new Color(picture.getRGB(0, 0))).isEqualTo(Color.GREEN);
        assertThat(new Color(picture.getRGB(15, 15))).isEqualTo(Color.GREEN);
    }

    @Test
    void reads_a_picture_30000_pixels_wide_with_gaps() throws IOException {
        var stored = new BufferedImage(30_000, 600, BufferedImage.TYPE_BYTE_GRAY);
        var graphics = stored.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(14_000, 0, 2_000, 600);

        BufferedImage picture = new PictureFile(write("a.png", encoded(stored, "png"))).read(16, 16);

        assertThat(new Color(picture.getRGB(8, 8))).isEqualTo(Color.WHITE);
    }

    @Test
    void refuses_by_its_header_a_picture_that_would_fill_memory() throws IOException {
        byte[] png = encoded(new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB), "png");
        ByteBuffer.wrap(png).putInt(16, 30_000).putInt(20, 30_000);
        var checksum = new CRC32();
        checksum.update(png, 12, 17);
        ByteBuffer.wrap(png).putInt(29, (int) checksum.getValue());

        refuses(write("a.png", png), "30000x30000 pixels; expected at most 64000000 pixels");
    }

    @Test
    void refuses_what_is_no_picture_of_the_formats() throws IOException {
        refuses(write("a.png", "no picture".getBytes(StandardCharsets.UTF_8)), "is no picture that can be read");
        refuses(write("empty.png", new byte[0]), "is no picture that can be read");
        refuses(
                write("gif.png", encoded(new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_INDEXED), "gif")),
                "is a picture in the format gif; expected a PNG, JPEG or WebP picture");
        refuses(folder.resolve("absent.png"), "does not exist; expected a PNG, JPEG or WebP picture");
        refuses(folder, "is a folder; expected a");
    }

    @Test
    void refuses_a_picture_that_was_cut_off() throws IOException {
        byte[] png = encoded(new BufferedImage(200, 200, BufferedImage.TYPE_INT_RGB), "png");
        byte[] webp = Base64.getDecoder().decode(WEBP);

        refuses(write("a.png", Arrays.copyOf(png, png.length / 2)), "is a damaged picture");
        refuses(write("a.webp", Arrays.copyOf(webp, webp.length / 2)), "is a damaged picture");
    }

    private static void refuses(Path file, String message) {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> new PictureFile(file).read(16, 16))
                .withMessageContaining(file.toString())
                .withMessageContaining(message);
    }

    private Path write(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    private static byte[] encoded(BufferedImage picture, String format) throws IOException {
        var bytes = new ByteArrayOutputStream();
        assertThat(ImageIO.write(picture, format, bytes)).isTrue();
        return bytes.toByteArray();
    }

    /** Puts an EXIF segment with one entry behind the start of a JPEG. */
    private static byte[] withOrientation(byte[] jpeg, int orientation) {
        int length = 2 + 6 + 8 + 2 + 12 + 4;
        ByteBuffer exif = ByteBuffer.allocate(jpeg.length + 2 + length);
        exif.put(jpeg, 0, 2).putShort((short) 0xFFE1).putShort((short) length);
        exif.put("Exif\0\0MM".getBytes(StandardCharsets.US_ASCII));
        exif.putShort((short) 42).putInt(8).putShort((short) 1);
        exif.putShort((short) 0x112).putShort((short) 3).putInt(1);
        exif.putShort((short) orientation).putShort((short) 0).putInt(0);
        return exif.put(jpeg, 2, jpeg.length - 2).array();
    }
}
