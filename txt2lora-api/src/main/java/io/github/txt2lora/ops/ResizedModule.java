package io.github.txt2lora.ops;

/**
 * What is left of a module after a resize. The three statistics are NaN for a module that is all zero.
 *
 * @param name as the file names it
 * @param oldRank rank before
 * @param rank rank now
 * @param alpha alpha now
 * @param sumRetained sum of the singular values kept, as a fraction of all
 * @param frobeniusRetained Frobenius norm of what is kept, as a fraction of the whole
 * @param maxRatio the largest singular value over the smallest one kept
 */
public record ResizedModule(
        String name,
        int oldRank,
        int rank,
        double alpha,
        double sumRetained,
        double frobeniusRetained,
        double maxRatio) {}
