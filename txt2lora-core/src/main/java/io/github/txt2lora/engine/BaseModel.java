package io.github.txt2lora.engine;

import io.github.txt2lora.diffusion.NoiseProcess;
import io.github.txt2lora.family.FamilyProfile;

/** The parts of the base model that a LoRA's metadata need. */
record BaseModel(FamilyProfile profile, NoiseProcess noiseProcess) {}
