package io.github.txt2lora.ops;

/**
 * The result of a resize for one module. The three statistics are NaN for a module that is all zero.
 *
 * @param name its name in the file
 * @param oldRank rank before
 * @param rank rank now
 * @param alpha alpha now
 * @param sumRetained sum of the retained singular values, as a fraction of all
 * @param frobeniusRetained Frobenius norm of the result, as a fraction of the original
 * @param maxRatio the largest singular value over the smallest retained one
 */
public record ResizedModule(
        String name,
        int oldRank,
        int rank,
        double alpha,
        double sumRetained,
        double frobeniusRetained,
        double maxRatio) {}
