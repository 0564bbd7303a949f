# UNet2DConditionModel of Stable Diffusion 1.x, 2.x and XL (Rombach et al., arXiv 2112.10752; Podell et al., arXiv
# 2307.01952). How many levels, layers and transformer blocks there are, and where, is read from the weights' names.

# timesteps: [batch], may be fractional -> [batch, channels]; cosines first
def timestep_embedding(timesteps: Tensor, channels: int) -> Tensor:
  half = channels // 2
  exponent = torch.arange(half, dtype=6, device=timesteps.device) * (-9.210340371976184 / half)
  angles = timesteps.to(6).unsqueeze(1) * torch.exp(exponent).unsqueeze(0)
  return torch.cat([torch.cos(angles), torch.sin(angles)], 1)

class UNet(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  dtype : int
  fixed_heads : int
  weights : Dict[str, Tensor]
  lora : Dict[str, Tensor]
  lora_parameters : List[Tensor]
  lora_views : List[Tensor]

  def load(self, weights: Dict[str, Tensor]) -> Tensor:
    return __torch__.layers.take(self.weights, weights, self.dtype)

  def attach_lora(self, parameters: Tensor, layout: Dict[str, Tensor]) -> Tensor:
    return __torch__.adapter.attach(self.lora, self.lora_parameters, self.lora_views, parameters, layout)

  def detach_lora(self) -> Tensor:
    return __torch__.adapter.detach(self.lora, self.lora_parameters, self.lora_views)

  def weights_of(self, layers: Dict[str, Tensor]) -> Dict[str, Tensor]:
    return __torch__.adapter.weights_of(self.weights, layers)

  def linear(self, x: Tensor, name: str, strength: float) -> Tensor:
    return __torch__.layers.linear(x, self.weights, self.lora, strength, name)

  def conv(self, x: Tensor, name: str, strength: float, stride: int=1) -> Tensor:
    return __torch__.layers.conv(x, self.weights, self.lora, strength, name, stride)

  def mlp_embedding(self, x: Tensor, name: str, strength: float) -> Tensor:
    x = self.linear(x, name + ".linear_1", strength)
    return self.linear(__torch__.layers.silu(x), name + ".linear_2", strength)

  # ResnetBlock2D; time: [batch, time width]
  def resnet(self, x: Tensor, time: Tensor, name: str, strength: float) -> Tensor:
    h = __torch__.layers.silu(__torch__.layers.group_norm(x, self.weights, name + ".norm1", 1e-5))
    h = self.conv(h, name + ".conv1", strength)
    h = h + self.linear(__torch__.layers.silu(time), name + ".time_emb_proj", strength).unsqueeze(2).unsqueeze(3)
    h = __torch__.layers.silu(__torch__.layers.group_norm(h, self.weights, name + ".norm2", 1e-5))
    h = self.conv(h, name + ".conv2", strength)
    if name + ".conv_shortcut.weight" in self.weights:
      x = self.conv(x, name + ".conv_shortcut", strength)
    return x + h

  # x: [batch, pixels, width]; context: what keys and values are made of
  def attention(self, x: Tensor, context: Tensor, name: str, strength: float) -> Tensor:
    q = self.linear(x, name + ".to_q", strength)
    k = self.linear(context, name + ".to_k", strength)
    v = self.linear(context, name + ".to_v", strength)
    heads = self.fixed_heads
    if heads == 0:
      heads = max(q.shape[2] // 64, 1)
    return self.linear(__torch__.layers.attention(q, k, v, heads), name + ".to_out.0", strength)

  # BasicTransformerBlock: self-attention, cross-attention, GEGLU feed-forward
  def transformer_block(self, x: Tensor, context: Tensor, name: str, strength: float) -> Tensor:
    h = __torch__.layers.layer_norm(x, self.weights, name + ".norm1")
    x = x + self.attention(h, h, name + ".attn1", strength)
    h = __torch__.layers.layer_norm(x, self.weights, name + ".norm2")
    x = x + self.attention(h, context, name + ".attn2", strength)
    h = __torch__.layers.layer_norm(x, self.weights, name + ".norm3")
    h, gate = torch.chunk(self.linear(h, name + ".ff.net.0.proj", strength), 2, -1)
    return x + self.linear(h * torch.gelu(gate), name + ".ff.net.2", strength)

  # Transformer2DModel; proj_in and proj_out are 1x1 convolutions in SD 1.x, linear in SD 2.x and XL
  def transformer(self, x: Tensor, context: Tensor, name: str, strength: float) -> Tensor:
    batch, channels, height, width = x.shape
    linear_projection = self.weights[name + ".proj_in.weight"].dim() == 2
    h = __torch__.layers.group_norm(x, self.weights, name + ".norm", 1e-6)
    if not linear_projection:
      h = self.conv(h, name + ".proj_in", strength)
    h = h.permute([0, 2, 3, 1]).reshape([batch, height * width, -1])
    if linear_projection:
      h = self.linear(h, name + ".proj_in", strength)
    i = 0
    while name + ".transformer_blocks." + str(i) + ".norm1.weight" in self.weights:
      h = self.transformer_block(h, context, name + ".transformer_blocks." + str(i), strength)
      i = i + 1
    if linear_projection:
      h = self.linear(h, name + ".proj_out", strength)
    h = h.reshape([batch, height, width, -1]).permute([0, 3, 1, 2]).contiguous()
    if not linear_projection:
      h = self.conv(h, name + ".proj_out", strength)
    return h + x

  def layer(self, x: Tensor, time: Tensor, context: Tensor, block: str, i: int, strength: float) -> Tensor:
    x = self.resnet(x, time, block + ".resnets." + str(i), strength)
    if block + ".attentions." + str(i) + ".norm.weight" in self.weights:
      x = self.transformer(x, context, block + ".attentions." + str(i), strength)
    return x

  # Text-and-time conditioning of SDXL; pooled: [batch, width], time_ids: [batch, 6]
  def added_embedding(self, pooled: Tensor, time_ids: Tensor, strength: float) -> Tensor:
    inputs = self.weights["add_embedding.linear_1.weight"].shape[1]
    channels = (inputs - pooled.shape[1]) // time_ids.shape[1]
    times = __torch__.unet.timestep_embedding(time_ids.reshape([-1]), channels).reshape([pooled.shape[0], -1])
    return self.mlp_embedding(torch.cat([pooled.to(self.dtype), times.to(self.dtype)], 1), "add_embedding", strength)

  def run(self, sample: Tensor, timesteps: Tensor, context: Tensor, pooled: Optional[Tensor], time_ids: Optional[Tensor], strength: float, blocks: Dict[str, Tensor], keep_blocks: bool) -> Tensor:
    context = context.to(self.dtype)
    time = __torch__.unet.timestep_embedding(timesteps, self.weights["conv_in.weight"].shape[0])
    time = self.mlp_embedding(time.to(self.dtype), "time_embedding", strength)
    if keep_blocks:
      blocks["time_embedding"] = time
    if pooled is not None and time_ids is not None:
      added = self.added_embedding(pooled, time_ids, strength)
      time = time + added
      if keep_blocks:
        blocks["add_embedding"] = added
    x = self.conv(sample.to(self.dtype), "conv_in", strength)
    if keep_blocks:
      blocks["conv_in"] = x
    skips = [x]
    level = 0
    while "down_blocks." + str(level) + ".resnets.0.conv1.weight" in self.weights:
      block = "down_blocks." + str(level)
      i = 0
      while block + ".resnets." + str(i) + ".conv1.weight" in self.weights:
        x = self.layer(x, time, context, block, i, strength)
        skips.append(x)
        i = i + 1
      if block + ".downsamplers.0.conv.weight" in self.weights:
        x = self.conv(x, block + ".downsamplers.0.conv", strength, 2)
        skips.append(x)
      if keep_blocks:
        blocks[block] = x
      level = level + 1
    x = self.layer(x, time, context, "mid_block", 0, strength)
    x = self.resnet(x, time, "mid_block.resnets.1", strength)
    if keep_blocks:
      blocks["mid_block"] = x
    for up_level in range(level):
      block = "up_blocks." + str(up_level)
      i = 0
      while block + ".resnets." + str(i) + ".conv1.weight" in self.weights:
        x = self.layer(torch.cat([x, skips.pop()], 1), time, context, block, i, strength)
        i = i + 1
      if block + ".upsamplers.0.conv.weight" in self.weights:
        # not always twice the size: a level of odd size was rounded up on the way down
        x = torch.upsample_nearest2d(x, [skips[-1].shape[2], skips[-1].shape[3]], None)
        x = self.conv(x, block + ".upsamplers.0.conv", strength)
      if keep_blocks:
        blocks[block] = x
    x = __torch__.layers.silu(__torch__.layers.group_norm(x, self.weights, "conv_norm_out", 1e-5))
    return self.conv(x, "conv_out", strength).to(6)

  # sample: [batch, 4, height, width], timesteps: [batch], context: [batch, tokens, width], lora_strength: scalar on the CPU
  # -> predicted noise (or v) in float32, of sample's shape
  def forward(self, sample: Tensor, timesteps: Tensor, context: Tensor, lora_strength: Tensor, pooled: Optional[Tensor]=None, time_ids: Optional[Tensor]=None) -> Tensor:
    return self.run(sample, timesteps, context, pooled, time_ids, float(lora_strength), annotate(Dict[str, Tensor], {}), False)

  # The outputs of every block by name, and "output"; for comparing with a reference.
  def forward_blocks(self, sample: Tensor, timesteps: Tensor, context: Tensor, lora_strength: Tensor, pooled: Optional[Tensor]=None, time_ids: Optional[Tensor]=None) -> Dict[str, Tensor]:
    blocks = annotate(Dict[str, Tensor], {})
    blocks["output"] = self.run(sample, timesteps, context, pooled, time_ids, float(lora_strength), blocks, True)
    return blocks

  def lora_gradient(self, target: Tensor, loss_scale: Tensor, sample_weights: Tensor, sample: Tensor, timesteps: Tensor, context: Tensor, lora_strength: Tensor, pooled: Optional[Tensor]=None, time_ids: Optional[Tensor]=None) -> List[Tensor]:
    prediction = self.forward(sample, timesteps, context, lora_strength, pooled, time_ids)
    return __torch__.adapter.gradient(prediction, target, loss_scale, sample_weights, self.lora_parameters, self.lora_views)

  def lora_gradients(self, target: Tensor, loss_scales: Tensor, sample_weights: Tensor, sample: Tensor, timesteps: Tensor, context: Tensor, lora_strength: Tensor, pooled: Optional[Tensor]=None, time_ids: Optional[Tensor]=None) -> List[Tensor]:
    prediction = self.forward(sample, timesteps, context, lora_strength, pooled, time_ids)
    return __torch__.adapter.gradients(prediction, target, loss_scales, sample_weights, self.lora_parameters, self.lora_views)
