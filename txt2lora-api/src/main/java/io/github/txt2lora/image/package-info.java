/** Images: requests, parameters, plots and grids. The engine that trains also draws them. */
@NullMarked
package io.github.txt2lora.image;

import org.jspecify.annotations.NullMarked;
