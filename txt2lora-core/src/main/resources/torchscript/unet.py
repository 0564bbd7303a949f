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
  lora : __torch__.adapter.Lora
  recomputes : bool

  def load(self, weights: Dict[str, Tensor]) -> Tensor:
    return __torch__.layers.take(self.weights, weights, self.dtype)

  def attach_lora(self, parameters: Tensor, layout: Dict[str, Tensor]) -> Tensor:
    return self.lora.attach(parameters, layout, self.dtype)

  def detach_lora(self) -> Tensor:
    return self.lora.detach()

  def recompute(self, whether: Tensor) -> Tensor:
    self.recomputes = bool(whether)
    return whether

  def weights_of(self, layers: Dict[str, Tensor]) -> Dict[str, Tensor]:
    return __torch__.adapter.weights_of(self.weights, layers)

  def linear(self, x: Tensor, name: str, strength: float) -> Tensor:
    return __torch__.layers.lora_linear(x, self.weights, self.lora, strength, name)

  def conv(self, x: Tensor, name: str, strength: float, stride: int=1) -> Tensor:
    return __torch__.layers.lora_conv(x, self.weights, self.lora, strength, name, stride)

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

  # Transformer2DModel around its blocks; proj_in and proj_out are 1x1 convolutions in SD 1.x, linear in SD 2.x and XL
  # x: [batch, channels, height, width] -> [batch, pixels, width]
  def proj_in(self, x: Tensor, name: str, strength: float) -> Tensor:
    linear_projection = self.weights[name + ".proj_in.weight"].dim() == 2
    h = __torch__.layers.group_norm(x, self.weights, name + ".norm", 1e-6)
    if not linear_projection:
      h = self.conv(h, name + ".proj_in", strength)
    h = h.permute([0, 2, 3, 1]).reshape([h.shape[0], h.shape[2] * h.shape[3], -1])
    if linear_projection:
      h = self.linear(h, name + ".proj_in", strength)
    return h

  # h: [batch, pixels, width], x: what went into proj_in -> of x's shape
  def proj_out(self, h: Tensor, x: Tensor, name: str, strength: float) -> Tensor:
    linear_projection = self.weights[name + ".proj_in.weight"].dim() == 2
    if linear_projection:
      h = self.linear(h, name + ".proj_out", strength)
    h = h.reshape([x.shape[0], x.shape[2], x.shape[3], -1]).permute([0, 3, 1, 2]).contiguous()
    if not linear_projection:
      h = self.conv(h, name + ".proj_out", strength)
    return h + x

  # x is made twice as large; not always twice: a level of odd size was rounded up on the way down to `like`
  def upsample(self, x: Tensor, like: Tensor, name: str, strength: float) -> Tensor:
    x = torch.upsample_nearest2d(x, [like.shape[2], like.shape[3]], None)
    return self.conv(x, name + ".conv", strength)

  def conv_out(self, x: Tensor, strength: float) -> Tensor:
    x = __torch__.layers.silu(__torch__.layers.group_norm(x, self.weights, "conv_norm_out", 1e-5))
    return self.conv(x, "conv_out", strength).to(6)

  # What SDXL's text-and-time conditioning is made of; pooled: [batch, width], time_ids: [batch, 6]
  def added_input(self, pooled: Tensor, time_ids: Tensor) -> Tensor:
    inputs = self.weights["add_embedding.linear_1.weight"].shape[1]
    channels = (inputs - pooled.shape[1]) // time_ids.shape[1]
    times = __torch__.unet.timestep_embedding(time_ids.reshape([-1]), channels).reshape([pooled.shape[0], -1])
    return torch.cat([pooled.to(self.dtype), times.to(self.dtype)], 1)

  # One block of the network, told apart by its name. All layers are in one, and only blocks are between tensors that
  # `run` sees, so that a pass may keep nothing but these.
  def compute(self, name: str, inputs: List[Tensor], strength: float) -> Tensor:
    x = inputs[0]
    if name.endswith("_embedding"):
      return self.mlp_embedding(x, name, strength)
    if name == "conv_in":
      return self.conv(x, name, strength)
    if name == "conv_out":
      return self.conv_out(x, strength)
    if name.endswith(".downsamplers.0"):
      return self.conv(x, name + ".conv", strength, 2)
    if name.endswith(".upsamplers.0"):
      return self.upsample(x, inputs[1], name, strength)
    if name.endswith(".proj_in"):
      return self.proj_in(x, name[:-8], strength)
    if name.endswith(".proj_out"):
      return self.proj_out(x, inputs[1], name[:-9], strength)
    if name + ".attn1.to_q.weight" in self.weights:
      return self.transformer_block(x, inputs[1], name, strength)
    if len(inputs) == 3:
      x = torch.cat([x, inputs[2]], 1)
    return self.resnet(x, inputs[1], name, strength)

  # Computes a block; with a tape it records no graph, but its inputs and output for `differentiate`.
  def block(self, name: str, inputs: List[Tensor], strength: float, tape: Optional[Dict[str, List[Tensor]]]) -> Tensor:
    if tape is None:
      return self.compute(name, inputs, strength)
    torch.set_grad_enabled(False)
    y = self.compute(name, inputs, strength)
    torch.set_grad_enabled(True)
    return __torch__.adapter.keep(tape, self.lora, name, inputs, y)

  # resnet and transformer, if there is one; skip: what the way up takes from the way down
  def layer(self, inputs: List[Tensor], context: Tensor, level: str, i: int, strength: float, tape: Optional[Dict[str, List[Tensor]]]) -> Tensor:
    x = self.block(level + ".resnets." + str(i), inputs, strength, tape)
    name = level + ".attentions." + str(i)
    if name + ".norm.weight" in self.weights:
      h = self.block(name + ".proj_in", [x], strength, tape)
      j = 0
      while name + ".transformer_blocks." + str(j) + ".norm1.weight" in self.weights:
        h = self.block(name + ".transformer_blocks." + str(j), [h, context], strength, tape)
        j = j + 1
      x = self.block(name + ".proj_out", [h, x], strength, tape)
    return x

  def run(self, sample: Tensor, timesteps: Tensor, context: Tensor, pooled: Optional[Tensor], time_ids: Optional[Tensor], strength: float, blocks: Dict[str, Tensor], keep_blocks: bool, tape: Optional[Dict[str, List[Tensor]]]) -> Tensor:
    if strength != 0.0:
      self.lora.refresh()
    context = context.to(self.dtype)
    # copied without waiting
    timesteps = timesteps.to(sample.device, 6, True)
    time = __torch__.unet.timestep_embedding(timesteps, self.weights["conv_in.weight"].shape[0])
    time = self.block("time_embedding", [time.to(self.dtype)], strength, tape)
    if keep_blocks:
      blocks["time_embedding"] = time
    if pooled is not None and time_ids is not None:
      added = self.block("add_embedding", [self.added_input(pooled, time_ids)], strength, tape)
      time = time + added
      if keep_blocks:
        blocks["add_embedding"] = added
    x = self.block("conv_in", [sample.to(self.dtype)], strength, tape)
    if keep_blocks:
      blocks["conv_in"] = x
    skips = [x]
    level = 0
    while "down_blocks." + str(level) + ".resnets.0.conv1.weight" in self.weights:
      name = "down_blocks." + str(level)
      i = 0
      while name + ".resnets." + str(i) + ".conv1.weight" in self.weights:
        x = self.layer([x, time], context, name, i, strength, tape)
        skips.append(x)
        i = i + 1
      if name + ".downsamplers.0.conv.weight" in self.weights:
        x = self.block(name + ".downsamplers.0", [x], strength, tape)
        skips.append(x)
      if keep_blocks:
        blocks[name] = x
      level = level + 1
    x = self.layer([x, time], context, "mid_block", 0, strength, tape)
    x = self.block("mid_block.resnets.1", [x, time], strength, tape)
    if keep_blocks:
      blocks["mid_block"] = x
    for up_level in range(level):
      name = "up_blocks." + str(up_level)
      i = 0
      while name + ".resnets." + str(i) + ".conv1.weight" in self.weights:
        x = self.layer([x, time, skips.pop()], context, name, i, strength, tape)
        i = i + 1
      if name + ".upsamplers.0.conv.weight" in self.weights:
        x = self.block(name + ".upsamplers.0", [x, skips[-1]], strength, tape)
      if keep_blocks:
        blocks[name] = x
    return self.block("conv_out", [x], strength, tape)

  # sample: [batch, 4, height, width], timesteps: [batch], context: [batch, tokens, width]; lora_strength is on the CPU, and
  # so may timesteps be
  # -> predicted noise (or v) in float32, of sample's shape
  def forward(self, sample: Tensor, timesteps: Tensor, context: Tensor, lora_strength: Tensor, pooled: Optional[Tensor]=None, time_ids: Optional[Tensor]=None) -> Tensor:
    return self.run(sample, timesteps, context, pooled, time_ids, float(lora_strength), annotate(Dict[str, Tensor], {}), False, None)

  # The outputs of every block by name, and "output"; for comparing with a reference.
  def forward_blocks(self, sample: Tensor, timesteps: Tensor, context: Tensor, lora_strength: Tensor, pooled: Optional[Tensor]=None, time_ids: Optional[Tensor]=None) -> Dict[str, Tensor]:
    blocks = annotate(Dict[str, Tensor], {})
    blocks["output"] = self.run(sample, timesteps, context, pooled, time_ids, float(lora_strength), blocks, True, None)
    return blocks

  # The gradient of `loss` for the LoRA's parameters. With a tape, blocks are computed again from the last to the first.
  def differentiate(self, loss: Tensor, strength: float, tape: Optional[Dict[str, List[Tensor]]]) -> Tensor:
    if tape is None:
      return self.lora.gradient(loss)
    loss.backward()
    return self.lora.joined(self.recomputed(strength, tape))

  # The gradients for the LoRA's matrices; those for what a pass began with are added to its `grad`.
  def recomputed(self, strength: float, tape: Dict[str, List[Tensor]]) -> Dict[str, Tensor]:
    gradients = annotate(Dict[str, Tensor], {})
    names = list(tape.keys())
    names.reverse()
    for name in names:
      sources = tape.pop(name)
      y_gradient = sources.pop().grad
      inputs = [x.detach().requires_grad_(x.requires_grad) for x in sources]
      y = self.compute(name, inputs, strength)
      self.lora.differentiate(y, y_gradient, self.lora.keys_in(name), inputs, sources, gradients)
    return gradients

  def tape(self) -> Optional[Dict[str, List[Tensor]]]:
    if self.recomputes:
      return annotate(Dict[str, List[Tensor]], {})
    return None

  # Numbers that do not come from the network are on the CPU. -> [loss and norm, gradient, prediction]
  def lora_gradient(self, target: Tensor, loss_scale: Tensor, sample_weights: Tensor, sample: Tensor, timesteps: Tensor, context: Tensor, lora_strength: Tensor, pooled: Optional[Tensor]=None, time_ids: Optional[Tensor]=None) -> List[Tensor]:
    tape = self.tape()
    strength = float(lora_strength)
    prediction = self.run(sample, timesteps, context, pooled, time_ids, strength, annotate(Dict[str, Tensor], {}), False, tape)
    loss = __torch__.adapter.loss(prediction, target, sample_weights)
    scale = float(loss_scale)
    gradient = self.differentiate(loss * scale, strength, tape)
    gradient = gradient.mul_(1.0 / scale)
    return [__torch__.adapter.told(loss, gradient), gradient, prediction.detach()]

  # The gradient for the prompts, without a LoRA attached. -> [loss, gradient of context's shape]
  def prompt_gradient(self, target: Tensor, loss_scale: Tensor, sample: Tensor, timesteps: Tensor, context: Tensor, pooled: Optional[Tensor]=None, time_ids: Optional[Tensor]=None) -> List[Tensor]:
    tape = self.tape()
    prompts = context.detach().requires_grad_(True)
    prediction = self.run(sample, timesteps, prompts, pooled, time_ids, 0.0, annotate(Dict[str, Tensor], {}), False, tape)
    loss = torch.mse_loss(prediction, target)
    scale = float(loss_scale)
    if tape is None:
      gradient = torch.grad([loss * scale], [prompts])[0]
    else:
      (loss * scale).backward()
      self.recomputed(0.0, tape)
      gradient = prompts.grad
    if gradient is None:
      gradient = torch.zeros_like(context)
    return [loss.detach(), gradient.mul(1.0 / scale)]

  # loss_scales: [stack] -> [losses and norms [2, stack], gradients [stack, size], prediction]
  def lora_gradients(self, target: Tensor, loss_scales: Tensor, sample_weights: Tensor, sample: Tensor, timesteps: Tensor, context: Tensor, lora_strength: Tensor, pooled: Optional[Tensor]=None, time_ids: Optional[Tensor]=None) -> List[Tensor]:
    tape = self.tape()
    strength = float(lora_strength)
    prediction = self.run(sample, timesteps, context, pooled, time_ids, strength, annotate(Dict[str, Tensor], {}), False, tape)
    scales = loss_scales.to(sample.device, 6, True)
    losses = __torch__.adapter.losses(prediction, target, sample_weights, loss_scales.shape[0])
    gradients = self.differentiate((losses * scales).sum(), strength, tape)
    gradients = gradients.div_(scales.unsqueeze(1))
    return [__torch__.adapter.told(losses, gradients), gradients, prediction.detach()]
