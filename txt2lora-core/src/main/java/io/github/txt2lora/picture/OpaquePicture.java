package io.github.txt2lora.picture;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/** Pictures of any colour model in plain RGB, over white where they are transparent. */
final class OpaquePicture {

    private static final int WHITE = 255;

    private OpaquePicture() {}

    static BufferedImage of(BufferedImage picture) {
        ColorModel model = picture.getColorModel();
        boolean grey = model.getColorSpace().getType() == ColorSpace.TYPE_GRAY && !(model instanceof IndexColorModel);
        return grey ? ofGrey(picture) : ofColour(picture);
    }

    private static BufferedImage ofColour(BufferedImage picture) {
        BufferedImage opaque = blank(picture);
        Graphics2D graphics = opaque.createGraphics();
        try {
            graphics.setColor(Color.WHITE);
            graphics.fillRect(0, 0, opaque.getWidth(), opaque.getHeight());
            graphics.drawImage(picture, 0, 0, null);
        } finally {
            graphics.dispose();
        }
        return opaque;
    }

    /** Java takes grey samples for linear light, which files' are not, and would brighten them. */
    private static BufferedImage ofGrey(BufferedImage picture) {
        BufferedImage opaque = blank(picture);
        Raster samples = picture.getRaster();
        ColorModel model = picture.getColorModel();
        boolean premultiplied = model.isAlphaPremultiplied();
        double most = (1L << model.getComponentSize(0)) - 1;
        for (int y = 0; y < picture.getHeight(); y++) {
            for (int x = 0; x < picture.getWidth(); x++) {
                double grey = samples.getSample(x, y, 0) / most;
                double alpha = model.hasAlpha() ? samples.getSample(x, y, 1) / most : 1;
                double shown = (premultiplied ? grey : grey * alpha) + 1 - alpha;
                int level = (int) Math.round(WHITE * Math.min(shown, 1));
                opaque.setRGB(x, y, level << 16 | level << 8 | level);
            }
        }
        return opaque;
    }

    private static BufferedImage blank(BufferedImage like) {
        return new BufferedImage(like.getWidth(), like.getHeight(), BufferedImage.TYPE_INT_RGB);
    }
}
