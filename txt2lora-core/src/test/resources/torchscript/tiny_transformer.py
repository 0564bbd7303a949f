# A transformer that sees the prompt's tokens and 2x2 patches of the latents side by side, and predicts the velocity of
# flow matching.

class TinyTransformer(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  dtype : int
  heads : int
  weights : Dict[str, Tensor]
  lora : __torch__.adapter.Lora
  recomputes : bool

  def load(self, weights: Dict[str, Tensor]) -> Tensor:
    return __torch__.layers.take(self.weights, weights, self.dtype)

  def attach_lora(self, parameters: Tensor, layout: Dict[str, Tensor]) -> Tensor:
    return self.lora.attach(parameters, layout, self.dtype)

  def detach_lora(self) -> Tensor:
    return self.lora.detach()

  # a network this small always keeps all
  def recompute(self, whether: Tensor) -> Tensor:
    return whether

  def weights_of(self, layers: Dict[str, Tensor]) -> Dict[str, Tensor]:
    return __torch__.adapter.weights_of(self.weights, layers)

  def linear(self, x: Tensor, name: str, strength: float) -> Tensor:
    return __torch__.layers.lora_linear(x, self.weights, self.lora, strength, name)

  # timesteps: [batch], 0 to 1000 -> [batch, 1, width]
  def time(self, timesteps: Tensor, strength: float) -> Tensor:
    half = self.weights["time_in.0.weight"].shape[1] // 2
    frequencies = torch.exp(torch.arange(half, dtype=6, device=timesteps.device) * (-9.210340371976184 / half))
    angles = timesteps.to(6).unsqueeze(1) * frequencies.unsqueeze(0)
    x = torch.cat([torch.cos(angles), torch.sin(angles)], 1).to(self.dtype)
    x = self.linear(x, "time_in.0", strength)
    return self.linear(__torch__.layers.silu(x), "time_in.1", strength).unsqueeze(1)

  def block(self, x: Tensor, name: str, strength: float) -> Tensor:
    h = __torch__.layers.layer_norm(x, self.weights, name + ".norm1")
    q = self.linear(h, name + ".self_attn.q_proj", strength)
    k = self.linear(h, name + ".self_attn.k_proj", strength)
    v = self.linear(h, name + ".self_attn.v_proj", strength)
    x = x + self.linear(__torch__.layers.attention(q, k, v, self.heads), name + ".self_attn.o_proj", strength)
    h = __torch__.layers.layer_norm(x, self.weights, name + ".norm2")
    return x + self.linear(torch.gelu(self.linear(h, name + ".mlp.up", strength)), name + ".mlp.down", strength)

  # sample: [batch, 16, height, width], timesteps: [batch], context: [batch, tokens, width] -> velocity in float32
  def forward(self, sample: Tensor, timesteps: Tensor, context: Tensor, lora_strength: Tensor, pooled: Optional[Tensor]=None, time_ids: Optional[Tensor]=None) -> Tensor:
    strength = float(lora_strength)
    self.lora.refresh()
    batch, channels, height, width = sample.shape
    rows = height // 2
    columns = width // 2
    patches = sample.to(self.dtype).reshape([batch, channels, rows, 2, columns, 2]).permute([0, 2, 4, 1, 3, 5])
    image = self.linear(patches.reshape([batch, rows * columns, channels * 4]), "patch_in", strength)
    text = self.linear(context.to(self.dtype), "text_in", strength)
    x = torch.cat([text, image], 1) + self.time(timesteps.to(sample.device, 6, True), strength)
    i = 0
    while "blocks." + str(i) + ".norm1.weight" in self.weights:
      x = self.block(x, "blocks." + str(i), strength)
      i = i + 1
    x = x[:, text.shape[1]:].contiguous()
    x = self.linear(__torch__.layers.layer_norm(x, self.weights, "norm_out"), "patch_out", strength)
    x = x.reshape([batch, rows, columns, channels, 2, 2]).permute([0, 3, 1, 4, 2, 5])
    return x.reshape([batch, channels, height, width]).to(6)

  def lora_gradient(self, target: Tensor, loss_scale: Tensor, sample_weights: Tensor, sample: Tensor, timesteps: Tensor, context: Tensor, lora_strength: Tensor, pooled: Optional[Tensor]=None, time_ids: Optional[Tensor]=None) -> List[Tensor]:
    prediction = self.forward(sample, timesteps, context, lora_strength, pooled, time_ids)
    loss = __torch__.adapter.loss(prediction, target, sample_weights)
    scale = float(loss_scale)
    gradient = self.lora.gradient(loss * scale)
    gradient = gradient.mul_(1.0 / scale)
    return [__torch__.adapter.told(loss, gradient), gradient, prediction.detach()]

  def lora_gradients(self, target: Tensor, loss_scales: Tensor, sample_weights: Tensor, sample: Tensor, timesteps: Tensor, context: Tensor, lora_strength: Tensor, pooled: Optional[Tensor]=None, time_ids: Optional[Tensor]=None) -> List[Tensor]:
    prediction = self.forward(sample, timesteps, context, lora_strength, pooled, time_ids)
    scales = loss_scales.to(sample.device, 6, True)
    losses = __torch__.adapter.losses(prediction, target, sample_weights, loss_scales.shape[0])
    gradients = self.lora.gradient((losses * scales).sum())
    gradients = gradients.div_(scales.unsqueeze(1))
    return [__torch__.adapter.told(losses, gradients), gradients, prediction.detach()]

  def prompt_gradient(self, target: Tensor, loss_scale: Tensor, sample: Tensor, timesteps: Tensor, context: Tensor, pooled: Optional[Tensor]=None, time_ids: Optional[Tensor]=None) -> List[Tensor]:
    prompts = context.detach().requires_grad_(True)
    loss = torch.mse_loss(self.forward(sample, timesteps, prompts, torch.zeros([1]), pooled, time_ids), target)
    scale = float(loss_scale)
    gradient = torch.grad([loss * scale], [prompts])[0]
    if gradient is None:
      gradient = torch.zeros_like(context)
    return [loss.detach(), gradient.mul(1.0 / scale)]
