package io.github.txt2lora.picture;

import com.drew.imaging.ImageMetadataReader;
import com.drew.imaging.ImageProcessingException;
import com.drew.metadata.exif.ExifDirectoryBase;
import com.drew.metadata.exif.ExifIFD0Directory;
import java.awt.image.BufferedImage;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.stream.StreamSupport;

/** How the stored pixels of a picture are to be turned and mirrored to be upright, as EXIF tells. */
enum Orientation {
    UPRIGHT(false, false, false),
    MIRRORED(false, true, false),
    UPSIDE_DOWN(false, true, true),
    UPSIDE_DOWN_MIRRORED(false, false, true),
    TRANSPOSED(true, false, false),
    TURN_RIGHT(true, true, false),
    TRANSVERSED(true, true, true),
    TURN_LEFT(true, false, true);

    private final boolean transposes;
    private final boolean flipsColumns;
    private final boolean flipsRows;

    /** First columns become rows, then columns and rows of the result change their order. */
    Orientation(boolean transposes, boolean flipsColumns, boolean flipsRows) {
        this.transposes = transposes;
        this.flipsColumns = flipsColumns;
        this.flipsRows = flipsRows;
    }

    /**
     * The orientation in the metadata of a PNG, JPEG or WebP file; upright where there is none that can be understood.
     *
     * @throws IOException if the file cannot be read
     */
    static Orientation of(InputStream file) throws IOException {
        try {
            Iterable<ExifIFD0Directory> found =
                    ImageMetadataReader.readMetadata(file).getDirectoriesOfType(ExifIFD0Directory.class);
            int number = StreamSupport.stream(found.spliterator(), false)
                    .map(directory -> directory.getInteger(ExifDirectoryBase.TAG_ORIENTATION))
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElse(1);
            return number >= 1 && number <= values().length ? values()[number - 1] : UPRIGHT;
        } catch (ImageProcessingException | EOFException | RuntimeException e) {
            return UPRIGHT; // whether the picture itself is whole, its decoder says
        }
    }

    /** Whether width and height change their places. */
    boolean transposes() {
        return transposes;
    }

    /** The picture as it is to be seen. */
    BufferedImage upright(BufferedImage stored) {
        if (this == UPRIGHT) {
            return stored;
        }
        int width = transposes ? stored.getHeight() : stored.getWidth();
        int height = transposes ? stored.getWidth() : stored.getHeight();
        var turned = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int column = flipsColumns ? width - 1 - x : x;
                int row = flipsRows ? height - 1 - y : y;
                turned.setRGB(x, y, transposes ? stored.getRGB(row, column) : stored.getRGB(column, row));
            }
        }
        return turned;
    }
}
