package io.github.txt2lora.image;

/** The methods of drawing a picture out of noise; the names are those of diffusers' schedulers. */
public enum Sampler {
    /** Denoising diffusion implicit models, without added noise. */
    DDIM,
    /** Denoising diffusion probabilistic models; draws noise in every step. */
    DDPM,
    /** Linear multi-step of order 4. */
    LMS,
    /** Euler's method. */
    EULER,
    /** Euler's method with ancestral sampling; draws noise in every step. */
    EULER_ANCESTRAL,
    /** DPM-Solver++ of order 2, multi-step. */
    DPMPP_2M,
    /** As {@link #DPMPP_2M}, with Karras' noise levels. */
    DPMPP_2M_KARRAS,
    /** UniPC of order 2. */
    UNIPC
}
