# AutoencoderKL (Rombach et al., arXiv 2112.10752): pictures of [batch, 3, 8 h, 8 w] in -1..1 to latents [batch, 4, h, w]
# and back. No scaling factor is applied here. No graph is recorded, so what is no longer needed is overwritten.
#
# Memory: what works on more than `whole_pixels` pixels does so in strips of rows, of about `strip_pixels` pixels, so that
# next to a layer's input and output there are only a strip's temporaries. Strips see their neighbours' rows, and norms
# all of them, so the result is that of the whole up to rounding. (Tiles that are decoded on their own are not: their
# norms differ.)

class Vae(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  dtype : int
  whole_pixels : int
  strip_pixels : int
  weights : Dict[str, Tensor]

  def load(self, weights: Dict[str, Tensor]) -> Tensor:
    return __torch__.layers.take(self.weights, weights, self.dtype)

  # Whatever the size of the picture, works in strips of about so many pixels from now on.
  def use_strips(self, pixels: Tensor) -> Tensor:
    self.whole_pixels = 0
    self.strip_pixels = int(pixels)
    return pixels

  def linear(self, x: Tensor, name: str) -> Tensor:
    return __torch__.layers.linear(x, self.weights, name)

  def conv(self, x: Tensor, name: str) -> Tensor:
    return __torch__.layers.conv(x, self.weights, name)

  # [top, bottom] in x of each strip; `area` pixels are made of one of x
  def strips(self, x: Tensor, area: int=1) -> List[List[int]]:
    height = x.shape[2]
    width = x.shape[3] * area
    rows = height
    if height * width > self.whole_pixels:
      rows = max(self.strip_pixels // width, 1)
    return [[top, min(top + rows, height)] for top in range(0, height, rows)]

  # conv 3x3 of the rows from top to bottom; h has one row more on each side, except at the edges of a picture of `height`
  def conv_rows(self, h: Tensor, top: int, bottom: int, height: int, name: str) -> Tensor:
    h = torch.constant_pad_nd(h, [0, 0, int(top == 0), int(bottom == height)], 0)
    return torch.conv2d(h, self.weights[name + ".weight"], __torch__.layers.bias_of(self.weights, name), [1, 1], [0, 1])

  # the factor and summand for each channel that make up a group norm over all rows, [batch, channels, 1, 1] each
  def group_norm_affine(self, x: Tensor, strips: List[List[int]], name: str) -> List[Tensor]:
    batch, channels, height, width = x.shape
    count = channels // 32 * height * width
    mean = torch.zeros([batch, 32, 1], dtype=7, device=x.device)
    for top, bottom in strips:
      mean = mean + x[:, :, top:bottom].reshape([batch, 32, -1]).sum([2], True, dtype=7) / count
    variance = torch.zeros([batch, 32, 1], dtype=7, device=x.device)
    for top, bottom in strips:
      deviation = x[:, :, top:bottom].reshape([batch, 32, -1]).to(6) - mean.to(6)
      variance = variance + deviation.square_().sum([2], True, dtype=7) / count
    factor = torch.rsqrt(variance + 1e-6).expand([batch, 32, channels // 32]) * self.weights[name + ".weight"].reshape([1, 32, -1])
    summand = self.weights[name + ".bias"].reshape([1, 32, -1]) - mean * factor
    return [factor.to(6).reshape([batch, channels, 1, 1]), summand.to(6).reshape([batch, channels, 1, 1])]

  # conv(silu(group_norm(x)))
  def norm_silu_conv(self, x: Tensor, norm: str, conv: str) -> Tensor:
    strips = self.strips(x)
    if len(strips) == 1:
      return self.conv(torch.silu_(__torch__.layers.group_norm(x, self.weights, norm, 1e-6)), conv)
    batch, channels, height, width = x.shape
    factor, summand = self.group_norm_affine(x, strips, norm)
    y = x.new_empty([batch, self.weights[conv + ".weight"].shape[0], height, width])
    for top, bottom in strips:
      h = x[:, :, max(top - 1, 0):bottom + 1] * factor
      h = torch.silu_(h.add_(summand)).to(x.dtype)
      y[:, :, top:bottom].copy_(self.conv_rows(h, top, bottom, height, conv))
    return y

  # conv(x, enlarged to twice its size)
  def upsample_conv(self, x: Tensor, name: str) -> Tensor:
    strips = self.strips(x, 4)
    batch, channels, height, width = x.shape
    if len(strips) == 1:
      return self.conv(torch.upsample_nearest2d(x, [2 * height, 2 * width], None), name)
    y = x.new_empty([batch, self.weights[name + ".weight"].shape[0], 2 * height, 2 * width])
    for top, bottom in strips:
      h = x[:, :, max(top - 1, 0):bottom + 1]
      h = torch.upsample_nearest2d(h, [2 * h.shape[2], 2 * width], None)
      # of the neighbours' two rows each, the nearer one is needed
      h = h[:, :, int(top > 0):h.shape[2] - int(bottom < height)]
      y[:, :, 2 * top:2 * bottom].copy_(self.conv_rows(h, top, bottom, height, name))
    return y

  def resnet(self, x: Tensor, name: str) -> Tensor:
    h = self.norm_silu_conv(x, name + ".norm1", name + ".conv1")
    h = self.norm_silu_conv(h, name + ".norm2", name + ".conv2")
    shortcut = name + ".conv_shortcut"
    if shortcut + ".weight" not in self.weights:
      return h.add_(x)
    for top, bottom in self.strips(x):
      h[:, :, top:bottom].add_(self.conv(x[:, :, top:bottom], shortcut))
    return h

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
    return self.norm_silu_conv(x, name + ".conv_norm_out", name + ".conv_out")

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
        x = self.upsample_conv(x, block + ".upsamplers.0.conv")
      level = level + 1
    return self.output(x, "decoder").to(6)
