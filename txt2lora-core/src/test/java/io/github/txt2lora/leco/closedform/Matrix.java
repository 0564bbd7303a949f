package io.github.txt2lora.leco.closedform;

import java.util.Random;

/** A matrix for checking linear algebra by its definition. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Matrix(double[][] elements) {

    static Matrix of(float[] values, int offset, int rows, int columns) {
        return make(rows, columns, (i, j) -> values[offset + i * columns + j]);
    }

    static Matrix random(Random random, int rows, int columns) {
        return make(rows, columns, (i, j) -> random.nextGaussian());
    }

    static Matrix identity(int size) {
        return make(size, size, (i, j) -> i == j ? 1 : 0);
    }

    @FunctionalInterface
    private interface Element {
        double at(int row, int column);
    }

    private static Matrix make(int rows, int columns, Element element) {
        double[][] elements = new double[rows][columns];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                elements[i][j] = element.at(i, j);
            }
        }
        return new Matrix(elements);
    }

    int rows() {
        return elements.length;
    }

    int columns() {
        return elements[0].length;
    }

    double[] row(int i) {
        return elements[i];
    }

    float[] values() {
        float[] values = new float[rows() * columns()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) elements[i / columns()][i % columns()];
        }
        return values;
    }

    Matrix transposed() {
        return make(columns(), rows(), (i, j) -> elements[j][i]);
    }

    Matrix plus(Matrix other) {
        return make(rows(), columns(), (i, j) -> elements[i][j] + other.elements[i][j]);
    }

    Matrix minus(Matrix other) {
        return plus(other.times(-1));
    }

    Matrix times(double factor) {
        return make(rows(), columns(), (i, j) -> elements[i][j] * factor);
    }

    Matrix times(Matrix other) {
        double[][] product = new double[rows()][other.columns()];
        for (int i = 0; i < rows(); i++) {
            for (int k = 0; k < columns(); k++) {
                for (int j = 0; j < other.columns(); j++) {
                    product[i][j] += elements[i][k] * other.elements[k][j];
                }
            }
        }
        return new Matrix(product);
    }

    /** The sum of the products of elements in the same places. */
    double dot(Matrix other) {
        double sum = 0;
        for (int i = 0; i < rows(); i++) {
            for (int j = 0; j < columns(); j++) {
                sum += elements[i][j] * other.elements[i][j];
            }
        }
        return sum;
    }

    /** The sum of all squares. */
    double square() {
        return dot(this);
    }

    /** By Gauss and Jordan, for matrices that are symmetric and positive. */
    Matrix inverse() {
        int size = rows();
        double[][] left = make(size, size, (i, j) -> elements[i][j]).elements;
        double[][] right = identity(size).elements;
        for (int pivot = 0; pivot < size; pivot++) {
            double divisor = left[pivot][pivot];
            for (int j = 0; j < size; j++) {
                left[pivot][j] /= divisor;
                right[pivot][j] /= divisor;
            }
            for (int i = 0; i < size; i++) {
                double factor = i == pivot ? 0 : left[i][pivot];
                for (int j = 0; j < size; j++) {
                    left[i][j] -= factor * left[pivot][j];
                    right[i][j] -= factor * right[pivot][j];
                }
            }
        }
        return new Matrix(right);
    }
}
