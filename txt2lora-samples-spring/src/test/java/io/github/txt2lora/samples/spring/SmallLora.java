package io.github.txt2lora.samples.spring;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A LoRA of one layer, as the bytes of its file. */
final class SmallLora {

    private static final int TENSORS = 64;

    private SmallLora() {}

    /** One that is called by a word; its two tensors are 4x4 in FP16. */
    static byte[] calledBy(String word) {
        String header = "{\"__metadata__\": {\"modelspec.trigger_phrase\": \"" + word + "\"},"
                + tensor("lora_down.weight", 0) + "," + tensor("lora_up.weight", TENSORS / 2) + "}";
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Long.BYTES + text.length + TENSORS)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text)
                .array();
    }

    private static String tensor(String name, int start) {
        return "\"lora_unet_mid_block_attentions_0_transformer_blocks_0_attn2_to_q." + name
                + "\": {\"dtype\": \"F16\", \"shape\": [4, 4], \"data_offsets\": [" + start + ", "
                + (start + TENSORS / 2) + "]}";
    }
}
