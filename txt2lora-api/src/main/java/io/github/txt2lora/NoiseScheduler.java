package io.github.txt2lora;

/** The noise schedulers with which a training can denoise its way to the noisy image that it compares. */
public enum NoiseScheduler {
    /** Denoising diffusion implicit models, without added noise. */
    DDIM,
    /** Denoising diffusion probabilistic models; draws noise in every step. */
    DDPM,
    /** Linear multi-step of order 4. */
    LMS,
    /** Euler's method with ancestral sampling; draws noise in every step. */
    EULER_ANCESTRAL
}
