/**
 * Tracks trainings and batches in <a href="https://mlflow.org">MLflow</a>: a run for each training, with its settings as
 * parameters, its iterations as metrics, and LoRA, previews and report as artifacts.
 */
@NullMarked
package io.github.txt2lora.mlflow;

import org.jspecify.annotations.NullMarked;
