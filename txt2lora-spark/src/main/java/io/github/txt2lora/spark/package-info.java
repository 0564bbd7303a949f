@org.jspecify.annotations.NullMarked
package io.github.txt2lora.spark;
