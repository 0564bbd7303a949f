package io.github.txt2lora.engine;

import io.github.txt2lora.Memory;
import io.github.txt2lora.family.Families;
import io.github.txt2lora.leco.cache.LatentCache;
import io.github.txt2lora.text.ClipTokenizer;
import io.github.txt2lora.torch.Torch;

/**
 * The parts that all trainings and images of an engine share, on its worker thread.
 *
 * @param torch computes everything
 * @param families whose models can be used
 * @param models the loaded models
 * @param tokenizer for prompts
 * @param cache latents and predictions that trainings keep for later ones
 * @param memory the trade of time for memory
 * @param images requests for images whose turn has not come
 */
record EngineParts(
        Torch torch,
        Families families,
        BaseModels models,
        ClipTokenizer tokenizer,
        LatentCache cache,
        Memory memory,
        WaitingImages images) {}
