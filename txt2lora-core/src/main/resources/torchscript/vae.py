# AutoencoderKL (Rombach et al., arXiv 2112.10752): pictures of [batch, 3, 8 h, 8 w] in -1..1 to latents [batch, 4, h, w]
# and back. No scaling factor is applied here.

class Vae(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  dtype : int
  weights : Dict[str, Tensor]

  def load(self, weights: Dict[str, Tensor]) -> Tensor:
    return __torch__.layers.take(self.weights, weights, self.dtype)

  def load_bfloat16(self, weights: Dict[str, Tensor]) -> Tensor:
    return __torch__.layers.take_bfloat16(self.weights, weights, self.dtype)

  def linear(self, x: Tensor, name: str) -> Tensor:
    return __torch__.layers.linear(x, self.weights, annotate(Dict[str, Tensor], {}), 0.0, name)

  def conv(self, x: Tensor, name: str) -> Tensor:
    return __torch__.layers.conv(x, self.weights, annotate(Dict[str, Tensor], {}), 0.0, name)

  def resnet(self, x: Tensor, name: str) -> Tensor:
    h = __torch__.layers.silu(__torch__.layers.group_norm(x, self.weights, name + ".norm1", 1e-6))
    h = self.conv(h, name + ".conv1")
    h = __torch__.layers.silu(__torch__.layers.group_norm(h, self.weights, name + ".norm2", 1e-6))
    h = self.conv(h, name + ".conv2")
    if name + ".conv_shortcut.weight" in self.weights:
      x = self.conv(x, name + ".conv_shortcut")
    return x + h

  # attention of one head over all pixels
  def attention(self, x: Tensor, name: str) -> Tensor:
    batch, channels, height, width = x.shape
    h = __torch__.layers.group_norm(x, self.weights, name + ".group_norm", 1e-6)
    h = h.reshape([batch, channels, height * width]).transpose(1, 2)
    q = self.linear(h, name + ".to_q")
    k = self.linear(h, name + ".to_k")
    v = self.linear(h, name + ".to_v")
    h = self.linear(__torch__.layers.attention(q, k, v, 1), name + ".to_out.0")
    return x + h.transpose(1, 2).reshape([batch, channels, height, width])

  def mid_block(self, x: Tensor, name: str) -> Tensor:
    x = self.resnet(x, name + ".resnets.0")
    x = self.attention(x, name + ".attentions.0")
    return self.resnet(x, name + ".resnets.1")

  def output(self, x: Tensor, name: str) -> Tensor:
    x = __torch__.layers.silu(__torch__.layers.group_norm(x, self.weights, name + ".conv_norm_out", 1e-6))
    return self.conv(x, name + ".conv_out")

  # image -> [mean, logvar], each [batch, 4, h, w]
  def encode(self, image: Tensor) -> List[Tensor]:
    x = self.conv(image.to(self.dtype), "encoder.conv_in")
    level = 0
    while "encoder.down_blocks." + str(level) + ".resnets.0.conv1.weight" in self.weights:
      block = "encoder.down_blocks." + str(level)
      i = 0
      while block + ".resnets." + str(i) + ".conv1.weight" in self.weights:
        x = self.resnet(x, block + ".resnets." + str(i))
        i = i + 1
      down = block + ".downsamplers.0.conv"
      if down + ".weight" in self.weights:
        # padded on the right and below only
        x = torch.constant_pad_nd(x, [0, 1, 0, 1], 0)
        x = torch.conv2d(x, self.weights[down + ".weight"], __torch__.layers.bias_of(self.weights, down), [2, 2], [0, 0])
      level = level + 1
    x = self.output(self.mid_block(x, "encoder.mid_block"), "encoder")
    mean, logvar = torch.chunk(self.conv(x, "quant_conv").to(6), 2, 1)
    return [mean, torch.clamp(logvar, -30.0, 20.0)]

  # latents -> image, not clamped
  def decode(self, latents: Tensor) -> Tensor:
    x = self.conv(self.conv(latents.to(self.dtype), "post_quant_conv"), "decoder.conv_in")
    x = self.mid_block(x, "decoder.mid_block")
    level = 0
    while "decoder.up_blocks." + str(level) + ".resnets.0.conv1.weight" in self.weights:
      block = "decoder.up_blocks." + str(level)
      i = 0
      while block + ".resnets." + str(i) + ".conv1.weight" in self.weights:
        x = self.resnet(x, block + ".resnets." + str(i))
        i = i + 1
      if block + ".upsamplers.0.conv.weight" in self.weights:
        x = torch.upsample_nearest2d(x, [x.shape[2] * 2, x.shape[3] * 2], None)
        x = self.conv(x, block + ".upsamplers.0.conv")
      level = level + 1
    return self.output(x, "decoder").to(6)
