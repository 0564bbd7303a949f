package io.github.txt2lora.picture;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;

/**
 * Fills a size with the middle of a picture: cut to the size's shape, then resized.
 *
 * @param width in pixels, at least 1
 * @param height in pixels, at least 1
 */
record CentreCrop(int width, int height) {

    BufferedImage of(BufferedImage picture) {
        double scale = Math.max((double) width / picture.getWidth(), (double) height / picture.getHeight());
        int cutWidth = within(width / scale, picture.getWidth());
        int cutHeight = within(height / scale, picture.getHeight());
        BufferedImage cut = picture.getSubimage(
                (picture.getWidth() - cutWidth) / 2, (picture.getHeight() - cutHeight) / 2, cutWidth, cutHeight);
        // in halves, as one large step would skip pixels
        while (cut.getWidth() >= 2 * width && cut.getHeight() >= 2 * height) {
            cut = resized(cut, cut.getWidth() / 2, cut.getHeight() / 2);
        }
        return resized(cut, width, height);
    }

    private static int within(double length, int most) {
        return Math.min(Math.max((int) Math.round(length), 1), most);
    }

    private static BufferedImage resized(BufferedImage picture, int width, int height) {
        var resized = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = resized.createGraphics();
        try {
            graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
            graphics.drawImage(picture, 0, 0, width, height, null);
        } finally {
            graphics.dispose();
        }
        return resized;
    }
}
