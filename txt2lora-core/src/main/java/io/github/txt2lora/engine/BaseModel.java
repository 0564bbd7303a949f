package io.github.txt2lora.engine;

import io.github.txt2lora.checkpoint.ModelFamily;
import io.github.txt2lora.diffusion.Parameterization;

/** What of the base model goes into a LoRA's metadata. */
record BaseModel(ModelFamily family, Parameterization parameterization) {}
