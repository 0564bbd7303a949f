package io.github.txt2lora.engine;

import io.github.txt2lora.diffusion.NoiseProcess;
import io.github.txt2lora.family.FamilyProfile;

/** What of the base model goes into a LoRA's metadata. */
record BaseModel(FamilyProfile profile, NoiseProcess noiseProcess) {}
